/** The candles of a series: as many as fit, and more of them where one looks closer. */
import { lazy, Suspense, useMemo, useState } from "react";

import { api } from "~/api/client";
import { barsOf } from "~/charts/candles";
import { isoOf, type Span, windowOf } from "~/charts/window";
import { count } from "~/format/figures";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";

import { isOfDays } from "./series";

const CandleChart = lazy(() => import("~/charts/CandleChart"));
const LIMIT = 1_500;
const loading = <Skeleton className="h-[30rem] max-md:h-96" />;
const nothing = () => undefined;
const NONE: never[] = [];

export function SeriesChart({ symbol, timeframe }: { symbol: string; timeframe: string }) {
  const [span, setSpan] = useState<Span | null>(null);
  const seen = span && windowOf(span);
  const candles = api.useQuery(
    "get",
    "/api/v1/candles",
    {
      params: {
        query: {
          symbol,
          timeframe,
          limit: LIMIT,
          start: seen ? isoOf(Math.max(0, seen.from)) : undefined,
          end: seen ? isoOf(seen.to) : undefined,
        },
      },
    },
    { placeholderData: (before) => before },
  );
  const items = candles.data?.items;
  const bars = useMemo(() => (items ? barsOf(items) : []), [items]);
  return (
    <Answer of={candles} loading={loading}>
      {({ downsampled, bars_per_item: each, total }) =>
        bars.length === 0 ? (
          <Empty title="There are no bars here." />
        ) : (
          <div className="flex flex-col gap-2">
            <Suspense fallback={loading}>
              <CandleChart
                label={`Prices of ${symbol}, ${timeframe}`}
                bars={bars}
                isDaily={isOfDays(timeframe)}
                lines={NONE}
                trades={NONE}
                lit={null}
                span={span}
                onSpan={setSpan}
                onTrade={nothing}
              />
            </Suspense>
            <p className="text-label text-faint">
              {downsampled
                ? `${count(total)} bars; each candle here is ${count(each)} of them. Zoom in for more.`
                : `${count(total)} bars.`}
            </p>
          </div>
        )
      }
    </Answer>
  );
}
