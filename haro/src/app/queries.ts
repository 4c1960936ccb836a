/** How answers are kept and asked for again. */
import { QueryClient } from "@tanstack/react-query";

import { asProblem } from "~/api/problem";

const FRESH_MS = 15_000;
const TRIES = 3;

/** What the server refuses, it refuses again; what did not arrive may arrive. */
const again = (count: number, error: unknown) => {
  const { status } = asProblem(error);
  return (status === 0 || status === 502 || status === 503) && count < TRIES;
};

export function queryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: again, retryDelay: (count) => Math.min(8_000, 500 * 2 ** count) },
      mutations: { retry: false },
    },
  });
}
