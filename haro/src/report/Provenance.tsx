/** What the run cost by which rules, and what a second run needs. */
import { Panel } from "~/ui/pages/Panel";

import type { ReportData } from "./data";

export function Provenance({ data: { parameters, costs, provenance } }: { data: ReportData }) {
  return (
    <Panel title="Parameters, costs and provenance">
      <dl className="grid grid-cols-[minmax(7rem,max-content)_minmax(0,1fr)] gap-x-5 gap-y-1 text-table">
        {[...parameters, ...costs, ...provenance].map(([name, value], at) => (
          <div key={at} className="contents">
            <dt className="text-soft wrap-anywhere">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
