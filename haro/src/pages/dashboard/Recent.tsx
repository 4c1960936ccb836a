/** What happened last: orders, fills, backtests. */
import { Link } from "react-router";

import { api } from "~/api/client";
import type { Fill, Order, Schemas } from "~/api/types";
import { Sparkline } from "~/charts/Sparkline";
import { LOOKED_AT } from "~/live/waiting";
import { amountOf } from "~/pages/orders/words";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ModeBadge, OrderStatusBadge, SideBadge, StatusBadge } from "~/ui/values/Badge";
import { ButtonLink } from "~/ui/forms/Button";
import { Exact, Price, Return } from "~/ui/values/Figure";
import { Panel } from "~/ui/pages/Panel";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";
import { Ago } from "~/ui/values/Time";

const SHOWN = 8;
const TRADED = ["paper", "live"] as const;
const loading = <Skeleton className="m-3 h-40" />;

const ORDERS: RowsColumn<Order>[] = [
  {
    header: "Placed",
    cell: ({ id, placed_at: at }) => (
      <Link to={`/orders/${id}`} className="text-accent hover:underline">
        <Ago at={at} />
      </Link>
    ),
  },
  { header: "Mode", wide: true, cell: ({ mode }) => <ModeBadge mode={mode ?? "backtest"} /> },
  { header: "Side", cell: ({ side }) => <SideBadge side={side} /> },
  { header: "Quantity", numeric: true, cell: amountOf },
  { header: "Symbol", cell: ({ symbol }) => symbol },
  { header: "Status", cell: ({ status }) => <OrderStatusBadge status={status} /> },
];

export function RecentOrders() {
  const orders = api.useQuery("get", "/api/v1/orders", {
    params: { query: { mode: [...TRADED], sort: "-placed_at", page_size: SHOWN } },
  });
  return (
    <Panel
      title="Recent orders"
      actions={
        <ButtonLink kind="quiet" to="/orders">
          All
        </ButtonLink>
      }
      flush
    >
      <Answer of={orders} loading={loading}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No paper or live order yet." action={<ButtonLink to="/orders/new">Place order</ButtonLink>} />
          ) : (
            <Rows caption="Recent orders" columns={ORDERS} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Answer>
    </Panel>
  );
}

const FILLS: RowsColumn<Fill>[] = [
  {
    header: "Filled",
    cell: ({ order_id: id, filled_at: at }) => (
      <Link to={`/orders/${id}`} className="text-accent hover:underline">
        <Ago at={at} />
      </Link>
    ),
  },
  { header: "Mode", wide: true, cell: ({ mode }) => <ModeBadge mode={mode ?? "backtest"} /> },
  { header: "Side", cell: ({ side }) => <SideBadge side={side} /> },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
  { header: "Symbol", cell: ({ symbol }) => symbol },
  { header: "Price", numeric: true, cell: ({ price }) => <Price value={price} /> },
];

export function RecentFills() {
  const fills = api.useQuery("get", "/api/v1/fills", {
    params: { query: { mode: [...TRADED], sort: "-filled_at", page_size: SHOWN } },
  });
  return (
    <Panel title="Recent fills" flush>
      <Answer of={fills} loading={loading}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing has filled on paper or live yet." />
          ) : (
            <Rows caption="Recent fills" columns={FILLS} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Answer>
    </Panel>
  );
}

const BACKTESTS: RowsColumn<Schemas["ListedRunResponse"]>[] = [
  {
    header: "Run",
    cell: ({ id, name }) => (
      <Link
        to={`/runs/${id}`}
        title={name}
        className="block max-w-36 truncate max-md:max-w-28 text-accent hover:underline 2xl:max-w-60"
      >
        {name}
      </Link>
    ),
  },
  { header: "Equity", wide: true, cell: ({ figures }) => <Sparkline values={figures?.sparkline ?? []} /> },
  { header: "Return", numeric: true, cell: ({ figures }) => <Return value={figures?.total_return} /> },
  { header: "Status", cell: ({ status, queued }) => <StatusBadge status={status} queued={queued} /> },
];

export function RecentBacktests() {
  const newest = { params: { query: { mode: ["backtest" as const], sort: "-created_at", page_size: SHOWN } } };
  const runs = api.useQuery("get", "/api/v1/runs", newest, LOOKED_AT);
  return (
    <Panel
      title="Recent backtests"
      actions={
        <ButtonLink kind="quiet" to="/runs?mode=backtest">
          All
        </ButtonLink>
      }
      flush
    >
      <Answer of={runs} loading={loading}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No backtest yet." action={<ButtonLink to="/runs/new">Backtest a strategy</ButtonLink>} />
          ) : (
            <Rows caption="Recent backtests" columns={BACKTESTS} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Answer>
    </Panel>
  );
}
