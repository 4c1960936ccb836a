/** The chart itself: bars of the stretch that is looked at, indicators and trades on them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";

import { api } from "~/api/client";
import type { RunDetail } from "~/api/types";
import { barsOf, linesOf, tradesOn } from "~/charts/candles";
import { Legend } from "~/charts/Legend";
import { CURVES } from "~/charts/tokens";
import { barSeconds, type Span } from "~/charts/window";
import { count } from "~/format/figures";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";

import { candlesQuery } from "../ahead";
import { trades } from "../useRun";
import type { View } from "./useView";

/** It is on its way while the bars are asked for. */
const chart = import("~/charts/CandleChart");
const CandleChart = lazy(() => chart);
const POINTS = 1_500;
const TRADES = 500;
const waiting = <Skeleton className="m-4 h-[30rem] max-md:h-96" />;

const nothing = (
  <Empty title="No bars of that time are stored" action={<ButtonLink to="/data">Go to the data</ButtonLink>}>
    The chart draws the bars of the store. A live run&apos;s own bars are recorded, and not stored there.
  </Empty>
);

interface BarsProps {
  run: RunDetail;
  symbol: string;
  view: View;
  lit: number | null;
  onSpan: (span: Span) => void;
  onTrade: (number: number) => void;
}

export function Bars(props: BarsProps) {
  const { run, symbol, view } = props;
  const isStored = useIsStored(run, symbol);
  const found = useQuery({
    ...candlesQuery(run, symbol, view.window),
    enabled: view.isKnown && symbol !== "" && isStored === true,
    placeholderData: keepPreviousData,
  });
  if (isStored === false) return nothing;
  return (
    <Answer of={found} loading={waiting} isEmpty={({ items }) => items.length === 0} empty={nothing}>
      {(candles) => <Drawn {...props} candles={candles} />}
    </Answer>
  );
}

/** Whether its bars, or finer ones, are stored: a backtest's are, those of a run that trades may never have been. */
function useIsStored(run: RunDetail, symbol: string): boolean | undefined {
  const isSure = !trades(run);
  const series = api.useQuery("get", "/api/v1/data", { params: { query: { symbol } } }, { enabled: !isSure }).data;
  if (isSure) return true;
  return series?.items.some(({ timeframe }) => timeframe && barSeconds(timeframe) <= barSeconds(run.timeframe));
}

type Candles = { items: Parameters<typeof barsOf>[0]; timeframe: string; total: number; bars_per_item: number };

function Drawn({ run, symbol, view, lit, onSpan, onTrade, candles }: BarsProps & { candles: Candles }) {
  const bars = useMemo(() => barsOf(candles.items), [candles.items]);
  const indicators = useIndicators(run, symbol, view);
  const lines = useMemo(() => linesOf(bars, indicators), [bars, indicators]);
  const closed = useTrades(run, symbol, view);
  const drawn = useMemo(() => tradesOn(bars, closed.items), [bars, closed.items]);
  const legend = indicators.map(({ name }, index) => ({ name, colour: CURVES[index % CURVES.length] ?? "accent" }));
  return (
    <div className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap justify-between gap-x-4 gap-y-1">
        <Legend curves={legend} />
        <p className="text-label text-faint">
          {candles.bars_per_item > 1
            ? `${count(candles.bars_per_item)} bars of ${candles.timeframe} in each candle: zoom in for more`
            : `bars of ${candles.timeframe}`}
          {closed.total > closed.items.length && ` · ${TRADES} of ${count(closed.total)} trades drawn: zoom in for all`}
        </p>
      </div>
      <Suspense fallback={<Skeleton className="h-[30rem] max-md:h-96" />}>
        <CandleChart
          label={`Bars of ${symbol} with the run's indicators and trades`}
          bars={bars}
          isDaily={barSeconds(candles.timeframe) >= 86_400}
          lines={lines}
          trades={drawn}
          lit={lit}
          span={view.span}
          onSpan={onSpan}
          onTrade={onTrade}
        />
      </Suspense>
    </div>
  );
}

function useIndicators(run: RunDetail, symbol: string, { window, isKnown }: View) {
  const found = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/indicators",
    { params: { path: { run_id: run.id }, query: { ...window, points: POINTS } } },
    { enabled: isKnown, placeholderData: keepPreviousData },
  ).data?.items;
  return useMemo(() => found?.filter((one) => one.symbol === symbol) ?? [], [found, symbol]);
}

function useTrades(run: RunDetail, symbol: string, { window: { start, end }, isKnown }: View) {
  const found = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/trades",
    {
      params: {
        path: { run_id: run.id },
        query: { symbol: [symbol], since: start, until: end, page_size: TRADES },
      },
    },
    { enabled: isKnown, placeholderData: keepPreviousData },
  ).data;
  return useMemo(() => ({ items: found?.items ?? [], total: found?.total ?? 0 }), [found]);
}
