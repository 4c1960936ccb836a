/** A day's figures, what was held at its end, and what a trader should have heard of. */
import type { Schemas } from "~/api/types";
import { count, percent } from "~/format/figures";
import { Empty } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";
import { type Fact, Facts } from "~/ui/values/Facts";
import { Exact, Money, Pnl, Price, Return } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

type Summary = Schemas["RunSummaryResponse"];

export function DaySummary({ found }: { found: Summary }) {
  return (
    <>
      <Panel title="Figures of the day">
        <Facts facts={figures(found)} />
      </Panel>
      <Panel title="Held at its end" flush>
        {found.positions.length > 0 ? <Positions found={found} /> : <Empty title="It held nothing" />}
      </Panel>
      <Panel title="Heard of on the day">
        {found.notices.length > 0 ? (
          <ul className="flex flex-col gap-2">
            {found.notices.map(({ time, type, text }, at) => (
              <li key={at} className="flex flex-wrap gap-x-3">
                <Moment at={time} />
                <span className="font-medium">{type}</span>
                <span className="min-w-0 text-soft wrap-anywhere">{text}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-soft">None: no halt, refusal, error or late bar.</p>
        )}
      </Panel>
    </>
  );
}

function figures(found: Summary): Fact[] {
  const { orders } = found;
  const states = Object.entries(orders.by_status).map(([status, many]) => `${count(many)} ${status}`);
  return [
    { name: "Equity before", value: <Money value={found.start_equity} /> },
    { name: "Equity at its end", value: <Money value={found.end_equity} /> },
    { name: "P&L", value: <Pnl value={found.pnl} /> },
    { name: "Return", value: <Return value={found.total_return} /> },
    { name: "Realised", value: <Pnl value={found.realised_pnl} /> },
    { name: "Unrealised", value: <Pnl value={found.unrealised_pnl} /> },
    { name: "Drawdown", value: percent(found.max_drawdown) },
    { name: "Exposure", value: percent(found.exposure) },
    { name: "Orders", value: [count(orders.total), ...states].join(", ") },
    { name: "Fills", value: count(found.fills) },
    { name: "Trades", value: found.trades > 0 ? `${count(found.trades)}, ${count(found.wins)} won` : "0" },
    { name: "Commission", value: <Money value={found.commission} /> },
    { name: "Slippage", value: <Money value={found.slippage} /> },
    {
      name: "Equity sampled",
      value: `every ${found.sampled.interval}, ${count(found.sampled.rows)} ${found.sampled.rows === 1 ? "row" : "rows"}`,
    },
  ];
}

function Positions({ found }: { found: Summary }) {
  return (
    <Rows
      caption="What it held at the day's end"
      rows={found.positions}
      rowKey={({ symbol }) => symbol}
      columns={[
        { header: "Symbol", cell: ({ symbol }) => symbol },
        { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
        { header: "Average", numeric: true, wide: true, cell: ({ average_price }) => <Price value={average_price} /> },
        { header: "Close", numeric: true, wide: true, cell: ({ close }) => <Price value={close} /> },
        { header: "Value", numeric: true, cell: ({ market_value }) => <Money value={market_value} /> },
        { header: "P&L", numeric: true, cell: ({ unrealised_pnl }) => <Pnl value={unrealised_pnl} /> },
      ]}
    />
  );
}
