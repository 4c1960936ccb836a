/** Orders side by side: how many both placed, and those that only one of them has. */
import type { RunDetail, Schemas } from "~/api/types";
import { count } from "~/format/figures";
import { Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";
import { SideBadge } from "~/ui/values/Badge";
import { Facts } from "~/ui/values/Facts";
import { Exact, Pnl } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

import { finest } from "../useRun";
import type { Drift } from "./words";

export function OrdersPanel({ run, report: { orders } }: { run: RunDetail; report: Drift }) {
  const { only_live, only_live_total, only_backtest, only_backtest_total } = orders;
  return (
    <Panel title="Orders">
      <div className="flex flex-col gap-4">
        <Facts
          facts={[
            { name: "Placed by the run", value: count(orders.live) },
            { name: "Placed by the backtest", value: count(orders.backtest) },
            { name: "By both", value: count(orders.paired) },
            { name: "Other quantity filled", value: count(orders.other_quantity) },
          ]}
        />
        <OfOne title="Only in the run" run={run} items={only_live} total={only_live_total} />
        <OfOne title="Only in the backtest" run={run} items={only_backtest} total={only_backtest_total} />
      </div>
    </Panel>
  );
}

interface OfOneProps {
  title: string;
  run: RunDetail;
  items: Schemas["OrderOfOneResponse"][];
  total: number;
}

function OfOne({ title, run, items, total }: OfOneProps) {
  if (total === 0) return <p className="text-soft">{title}: none.</p>;
  return (
    <section>
      <h3 className="mb-1 text-table font-medium">
        {title}: {count(total)}
        {items.length < total && `, of which the first ${count(items.length)} are listed`}
      </h3>
      <div className="-mx-4 max-h-96 overflow-y-auto compact:-mx-3">
        <Rows
          caption={`Orders ${title.toLowerCase()}`}
          rows={items}
          rowKey={(one) => String(items.indexOf(one))}
          columns={[
            { header: "Placed", cell: ({ order }) => <Moment at={order.placed_at} to={finest(run)} /> },
            { header: "Side", cell: ({ order }) => <SideBadge side={order.side} /> },
            { header: "Symbol", cell: ({ order }) => order.symbol },
            { header: "Type", wide: true, cell: ({ order }) => order.order_type.replaceAll("_", " ") },
            { header: "Filled", numeric: true, cell: ({ order }) => <Exact value={order.filled} /> },
            {
              header: "Status",
              wide: true,
              cell: ({ order }) => [order.status, order.reason].filter(Boolean).join(": "),
            },
            { header: "Made", numeric: true, cell: ({ pnl }) => <Pnl value={pnl} /> },
          ]}
        />
      </div>
    </section>
  );
}
