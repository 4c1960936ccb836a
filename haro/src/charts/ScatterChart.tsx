/** Figures over time, a dot each, with nought and their middle as lines. */
import { useZone } from "~/app/preferences";
import { ratio } from "~/format/figures";
import { day, moment } from "~/format/times";

import { seconds } from "./time";
import { scale, ticks } from "./ticks";
import { useWidth } from "./useWidth";

export interface Dot {
  time: string;
  value: number;
  /** Shown on hover. */
  told: string;
}

interface ScatterChartProps {
  /** Read out in place of the picture. */
  label: string;
  dots: Dot[];
  /** A dashed line. */
  middle: number;
}

const HEIGHT = 240;
const LEFT = 52;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 26;
const DAY_SECONDS = 86_400;

export function ScatterChart({ label, dots, middle }: ScatterChartProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const zone = useZone();
  const times = dots.map(({ time }) => seconds(time));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const [low, high] = spread([0, middle, ...dots.map(({ value }) => value)]);
  const x = scale(first, last, LEFT + 8, width - RIGHT - 8);
  const y = scale(low, high, HEIGHT - BOTTOM, TOP);
  const written = (time: string) => (last - first > 3 * DAY_SECONDS ? day(time) : moment(time, zone).slice(5, 16));
  return (
    <div ref={element}>
      <svg role="img" aria-label={label} width="100%" height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
        {ticks(low, high, 4).map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} className="stroke-line" />
            <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className="figure fill-soft text-label">
              {ratio(tick)}
            </text>
          </g>
        ))}
        <line x1={LEFT} x2={width - RIGHT} y1={y(0)} y2={y(0)} className="stroke-soft" />
        <line
          x1={LEFT}
          x2={width - RIGHT}
          y1={y(middle)}
          y2={y(middle)}
          strokeDasharray="5 4"
          strokeWidth={1.5}
          className="stroke-warn"
        />
        {dots.map(({ time, value, told }, at) => (
          <circle key={at} cx={x(seconds(time))} cy={y(value)} r={3} className="fill-accent" fillOpacity={0.75}>
            <title>{told}</title>
          </circle>
        ))}
        <text x={LEFT} y={HEIGHT - 6} className="figure fill-soft text-label">
          {written(iso(first))}
        </text>
        {last > first && (
          <text x={width - RIGHT} y={HEIGHT - 6} textAnchor="end" className="figure fill-soft text-label">
            {written(iso(last))}
          </text>
        )}
      </svg>
    </div>
  );
}

const iso = (time: number): string => new Date(time * 1000).toISOString();

/** The least and the most, with some air; figures that are all alike have a unit around them. */
function spread(values: number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = high > low ? (high - low) * 0.08 : 1;
  return [low - air, high + air];
}
