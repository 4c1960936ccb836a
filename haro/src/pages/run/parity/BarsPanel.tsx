/** Bars that the run missed, had late or anew, and where the store has others. */
import { count } from "~/format/figures";
import { Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";
import { Facts } from "~/ui/values/Facts";
import { Moment } from "~/ui/values/Time";

import type { Drift } from "./words";

const KINDS = ["missed", "late", "corrected"] as const;

export function BarsPanel({ report }: { report: Drift }) {
  const noted = KINDS.flatMap((kind) => report[kind].listed.map((bar) => ({ kind, ...bar })));
  const total = KINDS.reduce((all, kind) => all + report[kind].count, 0);
  const others = report.stored.filter(({ given, same, not_given }) => same < given || not_given > 0);
  return (
    <Panel title="Bars">
      <div className="flex flex-col gap-4">
        <Facts
          facts={[
            { name: "Given to the run", value: count(report.bars) },
            { name: "Missed while it was down", value: count(report.missed.count) },
            { name: "Late, after their tick", value: count(report.late.count) },
            { name: "Corrected", value: count(report.corrected.count) },
          ]}
        />
        {noted.length > 0 && (
          <div className="-mx-4 max-h-96 overflow-y-auto compact:-mx-3">
            <Rows
              caption={`Bars that were missed, late or corrected${noted.length < total ? ", the first of each" : ""}`}
              rows={noted}
              rowKey={({ kind, symbol, time }) => `${kind} ${symbol} ${time}`}
              columns={[
                { header: "Bar", cell: ({ time }) => <Moment at={time} /> },
                { header: "Symbol", cell: ({ symbol }) => symbol },
                { header: "What", cell: ({ kind }) => kind },
              ]}
            />
          </div>
        )}
        {others.length > 0 ? <Stored others={others} /> : <p className="text-soft">The store has the same bars.</p>}
      </div>
    </Panel>
  );
}

function Stored({ others }: { others: Drift["stored"] }) {
  return (
    <section>
      <h3 className="mb-1 text-table font-medium">The store has other bars than the run was given</h3>
      <div className="-mx-4 compact:-mx-3">
        <Rows
          caption="Stored bars beside those given"
          rows={others}
          rowKey={({ symbol }) => symbol}
          columns={[
            { header: "Symbol", cell: ({ symbol }) => symbol },
            { header: "Given", numeric: true, cell: ({ given }) => count(given) },
            { header: "Same", numeric: true, wide: true, cell: ({ same }) => count(same) },
            { header: "Other values", numeric: true, cell: ({ other }) => count(other) },
            { header: "Not stored", numeric: true, wide: true, cell: ({ not_stored }) => count(not_stored) },
            { header: "Not given", numeric: true, wide: true, cell: ({ not_given }) => count(not_given) },
            { header: "The first", cell: ({ first }) => <Moment at={first} to="minute" /> },
          ]}
        />
      </div>
    </section>
  );
}
