/** Amounts by kind, side by side: a column up where something was gained, down where it was lost. */
import { briefAmount } from "~/format/figures";

import { scale, ticks } from "./ticks";
import { useWidth } from "./useWidth";

export interface Column {
  name: string;
  value: number;
  /** Shown on hover. */
  told: string;
}

interface ColumnsChartProps {
  /** Read out in place of the picture. */
  label: string;
  columns: Column[];
}

const HEIGHT = 200;
const LEFT = 56;
const RIGHT = 4;
const TOP = 10;
const BOTTOM = 24;
const LETTER = 7;

export function ColumnsChart({ label, columns }: ColumnsChartProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const values = columns.map(({ value }) => value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const isFlat = low === high;
  const y = scale(isFlat ? -1 : low, isFlat ? 1 : high, HEIGHT - BOTTOM, TOP);
  const step = (width - LEFT - RIGHT) / columns.length;
  const longest = Math.max(...columns.map(({ name }) => name.length)) * LETTER + 6;
  const each = Math.max(1, Math.ceil(longest / step)); // names that would run into each other are left out
  return (
    <div ref={element}>
      <svg role="img" aria-label={label} width="100%" height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
        {(isFlat ? [0] : ticks(low, high, 4)).map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} className="stroke-line" />
            <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end" className="figure fill-soft text-label">
              {briefAmount(tick)}
            </text>
          </g>
        ))}
        {columns.map(({ name, value, told }, at) => (
          <g key={name} transform={`translate(${LEFT + at * step} 0)`}>
            <rect
              x={Math.min(step * 0.15, 6)}
              y={Math.min(y(value), y(0))}
              width={Math.max(1, step - 2 * Math.min(step * 0.15, 6))}
              height={Math.max(value === 0 ? 0 : 1, Math.abs(y(value) - y(0)))}
              rx={Math.min(2, step / 6)}
              className={value < 0 ? "fill-loss" : "fill-gain"}
              fillOpacity={0.8}
            >
              <title>{`${name}: ${told}`}</title>
            </rect>
            {at % each === 0 && (
              <text x={step / 2} y={HEIGHT - 6} textAnchor="middle" className="figure fill-soft text-label">
                {name}
              </text>
            )}
          </g>
        ))}
        <line x1={LEFT} x2={width - RIGHT} y1={y(0)} y2={y(0)} className="stroke-soft" />
      </svg>
    </div>
  );
}
