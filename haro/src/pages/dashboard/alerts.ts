/** What needs somebody's eye now, the most urgent first: each with where to look. */
import type { Schemas } from "~/api/types";

export interface Alert {
  key: string;
  tone: "bad" | "warn";
  title: string;
  text: string;
  to: string;
}

interface Known {
  risk: Schemas["RiskResponse"] | undefined;
  /** `risk.Unprotected` and `risk.ProtectionRestored`, newest first. */
  protection: Schemas["EventResponse"][] | undefined;
  venues: Schemas["VenueDetail"][] | undefined;
  looks: Schemas["ReconciliationResponse"][] | undefined;
  health: Schemas["HealthResponse"] | undefined;
}

export function alertsOf({ risk, protection, venues, looks, health }: Known): Alert[] {
  return [
    ...unprotected(protection ?? []),
    ...(risk ? [...switches(risk), ...halts(risk)] : []),
    ...(venues ?? []).flatMap(ofVenue),
    ...(looks ?? []).flatMap(differences),
    ...(health ? ofServer(health) : []),
  ];
}

/** Positions of which the newest word is that they have no stop. */
function unprotected(events: Schemas["EventResponse"][]): Alert[] {
  const newest = new Map<string, Schemas["EventResponse"]>();
  for (const event of events) {
    const key = [event.run_id, event.payload.account, event.payload.symbol].map(String).join(" ");
    if (!newest.has(key)) newest.set(key, event);
  }
  return [...newest]
    .filter(([, { type }]) => type === "risk.Unprotected")
    .map(([key, { payload, run_id: run }]) => ({
      key: `unprotected ${key}`,
      tone: "bad",
      title: `Unprotected: ${String(payload.quantity)} ${String(payload.symbol)}`,
      text: String(payload.reason),
      to: run ? `/runs/${run}` : "/account",
    }));
}

function switches({ kill_switch: all, accounts }: Schemas["RiskResponse"]): Alert[] {
  const on = [all, ...accounts.map(({ kill_switch: own }) => own)].filter((one) => one?.is_on);
  return on.map((one) => ({
    key: `switch ${one?.account ?? ""}`,
    tone: "bad",
    title: `The kill switch is on, over ${one?.account ?? "all accounts"}`,
    text: one?.reason || "No entry is sent until it is released.",
    to: "/risk",
  }));
}

function halts({ accounts }: Schemas["RiskResponse"]): Alert[] {
  return accounts.flatMap(({ account, halts: all }) =>
    all.map(({ scope, name, cause, reason }) => ({
      key: `halt ${account} ${scope} ${name} ${cause}`,
      tone: "bad" as const,
      title: scope === "account" ? `Halted: ${name}` : `Halted in ${account}: ${scope} ${name}`,
      text: reason,
      to: scope === "run" ? `/runs/${name}` : "/risk",
    })),
  );
}

function ofVenue({ id, mode, state, feeds, problem }: Schemas["VenueDetail"]): Alert[] {
  if (state === "idle") return [];
  const stale = Object.entries(feeds).filter(([, stands]) => !stands);
  const alerts: Alert[] = stale.map(([feed]) => ({
    key: `feed ${id} ${mode} ${feed}`,
    tone: "warn",
    title: `Stale: the stream of ${feed} of ${id} ${mode}`,
    text: "Entries wait until it stands again.",
    to: "/settings",
  }));
  if (problem || state === "down")
    alerts.push({
      key: `venue ${id} ${mode}`,
      tone: state === "down" ? "bad" : "warn",
      title: state === "down" ? `${id} ${mode} cannot be reached` : `${id} ${mode} has a problem`,
      text: problem ?? "It is tried again by itself.",
      to: "/settings",
    });
  return alerts;
}

/** What nothing explains, and what others do in the account; named parts are no alarm. */
function differences({ account, differences: all, foreign, halted }: Schemas["ReconciliationResponse"]): Alert[] {
  const odd = all.filter(({ kind }) => kind === "unexplained");
  const alerts: Alert[] = odd.map(({ symbol, quantity, note }) => ({
    key: `difference ${account} ${symbol}`,
    tone: halted.includes(symbol) ? "bad" : "warn",
    title: `${account}: ${quantity} ${symbol} that nothing explains`,
    text: note,
    to: "/account",
  }));
  if (foreign.length > 0)
    alerts.push({
      key: `foreign ${account}`,
      tone: "warn",
      title: `${account}: ${foreign.length} ${foreign.length === 1 ? "order" : "orders"} of somebody else`,
      text: foreign.map(({ symbol }) => symbol).join(", "),
      to: "/account",
    });
  return alerts;
}

function ofServer({ checks }: Schemas["HealthResponse"]): Alert[] {
  return Object.entries(checks)
    .filter(([, { ok }]) => !ok)
    .map(([name, { message }]) => ({
      key: `check ${name}`,
      tone: "bad",
      title: `The server's ${name.replace("_", " ")} ${name.endsWith("s") ? "do" : "does"} not work`,
      text: message ?? "See its log.",
      to: "/settings",
    }));
}
