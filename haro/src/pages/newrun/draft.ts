/** A run that is being asked for: what stands in the form, and what is sent of it. */
import type { RunDetail, RunMode, Schemas } from "~/api/types";
import type { Problem } from "~/api/problem";

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
  account: "" | "cash" | "margin";
  leverage: string;
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
  account: "",
  leverage: "",
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

/** The settings of a run, to be changed. In another mode its times, venue and costs are not carried over. */
export function draftOf(run: RunDetail, mode: RunMode = run.mode): Draft {
  const { options } = run;
  const isSame = mode === run.mode;
  const costs = typeof options.costs === "string" ? options.costs : costsText(options.costs);
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
    account: options.account === "margin" || options.account === "cash" ? options.account : "",
    leverage: options.leverage ?? "",
    shorting: options.shorting ?? false,
    warmup: text(options.warmup),
    seed: text(options.seed),
    from: isSame ? (run.start_time?.slice(0, 10) ?? "") : "",
    to: isSame ? (run.end_time?.slice(0, 10) ?? "") : "",
    costs: isSame ? costs : "",
    closeAtEnd: isSame && (options.close_at_end ?? false),
    skipCheck: isSame && options.lookahead_check === false,
    venue: isSame ? (run.venue ?? "") : USUAL_VENUE[mode],
    replay: isSame ? (options.replay ?? "") : "",
    speed: isSame ? (options.speed ?? "") : "",
    risk: Object.fromEntries(Object.entries(isSame ? (run.risk ?? {}) : {}).map(([key, value]) => [key, text(value)])),
  };
}

const costsText = (costs: Record<string, string> | null | undefined): string =>
  Object.entries(costs ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

const orNone = (value: string): string | undefined => value.trim() || undefined;
const whole = (value: string): number | undefined =>
  // What is no number is sent as it is, for the server to say so beside the field.
  value.trim() === ""
    ? undefined
    : /^[+-]?\d+$/.test(value.trim())
      ? Number(value)
      : (value.trim() as unknown as number);

export function bodyOf(draft: Draft, fields: ParameterField[]): Body {
  const isBacktest = draft.mode === "backtest";
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
    shorting: draft.shorting || undefined,
    warmup: whole(draft.warmup),
    seed: whole(draft.seed),
    venue: orNone(draft.venue),
  };
  if (!isBacktest)
    return {
      ...common,
      risk: Object.keys(risk).length > 0 ? risk : undefined,
      replay: draft.venue === "simulated" ? orNone(draft.replay) : undefined,
      speed: draft.venue === "simulated" ? orNone(draft.speed) : undefined,
    };
  return {
    ...common,
    start_time: orNone(draft.from),
    end_time: orNone(draft.to),
    costs: orNone(draft.costs),
    close_at_end: draft.closeAtEnd || undefined,
    lookahead_check: draft.skipCheck ? false : undefined,
  };
}

/** What the server says of one field: by its details, or by a sentence that begins with the field's name. */
export function refusal(problem: Problem | null, field: string): string | undefined {
  if (!problem || problem.status === 0) return undefined;
  const bare = field.replace(/^(config|risk)\./, "");
  const begins = new RegExp(`^(risk: )?${bare.replaceAll(/[^\w]/g, "\\$&")}(?![\\w-])`);
  const detail = problem.details.find(({ field: at }) => `${at}.`.startsWith(`body.${field}.`));
  return detail?.message ?? (begins.test(problem.message) ? problem.message : undefined);
}
