/** A run that is being asked for: what stands in the form, and what is sent of it. */
import type { RunDetail, RunMode, Schemas } from "~/api/types";

import { given, type ParameterField, text, type Values } from "./schema";

export interface Draft {
  name: string;
  strategy: string;
  parameters: Values;
  symbols: string[];
  timeframe: string;
  from: string;
  to: string;
  mode: RunMode;
  cash: string;
  /** A preset's name, keys, or empty: the asset class's. */
  costs: string;
  /** Of a simulated venue, where they are others than those of the run. */
  venueCosts: string;
  account: "" | "cash" | "margin";
  leverage: string;
  maintenance: string;
  asset: "" | Schemas["AssetClass"];
  /** A symbol of the store; empty: holding the run's own. */
  benchmark: string;
  audit: "" | "orders" | "full";
  onError: "" | "flatten" | "cancel_all";
  shorting: boolean;
  warmup: string;
  seed: string;
  closeAtEnd: boolean;
  skipCheck: boolean;
  venue: string;
  replay: string;
  speed: string;
  /** Limits by name, as the API has them. */
  risk: Record<string, string>;
}

export type Body = Schemas["CreateRunRequest"];

export const EMPTY: Draft = {
  name: "",
  strategy: "",
  parameters: {},
  symbols: [],
  timeframe: "",
  from: "",
  to: "",
  mode: "backtest",
  cash: "",
  costs: "",
  venueCosts: "",
  account: "",
  leverage: "",
  maintenance: "",
  asset: "",
  benchmark: "",
  audit: "",
  onError: "",
  shorting: false,
  warmup: "",
  seed: "",
  closeAtEnd: false,
  skipCheck: false,
  venue: "",
  replay: "",
  speed: "",
  risk: {},
};

/** What is offered first; of a backtest, whose order rules bind it. */
export const USUAL_VENUE: Record<RunMode, string> = { backtest: "", paper: "simulated", live: "alpaca" };

/** Whether it replays stored bars on a venue of its own, and the costs it is told are taken there. */
export const isReplay = ({ mode, venue }: Draft): boolean => mode === "paper" && venue === "simulated";

/** Elsewhere the venue takes what it takes. */
export const hasCosts = (draft: Draft): boolean => draft.mode === "backtest" || isReplay(draft);

/** The settings of a run, to be changed. In another mode its times, venue and costs are not carried over. */
export function draftOf(run: RunDetail, mode: RunMode = run.mode): Draft {
  const { options } = run;
  const isSame = mode === run.mode;
  return {
    ...EMPTY,
    name: isSame ? "" : `${run.name} ${mode}`,
    strategy: run.strategy_id,
    parameters: Object.fromEntries(
      Object.entries(run.config).map(([key, value]) => [key, typeof value === "boolean" ? value : text(value)]),
    ),
    symbols: run.symbols,
    timeframe: run.timeframe ?? "",
    mode,
    cash: options.cash ?? "",
    account: among(options.account, ["cash", "margin"]),
    leverage: options.leverage ?? "",
    maintenance: options.maintenance ?? "",
    asset: among(options.asset, ["stock", "crypto", "fx", "future"]),
    audit: among(options.audit, ["orders", "full"]),
    onError: isSame ? among(run.on_error, ["flatten", "cancel_all"]) : "",
    shorting: options.shorting ?? false,
    warmup: text(options.warmup),
    seed: text(options.seed),
    from: isSame ? (run.start_time?.slice(0, 10) ?? "") : "",
    to: isSame ? (run.end_time?.slice(0, 10) ?? "") : "",
    costs: isSame ? costsText(options.costs) : "",
    venueCosts: isSame ? costsText(options.venue_costs) : "",
    benchmark: isSame ? (options.benchmark ?? "") : "",
    closeAtEnd: isSame && (options.close_at_end ?? false),
    skipCheck: isSame && options.lookahead_check === false,
    venue: isSame ? (run.venue ?? "") : USUAL_VENUE[mode],
    replay: isSame ? (options.replay ?? "") : "",
    speed: isSame ? (options.speed ?? "") : "",
    risk: Object.fromEntries(Object.entries(isSame ? (run.risk ?? {}) : {}).map(([key, value]) => [key, text(value)])),
  };
}

const among = <T extends string>(value: string | null | undefined, known: T[]): T | "" =>
  known.find((one) => one === value) ?? "";

type Costs = string | Record<string, string | Record<string, string>> | null | undefined;

/** As they are written; of costs by symbol those of the rest (`*`) first. */
const costsText = (costs: Costs): string => {
  if (typeof costs === "string") return costs;
  const parts = Object.entries(costs ?? {}).sort(([a], [b]) => Number(b === "*") - Number(a === "*"));
  return parts.map(([key, value]) => partText(key, value)).join(",");
};

const partText = (key: string, value: string | Record<string, string>): string => {
  const isSymbol = typeof value !== "string" || !/^[a-z_]+$/.test(key);
  if (!isSymbol) return `${key}=${value}`;
  const text = costsText(value);
  return key === "*" ? text : `${key}:${text}`;
};

const orNone = (value: string): string | undefined => value.trim() || undefined;
const whole = (value: string): number | undefined => (value.trim() === "" ? undefined : Number(value));

export function bodyOf(draft: Draft, fields: ParameterField[]): Body {
  const risk = Object.fromEntries(Object.entries(draft.risk).filter(([, value]) => value.trim() !== ""));
  const common: Body = {
    name: orNone(draft.name),
    strategy_id: draft.strategy,
    mode: draft.mode,
    symbols: draft.symbols,
    timeframe: orNone(draft.timeframe),
    config: given(fields, draft.parameters),
    cash: orNone(draft.cash),
    account: draft.account || undefined,
    leverage: orNone(draft.leverage),
    maintenance: orNone(draft.maintenance),
    costs: hasCosts(draft) ? orNone(draft.costs) : undefined,
    shorting: draft.shorting || undefined,
    warmup: whole(draft.warmup),
    seed: whole(draft.seed),
    venue: orNone(draft.venue),
  };
  if (draft.mode !== "backtest")
    return {
      ...common,
      risk: Object.keys(risk).length > 0 ? risk : undefined,
      on_error: draft.onError || undefined,
      ...(isReplay(draft)
        ? { replay: orNone(draft.replay), speed: orNone(draft.speed), venue_costs: orNone(draft.venueCosts) }
        : {}),
    };
  return {
    ...common,
    start_time: orNone(draft.from),
    end_time: orNone(draft.to),
    asset: draft.asset || undefined,
    benchmark: orNone(draft.benchmark),
    audit: draft.audit || undefined,
    close_at_end: draft.closeAtEnd || undefined,
    lookahead_check: draft.skipCheck ? false : undefined,
  };
}
