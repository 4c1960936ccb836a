/** In words what will happen. */
import { api } from "~/api/client";
import { count, money } from "~/format/figures";

import type { Draft } from "./draft";

const COSTS: Record<string, string> = {
  "": "the asset class's costs",
  none: "no costs",
  "alpaca-stocks": "Alpaca stock costs",
  "alpaca-crypto": "Alpaca crypto costs",
  fx: "foreign exchange costs",
  futures: "futures costs",
};

export function BottomLine({ draft }: { draft: Draft }) {
  const bars = useBars(draft);
  return (
    <p aria-live="polite" className="min-w-0 flex-1">
      {sentence(draft, bars)}
    </p>
  );
}

export function sentence(draft: Draft, bars: number | undefined): string {
  if (!draft.strategy) return "Choose a strategy.";
  if (draft.symbols.length === 0) return `${draft.strategy} needs a symbol to run on.`;
  const on = `${draft.strategy} on ${draft.symbols.join(", ")}${draft.timeframe ? ` ${draft.timeframe}` : ""}`;
  const cash = money(draft.cash.trim() || "100000", 0);
  if (draft.mode === "backtest") {
    const many = bars === undefined ? "" : `, ${count(bars)} bars`;
    return `Backtest ${on}, ${period(draft.from, draft.to)}${many}, ${cash} of cash, ${COSTS[draft.costs] ?? "your own costs"}.`;
  }
  const where = draft.venue ? `at ${draft.venue}` : "at a venue that is not chosen yet";
  if (draft.mode === "live")
    return `Create a LIVE run of ${on} ${where} with ${cash} of real money. It starts on its own page, which asks for its name.`;
  const replay = draft.venue === "simulated" ? `, replaying ${draft.replay || "bars that are not chosen yet"}` : "";
  return `Trade ${on} on paper ${where}${replay}, with ${cash}.`;
}

function period(from: string, to: string): string {
  if (from && to) return `${from} to ${to}`;
  if (from) return `${from} to the last bar`;
  return to ? `the first bar to ${to}` : "all bars there are";
}

/** How many bars of its first symbol lie in its time. */
function useBars({ mode, symbols: [symbol = ""], timeframe, from, to }: Draft): number | undefined {
  const query = {
    symbol,
    limit: 1,
    ...(timeframe ? { timeframe } : {}),
    ...(from ? { start: from } : {}),
    ...(to ? { end: to } : {}),
  };
  const isWrong = from !== "" && to !== "" && from > to;
  return api.useQuery(
    "get",
    "/api/v1/candles",
    { params: { query } },
    { enabled: mode === "backtest" && symbol !== "" && !isWrong, retry: false },
  ).data?.total;
}
