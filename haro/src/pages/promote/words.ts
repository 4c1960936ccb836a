/** A promotion's gates and figures as people read them; and which run can be promoted, to what. */
import type { Run, Schemas } from "~/api/types";
import { count, exact, percent, ratio, UNKNOWN } from "~/format/figures";

export type Gate = Schemas["GateResponse"];
export type To = "paper" | "live";

const NAMES: Record<string, string> = {
  min_trades: "Trades",
  min_days: "Days",
  max_drawdown: "Drawdown",
  min_psr: "PSR",
  lookahead_clean: "No look-ahead",
  replay_clean: "Replay identical",
  drift_bps: "Drift",
  paper_first: "On paper first",
};

export const gateName = (name: string): string => NAMES[name] ?? name.replaceAll("_", " ");

/** A gate's limit or value, in its unit. */
export function gateFigure(name: string, figure: Gate["limit"]): string {
  if (figure === null) return UNKNOWN;
  if (typeof figure === "boolean") return figure ? "yes" : "no";
  switch (name) {
    case "min_trades":
    case "min_days":
      return count(figure);
    case "max_drawdown":
      return percent(figure);
    case "min_psr":
      return ratio(figure);
    case "drift_bps":
      return `${ratio(figure)}\u202fbps`;
    default:
      return exact(figure);
  }
}

/** The next step of a run on its way to the market; null: it can take none now. */
export function nextStep(run: Pick<Run, "mode" | "status" | "options">): To | null {
  if (run.mode === "backtest") return run.status === "completed" ? "paper" : null;
  if (run.mode === "live" || run.status === "pending" || run.status === "error") return null;
  return run.options.replay ? "paper" : "live";
}

/** Why it can take none. */
export function noStepText({ mode, status }: Pick<Run, "mode" | "status">): string {
  if (mode === "live") return "It trades live: there is nothing to promote it to.";
  if (mode === "backtest") return `Of backtests only a completed one is promoted; this one is ${status}.`;
  return status === "pending" ? "It has not been started: it has shown nothing yet." : "It failed: it is not promoted.";
}

/** As costs are written: `slippage_bps=7`. */
const entryText = ([name, value]: [string, unknown]): string => `${name}=${settingText(value)}`;

/** A value of a setting, whatever it is. */
export function settingText(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(settingText).join(", ");
  if (typeof value === "object") return Object.entries(value).map(entryText).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
