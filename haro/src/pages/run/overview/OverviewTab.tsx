/** What a run has come to: warnings, figures, its curve, its months, and of one that trades what it holds. */
import { ListChecks } from "lucide-react";

import { asProblem } from "~/api/problem";
import type { Run } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";

import { hasFigures, trades, useResults, useRun } from "../useRun";
import { Standing } from "./Standing";
import { EquityPanel } from "./EquityPanel";
import { MonthsPanel } from "./MonthsPanel";
import { StatisticsPanel } from "~/ui/results/StatisticsPanel";
import { Tiles } from "~/ui/results/Tiles";
import { Warnings } from "./Warnings";

export default function OverviewTab() {
  const run = useRun();
  const results = useResults(run);
  if (!hasFigures(run)) return <NotYet run={run} />;
  if (results.data === undefined && results.error && asProblem(results.error).status === 404)
    return (
      <>
        {trades(run) && <Standing run={run} />}
        <Panel label="Results">
          <Empty icon={<ListChecks size={24} aria-hidden />} title="Nothing to show yet">
            Figures come with the first bar that its strategy is given.
          </Empty>
        </Panel>
      </>
    );
  return (
    <Answer of={results} loading={<Skeleton className="h-96" />}>
      {({ stats, warnings, run: { benchmark } }) => (
        <>
          <Warnings warnings={warnings} />
          <Tiles stats={stats} />
          <EquityPanel run={run} initial={stats.initial_equity} benchmark={benchmark?.symbol} />
          {trades(run) && <Standing run={run} />}
          <MonthsPanel run={run} />
          <StatisticsPanel stats={stats} benchmark={benchmark?.symbol} />
        </>
      )}
    </Answer>
  );
}

const WHY: Record<Run["status"], string> = {
  pending: "It has not been started.",
  running: "Figures appear when they are final: at its end.",
  completed: "It kept no results.",
  stopped:
    "It was stopped before its end, so it has no figures. What it did until then stands under Trades and Orders.",
  error: "It failed before its end, so it has no figures. What it did until then stands under Trades and Orders.",
};

function NotYet({ run }: { run: Run }) {
  return (
    <Panel label="Results">
      <Empty icon={<ListChecks size={24} aria-hidden />} title="No figures yet">
        {trades(run) && run.status === "running"
          ? "They come with the first bar that its strategy is given."
          : WHY[run.status]}
      </Empty>
    </Panel>
  );
}
