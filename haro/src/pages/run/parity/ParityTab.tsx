/** Whether a run that trades did what its code says: its record replayed, and its trades beside its backtest's. */
import { Scale } from "lucide-react";

import { Empty } from "~/ui/pages/Answer";
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
  return (
    <>
      <ReplayPanel run={run} />
      <DriftPanels run={run} />
    </>
  );
}
