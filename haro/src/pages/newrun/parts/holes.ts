/** Where bars of the chosen symbols are missing. */
import { useQueries } from "@tanstack/react-query";

import { api } from "~/api/client";
import type { Schemas, Series } from "~/api/types";

export type Hole = Schemas["GapResponse"] & { symbol: string };

const SYMBOLS = 5;
const EACH = 50;

/** The longest gaps of the first few symbols that have some, in order of time. */
export function useHoles(series: Series[], symbols: string[], isWanted: boolean): Hole[] {
  const holed = isWanted
    ? symbols.filter((one) => series.some((it) => it.symbol === one && (it.missing ?? 0) > 0))
    : [];
  return useQueries({
    queries: holed
      .slice(0, SYMBOLS)
      .map((symbol) =>
        api.queryOptions("get", "/api/v1/gaps", { params: { query: { symbol, limit: EACH } } }, { retry: false }),
      ),
    combine: (found) =>
      found
        .flatMap(({ data }) => data?.items.map((gap) => ({ ...gap, symbol: data.symbol })) ?? [])
        .sort((one, other) => one.start.localeCompare(other.start)),
  });
}

/** The longest of them in words. */
export function longestHoles(holes: Hole[], many = 3): Hole[] {
  return [...holes].sort((one, other) => other.missing - one.missing).slice(0, many);
}
