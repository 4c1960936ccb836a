/** Moments: in the user's zone, both zones on hover; or how long ago, which goes on by itself. */
import { useSyncExternalStore } from "react";

import { useZone } from "~/app/preferences";
import { ago, bothTimes, day, duration, moment } from "~/format/times";

const BEAT_MS = 5_000;
let now = Date.now();
const listeners = new Set<() => void>();
let beating: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  beating ??= setInterval(() => {
    now = Date.now();
    listeners.forEach((one) => one());
  }, BEAT_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(beating);
      beating = undefined;
    }
  };
}

/** The time now, to within a few seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

interface MomentProps {
  at: string | null | undefined;
  /** How finely; a day is that of UTC, as daily bars have it. */
  to?: "second" | "minute" | "day";
}

const LENGTH = { second: undefined, minute: 16 };

export function Moment({ at, to = "second" }: MomentProps) {
  const zone = useZone();
  return (
    <time dateTime={at ?? undefined} title={bothTimes(at, zone)} className="figure">
      {to === "day" ? day(at) : moment(at, zone).slice(0, LENGTH[to])}
    </time>
  );
}

export function Ago({ at }: { at: string | null | undefined }) {
  const zone = useZone();
  return (
    <time dateTime={at ?? undefined} title={bothTimes(at, zone)} className="figure">
      {ago(at, Math.max(useNow(), Date.parse(at ?? "") || 0))}
    </time>
  );
}

export function Since({ at }: { at: string }) {
  return <span className="figure">{duration(useNow() - Date.parse(at))}</span>;
}
