/** The names of colours, which charts take from the theme. Apart from the library of charts, so that pages load without it. */
export type Token =
  "ink" | "soft" | "faint" | "line" | "accent" | "gain" | "loss" | "warn" | "backtest" | "paper" | "live";

/** The colours of several curves, the first the most important. */
export const CURVES: Token[] = ["accent", "warn", "backtest", "gain", "loss", "paper"];
