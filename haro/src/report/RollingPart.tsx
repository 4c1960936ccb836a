/** Sharpe and beta over a window that moves along. */
import { useMemo } from "react";

import { Legend } from "~/charts/Legend";
import type { Pane } from "~/charts/panes";
import PanesChart from "~/charts/PanesChart";
import { count, ratio } from "~/format/figures";
import { Empty } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";

import { instants, type ReportData, type Rolling } from "./data";

export function RollingPart({ data: { rolling } }: { data: ReportData }) {
  const panes = useMemo(() => (rolling ? panesOf(rolling) : []), [rolling]);
  return (
    <Panel title={rolling ? `Sharpe and beta over ${count(rolling.sessions)} sessions` : "Rolling Sharpe and beta"}>
      {rolling ? (
        <div className="flex flex-col gap-2">
          <Legend curves={panes.flatMap(({ lines }) => lines)} />
          <PanesChart label="Sharpe and beta over a window that moves along" panes={panes} className="h-72" />
        </div>
      ) : (
        <Empty title="Too few sessions for a window that moves along" />
      )}
    </Panel>
  );
}

function panesOf({ time, sharpe, beta }: Rolling): Pane[] {
  const at = instants(time);
  const points = (values: (number | null)[]) =>
    at.flatMap((instant, index) => {
      const value = values[index];
      return value == null ? [] : [{ time: instant, value }];
    });
  const pane = (name: string, colour: "accent" | "warn", values: (number | null)[]): Pane => ({
    lines: [{ name, colour, points: points(values), isFine: true }],
    format: ratio,
    height: 1,
  });
  return [pane("Sharpe", "accent", sharpe), pane("Beta", "warn", beta)].filter(({ lines }) => lines[0]?.points.length);
}
