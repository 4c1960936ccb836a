/** A report of a run that the server makes as a job and keeps: the newest there is, and a new one on its way. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "react-router";

import { client } from "~/api/client";
import { asProblem, type Problem } from "~/api/problem";
import type { Run } from "~/api/types";
import { isOver, type Job, useJob } from "~/live/job";
import { useSubmit } from "~/ui/forms/useSubmit";

export type Kind = "replay" | "drift";

export interface Making {
  /** The one that is being made, or has failed; undefined where there is none. */
  job: Job | undefined;
  busy: boolean;
  /** Why none could be begun, or the one on its way is not heard of. */
  problem: Problem | null;
  start: () => void;
}

/** Its job is in the address: the page can be left and come back to. */
export function useMaking(kind: Kind, run: Run): Making {
  const [params, setParams] = useSearchParams();
  const id = params.get(kind);
  const job = useJob(id);
  const queries = useQueryClient();
  const { busy, problem, submit } = useSubmit();
  const keep = (job: string | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (job) next.set(kind, job);
        else next.delete(kind);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const isDone = job.data?.status === "done";
  useEffect(() => {
    if (!isDone) return;
    void queries
      .invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === "/api/v1/runs/{run_id}/parity" })
      .then(() => keep(null));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when it is done
  }, [isDone]);
  const start = async () => {
    const answer = await submit(() =>
      client.POST(`/api/v1/runs/{run_id}/${kind}`, { params: { path: { run_id: run.id } } }),
    );
    if (answer?.data) keep(answer.data.id);
  };
  return {
    job: id ? job.data : undefined,
    busy: busy || (id !== null && !isOver(job.data) && !job.error),
    problem: problem ?? (id && job.error ? asProblem(job.error) : null),
    start: () => void start(),
  };
}
