/** How figures are spread, several kinds below each other on one axis. */
import { count } from "~/format/figures";

import { scale, ticks } from "./ticks";
import type { Token } from "./tokens";
import { useWidth } from "./useWidth";
import { inside } from "./wholeLabels";

export interface Spread {
  name: string;
  colour: Token;
  bins: { start: number; end: number; count: number }[];
  /** A dashed line. */
  middle: number;
}

interface HistogramChartProps {
  /** Read out in place of the picture. */
  label: string;
  spreads: Spread[];
  /** A figure on the axis. */
  format: (value: number) => string;
  unit?: string;
}

const ROW = 104;
const ALONE = 184;
const HEAD = 24;
const AXIS = 24;
const SIDE = 16;
const NARROWEST = 2;
/** How wide one of them is, about. */
const LETTER = 7;

export function HistogramChart({ label, spreads, format, unit = "" }: HistogramChartProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const edges = spreads.flatMap(({ bins }) => bins.flatMap(({ start, end }) => [start, end]));
  const [low, high] = [Math.min(...edges), Math.max(...edges)];
  const x = scale(low, high, SIDE, width - SIDE);
  const row = spreads.length > 1 ? ROW : ALONE;
  const height = spreads.length * row + AXIS;
  return (
    <div ref={element}>
      <svg role="img" aria-label={label} width="100%" height={height} viewBox={`0 0 ${width} ${height}`}>
        {ticks(low, high, width / 80).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={HEAD} y2={height - AXIS} className="stroke-line" />
            <text
              x={inside(x(tick), format(tick).length * LETTER, width)}
              y={height - 6}
              textAnchor="middle"
              className="figure fill-soft text-label"
            >
              {format(tick)}
            </text>
          </g>
        ))}
        {spreads.map((spread, at) => (
          <g key={spread.name} transform={`translate(0 ${at * row})`}>
            <Bars {...spread} row={row} x={x} end={width - SIDE} told={(value) => format(value) + unit} />
          </g>
        ))}
      </svg>
    </div>
  );
}

interface BarsProps extends Spread {
  row: number;
  x: (value: number) => number;
  end: number;
  told: (value: number) => string;
}

function Bars({ name, colour, bins, middle, row, x, end, told }: BarsProps) {
  const most = Math.max(...bins.map((bin) => bin.count));
  const up = scale(0, most, 0, row - HEAD - 8);
  return (
    <>
      {bins.map((bin) => (
        <rect
          key={bin.start}
          x={x(bin.start)}
          y={row - up(bin.count)}
          width={Math.max(NARROWEST, x(bin.end) - x(bin.start) - 1)}
          height={up(bin.count)}
          style={{ fill: `var(--${colour})` }}
          fillOpacity={0.75}
        >
          <title>{`${name}, ${told(bin.start)} to ${told(bin.end)}: ${count(bin.count)}`}</title>
        </rect>
      ))}
      <line x1={SIDE} x2={end} y1={row} y2={row} className="stroke-soft" />
      <line
        x1={x(middle)}
        x2={x(middle)}
        y1={HEAD}
        y2={row}
        strokeDasharray="5 4"
        strokeWidth={1.5}
        className="stroke-warn"
      />
      <text x={SIDE} y={HEAD - 4} className="halo fill-soft text-label">
        {name}
      </text>
    </>
  );
}
