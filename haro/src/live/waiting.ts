/** Runs that wait for a worker. No event tells that one has begun: while one waits, it is looked at now and then. */
import type { Run } from "~/api/types";

const LOOK_MS = 1_000;

type Waiting = Pick<Run, "status" | "queued">;

export const isWaiting = ({ status, queued }: Waiting): boolean => status === "running" && queued;

/** How often to ask for these runs again; false: not by themselves. */
export const whileWaiting = (runs: Waiting[] | undefined): number | false => (runs?.some(isWaiting) ? LOOK_MS : false);

/** For the query of a list of runs. */
export const LOOKED_AT = {
  refetchInterval: ({ state: { data } }: { state: { data?: { items: Waiting[] } | undefined } }) =>
    whileWaiting(data?.items),
};
