/** Equity against buying and holding, or another benchmark; the drawdown under it on the same time axis. */
import { lazy, Suspense, useMemo } from "react";

import type { Run, Schemas } from "~/api/types";
import { type Curve, pointsOf } from "~/charts/curves";
import { Legend } from "~/charts/Legend";
import { BUY_AND_HOLD } from "~/format/statistics";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";

import { useBenchmark, useEquity } from "../useRun";

const CurvesChart = lazy(() => import("~/charts/CurvesChart"));
const waiting = <Skeleton className="h-96 max-md:h-80" />;

interface EquityPanelProps {
  run: Run;
  initial: number | null | undefined;
  /** The symbol that it is compared with; undefined: holding its own. */
  benchmark: string | undefined;
}

export function EquityPanel({ run, initial, benchmark = BUY_AND_HOLD }: EquityPanelProps) {
  const equity = useEquity(run);
  const held = useBenchmark(run).data?.items;
  return (
    <Panel title="Equity and drawdown">
      <Answer
        of={equity}
        loading={waiting}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title="No curve yet">It begins with the first bar that the strategy is given.</Empty>}
      >
        {({ items }) => <Drawn items={items} held={held} initial={initial} benchmark={benchmark} />}
      </Answer>
    </Panel>
  );
}

interface DrawnProps {
  items: Schemas["EquityPoint"][];
  held: Schemas["BenchmarkPoint"][] | undefined;
  initial: number | null | undefined;
  benchmark: string;
}

function Drawn({ items, held, initial, benchmark }: DrawnProps) {
  const curves = useMemo<Curve[]>(() => {
    const own: Curve = { name: "Equity", colour: "accent", points: pointsOf(items) };
    const other: Curve = { name: benchmark, colour: "soft", points: pointsOf(held ?? []), isQuiet: true };
    return other.points.length > 0 ? [own, other] : [own];
  }, [items, held, benchmark]);
  return (
    <div className="flex flex-col gap-2">
      <Legend curves={[...curves, { name: "Drawdown", colour: "loss" }]} />
      <Suspense fallback={waiting}>
        <CurvesChart label="Equity, and under it the drawdown" curves={curves} start={initial ?? null} />
      </Suspense>
    </div>
  );
}
