/** The bars of a symbol, with what the strategy drew from them and did. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";

import type { Bar, DrawnTrade } from "~/charts/candles";
import CandleChart from "~/charts/CandleChart";
import { Legend } from "~/charts/Legend";
import { CURVES } from "~/charts/tokens";
import { around, barSeconds, type Span } from "~/charts/window";
import { count } from "~/format/figures";
import { Button } from "~/ui/forms/Button";
import { Panel } from "~/ui/pages/Panel";

import { barsIn, happeningsIn, levelsIn, linesIn, tradesIn } from "./chart";
import type { ReportData } from "./data";
import { grewTenfold, LogSwitch } from "./LogSwitch";

interface PricesPartProps {
  data: ReportData;
  /** Rows of the report's trades. */
  lit: number | null;
  hovered: number | null;
  onLit: (row: number | null) => void;
}

export function PricesPart({ data, lit, hovered, onLit }: PricesPartProps) {
  const [chosen, setChosen] = useState(() => Object.keys(data.charts)[0] ?? "");
  const [seen, setSeen] = useState<{ lit: number | null; span: Span | null | undefined }>({ lit, span: undefined });
  const ofLit = lit === null ? undefined : data.trades.symbol[lit];
  const symbol = ofLit !== undefined && ofLit in data.charts ? ofLit : chosen;
  const shown = useShown(data, symbol);
  const { chart, bars, lines, trades } = shown;
  const [isLog, setLog] = useState<Record<string, boolean>>({});
  const closes = chart.close;
  const isPowers = isLog[symbol] ?? grewTenfold(closes);
  const trade = trades.find(({ number }) => number === lit);
  const moved = seen.lit === lit ? seen.span : undefined;
  const span = moved === undefined ? (trade ? aroundTrade(trade, bars) : newest(bars, trades)) : moved;
  const step = (by: number) => onLit(neighbour(trades, lit, by));
  const isAlone = Object.keys(data.charts).length < 2;
  return (
    <div id="prices" className="min-w-0">
      <Panel
        title={isAlone ? `Prices and trades of ${symbol}` : "Prices and trades"}
        actions={
          <>
            {!isAlone && (
              <select
                aria-label="Symbol"
                value={symbol}
                onChange={({ target }) => {
                  setChosen(target.value);
                  setSeen({ lit: null, span: undefined });
                  onLit(null);
                }}
                className="h-8 max-w-40 rounded-md border border-line bg-ground px-2 text-table"
              >
                {Object.keys(data.charts).map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            )}
            {trades.length > 0 && (
              <>
                <Button
                  aria-label="Trade before"
                  icon={<ChevronLeft size={14} aria-hidden />}
                  onClick={() => step(-1)}
                />
                <Button aria-label="Next trade" icon={<ChevronRight size={14} aria-hidden />} onClick={() => step(1)} />
              </>
            )}
            <LogSwitch
              isLog={isPowers}
              setLog={(isOn) => setLog((before) => ({ ...before, [symbol]: isOn }))}
              values={closes}
            />
            <Button onClick={() => setSeen({ lit, span: null })}>Show all</Button>
          </>
        }
      >
        <div className="flex flex-col gap-2">
          <Legend curves={legendOf(shown)} />
          <CandleChart
            label={`Bars of ${symbol} with the run's indicators, orders and trades`}
            bars={bars}
            isDaily={barSeconds(data.timeframe) * chart.factor >= 86_400}
            lines={lines}
            trades={trades}
            levels={shown.levels}
            happenings={shown.happenings}
            isLog={isPowers}
            lit={hovered ?? lit}
            span={span}
            onSpan={(next) => setSeen({ lit, span: next })}
            onTrade={onLit}
          />
          <p className="text-label text-faint">
            {chart.factor > 1 && `${count(chart.factor)} bars of ${data.timeframe} in each candle. `}
            Arrows point at the price: up a purchase, down a sale. Click the chart to zoom with the wheel.
            {Object.keys(data.charts).length < data.symbols.length &&
              ` Of ${count(data.symbols.length)} symbols, those that traded most are drawn.`}
          </p>
        </div>
      </Panel>
    </div>
  );
}

function useShown({ charts, trades }: ReportData, symbol: string) {
  return useMemo(() => {
    const chart = charts[symbol];
    if (!chart) throw new Error(`there is no chart of ${symbol}`);
    const bars = barsIn(chart);
    return {
      chart,
      bars,
      lines: linesIn(chart, bars),
      levels: levelsIn(chart, bars),
      happenings: happeningsIn(chart, bars),
      trades: tradesIn(trades, symbol, chart, bars),
    };
  }, [charts, trades, symbol]);
}

type Shown = ReturnType<typeof useShown>;

function legendOf({ lines, levels }: Shown) {
  return [
    ...lines.map(({ name }, index) => ({ name, colour: CURVES[index % CURVES.length] ?? ("accent" as const) })),
    ...(levels.some(({ kind }) => kind === "stop") ? [{ name: "Stop", colour: "loss" as const, isQuiet: true }] : []),
    ...(levels.some(({ kind }) => kind === "target")
      ? [{ name: "Limit or target", colour: "gain" as const, isQuiet: true }]
      : []),
  ];
}

const WIDE = 260;

/** The newest stretch in which something was traded, narrow enough to see candles; null: they all fit. */
function newest(bars: Bar[], trades: DrawnTrade[]): Span | null {
  if (bars.length <= WIDE * 1.5) return null;
  const last = trades.reduce((latest, { exit }) => Math.max(latest, exit.time), 0) || (bars.at(-1)?.time ?? 0);
  const at = bars.findIndex(({ time }) => time >= last);
  const end = Math.max(Math.min(at + Math.round(WIDE / 10), bars.length - 1), WIDE - 1);
  return { from: bars[end - WIDE + 1]?.time ?? 0, to: bars[end]?.time ?? 0 };
}

function aroundTrade({ entry, exit }: DrawnTrade, bars: Bar[]): Span {
  const each = ((bars.at(-1)?.time ?? 0) - (bars[0]?.time ?? 0)) / Math.max(1, bars.length - 1);
  return around({ from: entry.time, to: exit.time }, each);
}

/** The row of the trade before or behind one; from none, the last. */
function neighbour(trades: DrawnTrade[], lit: number | null, by: number): number | null {
  const at = trades.findIndex(({ number }) => number === lit);
  return trades[at < 0 ? trades.length - 1 : Math.min(Math.max(at + by, 0), trades.length - 1)]?.number ?? null;
}
