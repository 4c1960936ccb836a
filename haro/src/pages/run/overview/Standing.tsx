/** How a run that trades stands now: what it holds, what works at its venue, what is left of its limits, its feed. */
import type { Order, Run, Schemas } from "~/api/types";
import { api } from "~/api/client";
import { Answer, Empty } from "~/ui/pages/Answer";
import { OrderStatusBadge, SideBadge } from "~/ui/values/Badge";
import { Facts } from "~/ui/values/Facts";
import { Exact, Money, Pnl, Price } from "~/ui/values/Figure";
import { Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";

import { limitText, usedShare } from "~/format/limits";

const of = (run: Run) => ({ path: { run_id: run.id } });
/** A stop that its venue holds beside a take-profit is pending, and protects all the same. */
const OPEN: Order["status"][] = ["pending", "submitting", "submitted", "accepted", "partial"];

export function Standing({ run }: { run: Run }) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Positions run={run} />
      <OpenOrders run={run} />
      <RiskUse run={run} />
      <Feed run={run} />
    </div>
  );
}

function Positions({ run }: { run: Run }) {
  const positions = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/positions",
    { params: of(run) },
    { refetchInterval: run.status === "running" ? 10_000 : false },
  );
  return (
    <Panel title="Positions" flush>
      <Answer of={positions} isEmpty={({ items }) => items.length === 0} empty={<Empty title="It holds nothing" />}>
        {({ items }) => (
          <Rows
            caption="Table of positions"
            rows={items}
            rowKey={({ symbol }) => symbol}
            columns={[
              { header: "Symbol", cell: ({ symbol }) => symbol },
              { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
              {
                header: "Average",
                numeric: true,
                wide: true,
                cell: ({ average_price }) => <Price value={average_price} />,
              },
              { header: "Last", numeric: true, wide: true, cell: ({ close }) => <Price value={close} /> },
              { header: "Value", numeric: true, cell: ({ market_value }) => <Money value={market_value} /> },
              { header: "P&L", numeric: true, cell: ({ unrealised_pnl }) => <Pnl value={unrealised_pnl} /> },
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}

function OpenOrders({ run }: { run: Run }) {
  const orders = api.useQuery("get", "/api/v1/runs/{run_id}/orders", {
    params: { ...of(run), query: { status: OPEN, page_size: 20, sort: "-number" } },
  });
  return (
    <Panel title="Open orders" flush>
      <Answer of={orders} isEmpty={({ total }) => total === 0} empty={<Empty title="No order works" />}>
        {({ items }) => (
          <Rows
            caption="Table of open orders"
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              { header: "Side", cell: ({ side }) => <SideBadge side={side} /> },
              { header: "Symbol", cell: ({ symbol }) => symbol },
              { header: "Type", wide: true, cell: ({ order_type }) => order_type.replaceAll("_", " ") },
              { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
              {
                header: "Price",
                numeric: true,
                cell: ({ limit_price, stop_price }) => <Exact value={limit_price ?? stop_price} least={2} />,
              },
              { header: "Status", cell: ({ status }) => <OrderStatusBadge status={status} /> },
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}

function RiskUse({ run }: { run: Run }) {
  const risk = api.useQuery("get", "/api/v1/risk");
  return (
    <Panel title="Use of its limits">
      <Answer of={risk}>
        {({ fields, accounts }) => {
          const own = accounts.flatMap((one) => one.runs).find(({ run_id }) => run_id === run.id);
          if (!own) return <Empty title="Its account is not connected" />;
          return <Uses fields={fields} own={own} />;
        }}
      </Answer>
    </Panel>
  );
}

function Uses({ fields, own }: { fields: Schemas["LimitResponse"][]; own: Schemas["RunRisk"] }) {
  return (
    <dl className="grid gap-2 text-table">
      {fields.map(({ name, title, unit }) => {
        const share = usedShare(own.use[name], own.limits[name]);
        return (
          <div key={name} className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1">
            <dt className="text-soft">{title}</dt>
            <dd className="figure text-right">
              {own.use[name] != null && `${limitText(own.use[name], unit)} of `}
              {own.limits[name] === null ? "no limit" : limitText(own.limits[name], unit)}
            </dd>
            {share !== null && (
              <div aria-hidden className="col-span-2 h-1 overflow-hidden rounded-full bg-raised">
                <div
                  className={share > 0.8 ? "h-full bg-warn" : "h-full bg-accent-fill"}
                  style={{ width: `${share * 100}%` }}
                />
              </div>
            )}
          </div>
        );
      })}
    </dl>
  );
}

function Feed({ run }: { run: Run }) {
  const venues = api.useQuery("get", "/api/v1/venues");
  return (
    <Panel title="Venue and feed">
      <Answer of={venues}>
        {({ items }) => {
          const own = items.find(({ id, mode }) => id === run.venue && mode === run.mode);
          const { replay, speed } = run.options;
          return (
            <Facts
              facts={[
                { name: "Venue", value: `${own?.title ?? run.venue ?? "none"} ${run.mode}` },
                replay ? { name: "Replay of its own", value: `${replay}, ${speed ?? 1} × as fast` } : null,
                !replay && own ? { name: "State", value: own.state } : null,
                own?.problem ? { name: "Problem", value: <span className="text-loss">{own.problem}</span> } : null,
                ...Object.entries(own?.feeds ?? {}).map(([name, state]) => ({
                  name: `Stream of ${name.replaceAll("_", " ")}`,
                  value: state ? "stands" : <span className="text-warn">is stale</span>,
                })),
              ]}
            />
          );
        }}
      </Answer>
    </Panel>
  );
}
