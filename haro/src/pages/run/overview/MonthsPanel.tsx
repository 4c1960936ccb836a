/** Returns by month, once they are known. */
import type { Run } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { Months } from "~/ui/results/Months";

import { useMonths } from "../useRun";

export function MonthsPanel({ run }: { run: Run }) {
  return (
    <Panel title="Monthly returns" flush>
      <Answer
        of={useMonths(run)}
        loading={<Skeleton className="m-4 h-48" />}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title="No month yet" />}
      >
        {({ items }) => <Months items={items} />}
      </Answer>
    </Panel>
  );
}
