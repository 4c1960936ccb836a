/** A job of the server, looked at until it is over. */
import { api } from "~/api/client";
import type { Schemas } from "~/api/types";

export type Job = Schemas["JobResponse"];
const POLL_MS = 700;

export const isOver = (job: Job | undefined): boolean => job?.status === "done" || job?.status === "error";

/** `id` null: there is none. */
export const useJob = (id: string | null) =>
  api.useQuery(
    "get",
    "/api/v1/jobs/{job_id}",
    { params: { path: { job_id: id ?? "" } } },
    { enabled: id !== null, refetchInterval: ({ state }) => (isOver(state.data) ? false : POLL_MS) },
  );
