/** How one amount comes of another, part by part; the last bar is what came of it. */
import { money, signedMoney } from "~/format/figures";

import { scale } from "./ticks";
import { useWidth } from "./useWidth";
import { ends, type Stair, stairs, type Step } from "./waterfall";

interface WaterfallChartProps {
  /** Read out in place of the picture. */
  label: string;
  steps: Step[];
}

const ROW = 40;
const TEXT = 18;
const BAR = 12;
const NARROWEST = 2;

export function WaterfallChart({ label, steps }: WaterfallChartProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const found = stairs(steps);
  const { low, high, isCut } = ends(found);
  const x = scale(low, high, 0, width);
  const height = found.length * ROW;
  return (
    <div ref={element} className="flex flex-col gap-1">
      <svg role="img" aria-label={label} width="100%" height={height} viewBox={`0 0 ${width} ${height}`}>
        {low < 0 && high > 0 && <line x1={x(0)} x2={x(0)} y1={0} y2={height} className="stroke-line" />}
        {found.map((stair, at) => (
          <g key={stair.name} transform={`translate(0 ${at * ROW})`}>
            <text x={0} y={TEXT - 5} className="halo fill-soft text-label">
              {stair.name}
            </text>
            <text x={width} y={TEXT - 5} textAnchor="end" className={`figure halo text-label ${toneOf(stair).text}`}>
              {stair.isTotal ? money(stair.amount) : signedMoney(stair.amount)}
            </text>
            <Bar stair={stair} x={x} low={low} high={high} />
            {at < found.length - 1 && (
              <line
                x1={inside(x(Number(stair.to)), width)}
                x2={inside(x(Number(stair.to)), width)}
                y1={TEXT + BAR}
                y2={ROW + TEXT}
                strokeDasharray="2 2"
                className="stroke-faint"
              />
            )}
          </g>
        ))}
      </svg>
      {isCut && <p className="text-label text-faint">The axis is cut: it does not begin at 0.</p>}
    </div>
  );
}

interface BarProps {
  stair: Stair;
  x: (value: number) => number;
  low: number;
  high: number;
}

function Bar({ stair, x, low, high }: BarProps) {
  const within = (amount: string) => Math.min(high, Math.max(low, Number(amount)));
  const places = [x(within(stair.from)), x(within(stair.to))];
  const [left, right] = [Math.min(...places), Math.max(...places)];
  return (
    <rect
      x={Math.max(0, Math.min(left, x(high) - NARROWEST))}
      y={TEXT}
      width={Math.max(NARROWEST, right - left)}
      height={BAR}
      rx={2}
      className={toneOf(stair).fill}
    />
  );
}

const inside = (place: number, width: number): number => Math.min(width - 1, Math.max(1, place));

function toneOf({ amount, isTotal }: Step): { fill: string; text: string } {
  if (isTotal) return { fill: "fill-accent", text: "fill-ink" };
  return amount.startsWith("-")
    ? { fill: "fill-loss", text: "fill-loss" }
    : Number(amount) > 0
      ? { fill: "fill-gain", text: "fill-gain" }
      : { fill: "fill-faint", text: "fill-soft" };
}
