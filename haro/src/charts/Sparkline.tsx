/** A curve without axes, in a table or a tile: its shape alone. */
import { cx } from "~/ui/cx";

const WIDTH = 96;
const HEIGHT = 24;
const EDGE = 1.5;

/** The points of a polyline that fills the box; one value is a flat line. */
export function points(values: number[]): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  return values
    .map((value, index) => {
      const share = span > 0 ? (value - low) / span : 0.5;
      return `${(index * step).toFixed(1)},${(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
    })
    .join(" ");
}

export function Sparkline({ values, className }: { values: (number | null)[]; className?: string }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const hasGained = (known.at(-1) ?? 0) >= (known[0] ?? 0);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
      className={cx("h-6 w-24", hasGained ? "text-gain" : "text-loss", className)}
    >
      <polyline
        points={points(known)}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}
