/** How far each run is, as its events say: kept here, so that a bar moves without a request. */
import { useSyncExternalStore } from "react";

export interface Progress {
  fraction: number;
  stage: string;
  /** `performance.now()` of the first and the newest word, for the time that is left. */
  began: number;
  at: number;
  beganFraction: number;
}

const known = new Map<string, Progress>();
const listeners = new Set<() => void>();

export function noteProgress(run: string, fraction: number, stage: string): void {
  const before = known.get(run);
  const at = performance.now();
  const isNew = before === undefined || before.stage !== stage || fraction < before.fraction;
  known.set(run, isNew ? { fraction, stage, began: at, at, beganFraction: fraction } : { ...before, fraction, at });
  listeners.forEach((listener) => listener());
}

export function forgetProgress(run: string): void {
  if (known.delete(run)) listeners.forEach((listener) => listener());
}

export function useProgress(run: string): Progress | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known.get(run),
  );
}

/** Seconds that are left at the pace so far; undefined while there is none to speak of. */
export function secondsLeft({ fraction, beganFraction, began, at }: Progress): number | undefined {
  const done = fraction - beganFraction;
  return done > 0 && at > began ? ((1 - fraction) * (at - began)) / done / 1000 : undefined;
}
