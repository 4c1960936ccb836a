/** Whether a run that trades did what its code says: its record replayed, and its trades beside its backtest's. */
import { Scale } from "lucide-react";

import { api } from "~/api/client";
import type { RunDetail } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";

import { trades, useRun } from "../useRun";
import { DriftPanels } from "./DriftPanels";
import { ReplayPanel } from "./ReplayPanel";

export default function ParityTab() {
  const run = useRun();
  if (!trades(run) || run.status === "pending")
    return (
      <Panel label="Replay and drift">
        <Empty icon={<Scale size={24} aria-hidden />} title="Nothing to compare">
          {trades(run)
            ? "It has not been started: nothing was recorded of it yet."
            : "Only paper and live runs are held against what they should have done; this is a backtest."}
        </Empty>
      </Panel>
    );
  return <Reports run={run} />;
}

function Reports({ run }: { run: RunDetail }) {
  const kept = api.useQuery("get", "/api/v1/runs/{run_id}/parity", { params: { path: { run_id: run.id } } });
  if (!kept.data)
    return (
      <Panel label="Replay and drift">
        <Answer of={kept} loading={<Skeleton className="h-64" />}>
          {() => null}
        </Answer>
      </Panel>
    );
  return (
    <>
      <ReplayPanel run={run} report={kept.data.replay} />
      <DriftPanels run={run} report={kept.data.drift} />
    </>
  );
}
