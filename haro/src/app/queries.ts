/** How answers are kept and asked for again. */
import { QueryCache, QueryClient } from "@tanstack/react-query";

import { asProblem } from "~/api/problem";

const FRESH_MS = 15_000;
const TRIES = 3;

/** What the server refuses, it refuses again; what did not arrive may arrive. */
const again = (count: number, error: unknown) => {
  const { status } = asProblem(error);
  return (status === 0 || status === 502 || status === 503) && count < TRIES;
};

/** Whoever is signed in no longer is asked to sign in again: see SignIn.tsx. */
const SESSION = ["get", "/api/v1/session"];

export function queryClient(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (asProblem(error).status === 401 && queryKey[1] !== SESSION[1])
          void queries.invalidateQueries({ queryKey: SESSION });
      },
    }),
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: again, retryDelay: (count) => Math.min(8_000, 500 * 2 ** count) },
      mutations: { retry: false },
    },
  });
  return queries;
}
