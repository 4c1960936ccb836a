/** One thing at a time is asked of the server: whether it is under way, and what it answered in place of doing it. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { asProblem, type Problem } from "~/api/problem";
import type { Path } from "~/api/types";

interface Submit {
  busy: boolean;
  problem: Problem | null;
  /** Do it; undefined where it was refused, and `problem` says why. */
  submit: <T>(act: () => Promise<T>) => Promise<T | undefined>;
  clear: () => void;
}

/** Ask again for what is on the screen of these answers. */
export function useRefresh(stale: readonly Path[]): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ predicate: ({ queryKey }) => stale.includes(queryKey[1] as Path) });
}

/** `stale`: answers that are others once it is done. */
export function useSubmit(stale: readonly Path[] = []): Submit {
  const refresh = useRefresh(stale);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await act();
      refresh();
      return answer;
    } catch (failure) {
      setProblem(asProblem(failure));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, submit, clear: () => setProblem(null) };
}
