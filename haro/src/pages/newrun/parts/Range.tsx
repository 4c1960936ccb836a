/** The dates as a slider over what exists, its gaps shown: two handles, each a range input that the keyboard moves. */
import { count } from "~/format/figures";

import type { Reach } from "../catalogue";
import type { Draft } from "../draft";
import type { Hole } from "./holes";

const DAY_MS = 86_400_000;
const dayNumber = (text: string) => Math.round(Date.parse(text) / DAY_MS);
const dayText = (number: number) => new Date(number * DAY_MS).toISOString().slice(0, 10);

interface RangeProps {
  reach: Reach;
  holes: Hole[];
  from: string;
  to: string;
  onChange: (change: Partial<Draft>) => void;
}

const HANDLE =
  "pointer-events-none absolute inset-x-0 top-0 h-6 w-full appearance-none bg-transparent [&::-moz-range-thumb]:pointer-events-auto [&::-webkit-slider-thumb]:pointer-events-auto [&::-webkit-slider-thumb]:size-4 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:border-2 [&::-webkit-slider-thumb]:border-surface [&::-webkit-slider-thumb]:bg-accent-fill";

export function Range({ reach, holes, from, to, onChange }: RangeProps) {
  const [first, last] = [dayNumber(reach.first), dayNumber(reach.last)];
  if (last <= first) return null;
  const inside = (text: string, otherwise: number) =>
    Math.min(last, Math.max(first, text ? dayNumber(text) || otherwise : otherwise));
  const [begin, end] = [inside(from, first), inside(to, last)];
  const share = (number: number) => `${((number - first) / (last - first)) * 100}%`;
  return (
    <div className="relative h-6">
      <div aria-hidden className="absolute inset-x-0 top-2.5 h-1 rounded-full bg-raised">
        <div
          className="absolute h-1 rounded-full bg-accent-fill"
          style={{ left: share(begin), right: `calc(100% - ${share(end)})` }}
        />
      </div>
      {holes.map((hole) => (
        <Mark key={`${hole.symbol} ${hole.start}`} hole={hole} share={share} last={last} />
      ))}
      <input
        type="range"
        aria-label="First day"
        aria-valuetext={dayText(begin)}
        min={first}
        max={last}
        value={begin}
        onChange={({ target }) => onChange({ from: dayText(Math.min(Number(target.value), end)) })}
        className={HANDLE}
      />
      <input
        type="range"
        aria-label="Last day"
        aria-valuetext={dayText(end)}
        min={first}
        max={last}
        value={end}
        onChange={({ target }) => onChange({ to: dayText(Math.max(Number(target.value), begin)) })}
        className={HANDLE}
      />
    </div>
  );
}

interface MarkProps {
  hole: Hole;
  share: (number: number) => string;
  last: number;
}

/** A stretch without bars, where it lies; the list below says the same in words. */
function Mark({ hole: { symbol, start, end, missing }, share, last }: MarkProps) {
  const [begin, stop] = [Date.parse(start) / DAY_MS, Math.min(Date.parse(end) / DAY_MS, last)];
  return (
    <div
      aria-hidden
      title={`${symbol}: ${count(missing)} missing from ${start.slice(0, 10)} on`}
      className="absolute top-1.5 h-3 min-w-0.5 rounded-sm bg-warn"
      style={{ left: share(begin), right: `calc(100% - ${share(Math.max(begin, stop))})` }}
    />
  );
}
