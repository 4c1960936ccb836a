/** The deepest falls of equity under a former high. */
import { count } from "~/format/figures";
import { Empty } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";
import { Return } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

import { iso, type ReportData } from "./data";

export function Falls({ data: { drawdowns } }: { data: ReportData }) {
  return (
    <Panel title="Deepest drawdowns" flush>
      {drawdowns.length === 0 ? (
        <Empty title="Equity never fell under a former high" />
      ) : (
        <Rows
          caption="Deepest drawdowns"
          rows={drawdowns}
          rowKey={({ start, bottom }) => `${start} ${bottom}`}
          columns={[
            { header: "Depth", numeric: true, cell: ({ depth }) => <Return value={depth} /> },
            { header: "From", cell: ({ start }) => <Moment at={iso(start)} to="day" /> },
            { header: "Deepest", wide: true, cell: ({ bottom }) => <Moment at={iso(bottom)} to="day" /> },
            {
              header: "Made good",
              cell: ({ end }) => (end === null ? "not yet" : <Moment at={iso(end)} to="day" />),
            },
            { header: "Days", numeric: true, cell: ({ days }) => count(days) },
          ]}
        />
      )}
    </Panel>
  );
}
