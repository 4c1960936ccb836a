/** All equity curves from 100, and under them how far each is below its high. */
import { lazy, Suspense, useMemo } from "react";

import { type Curve, from100, pointsOf } from "~/charts/curves";
import { Legend } from "~/charts/Legend";
import { CURVES } from "~/charts/tokens";
import { Empty, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";

import type { Compared } from "./compared";

const CurvesChart = lazy(() => import("~/charts/CurvesChart"));

export function Curves({ compared }: { compared: Compared[] }) {
  const curves = useMemo<Curve[]>(
    () =>
      compared
        .map(({ run, curve }, index) => ({
          name: run.name,
          colour: CURVES[index] ?? ("soft" as const),
          points: from100(pointsOf(curve)),
        }))
        .filter(({ points }) => points.length > 0),
    [compared],
  );
  return (
    <Panel title="Equity from 100, and drawdown">
      {curves.length === 0 ? (
        <Empty title="None of these runs has a curve" />
      ) : (
        <div className="flex flex-col gap-2">
          <Legend curves={curves} />
          <Suspense fallback={<Skeleton className="h-96" />}>
            <CurvesChart label="Equity of each run from 100, and under it the drawdowns" curves={curves} />
          </Suspense>
        </div>
      )}
    </Panel>
  );
}
