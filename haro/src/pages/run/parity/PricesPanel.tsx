/** What both have filled of the same orders: price differences over time, how they are spread, and each of them. */
import type { ColumnDef } from "@tanstack/react-table";
import { useMemo } from "react";

import { HistogramChart } from "~/charts/HistogramChart";
import { Legend } from "~/charts/Legend";
import { ScatterChart } from "~/charts/ScatterChart";
import type { RunDetail, Schemas } from "~/api/types";
import { count, exact, ratio } from "~/format/figures";
import { Empty } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";
import { SideBadge } from "~/ui/values/Badge";
import { Exact, Price } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

import { finest } from "../useRun";
import { PagedRows } from "~/ui/tables/PagedRows";
import { bps, type Drift } from "./words";

type Pair = Schemas["PriceDifferenceResponse"];
type Distribution = Schemas["DistributionResponse"];

export function PricesPanel({ run, report: { prices } }: { run: RunDetail; report: Drift }) {
  const { drift, realised, assumed, listed, total } = prices;
  const columns = useMemo(() => columnsOf(run), [run]);
  if (!drift || !realised || !assumed)
    return (
      <Panel title="Fill prices">
        <Empty title="No fill can be compared">The run and its backtest have filled nothing of the same order.</Empty>
      </Panel>
    );
  const rows = [
    { name: "The run", of: realised },
    { name: "The costs assume", of: assumed },
    { name: "Difference", of: drift },
  ];
  return (
    <>
      <Panel title="Fill prices">
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <section className="flex min-w-0 flex-col gap-2">
            <h3 className="text-table font-medium">Price differences over time, in bps: above 0 the run did worse</h3>
            <Legend
              curves={[
                { name: "A fill", colour: "accent" },
                { name: `Mean ${bps(drift.mean)}`, colour: "warn", isQuiet: true },
              ]}
            />
            <ScatterChart
              label={`Price differences of ${count(drift.count)} fills over time, mean ${bps(drift.mean)}, from ${bps(drift.least)} to ${bps(drift.most)}`}
              dots={listed.map((pair) => ({ time: pair.time, value: pair.drift_bps, told: toldOf(pair) }))}
              middle={drift.mean}
            />
          </section>
          <section className="flex min-w-0 flex-col gap-2">
            <h3 className="text-table font-medium">What was lost to slippage, in bps, against what the costs assume</h3>
            <Legend curves={[{ name: "Mean of each", colour: "warn", isQuiet: true }]} />
            <HistogramChart
              label={`Slippage of the run, mean ${ratio(realised.mean)} bps, against what its costs assume, mean ${ratio(assumed.mean)} bps`}
              format={ratio}
              unit=" bps"
              spreads={[
                { name: "The run", colour: "accent", bins: realised.bins, middle: realised.mean },
                { name: "The costs assume", colour: "soft", bins: assumed.bins, middle: assumed.mean },
              ]}
            />
          </section>
        </div>
        <div className="-mx-4 mt-4 -mb-4 border-t border-line compact:-mx-3 compact:-mb-3">
          <Rows
            caption="Slippage in basis points"
            rows={rows}
            rowKey={({ name }) => name}
            columns={[{ header: "Basis points", cell: ({ name }) => name }, ...figures()]}
          />
        </div>
      </Panel>
      <Panel
        title="Each fill of both"
        flush
        actions={
          listed.length < total && (
            <span className="text-table text-soft">
              {count(listed.length)} of {count(total)}, evenly thinned
            </span>
          )
        }
      >
        <PagedRows caption="Price differences" columns={columns} rows={listed} />
      </Panel>
    </>
  );
}

const figures = () =>
  (
    [
      ["Mean", "mean", false],
      ["Weighted mean", "weighted_mean", true],
      ["Median", "median", false],
      ["5 %", "p05", true],
      ["95 %", "p95", true],
      ["Least", "least", false],
      ["Most", "most", false],
    ] as const
  ).map(([header, key, wide]) => ({
    header,
    numeric: true,
    wide,
    cell: ({ of }: { of: Distribution }) => ratio(of[key]),
  }));

const toldOf = ({ order, side, quantity, symbol, drift_bps }: Pair): string =>
  `Order ${order}: ${side} ${exact(quantity)} ${symbol}, ${bps(drift_bps)}`;

function columnsOf(run: RunDetail): ColumnDef<Pair>[] {
  const wide = { numeric: true, wide: true };
  const numeric = { numeric: true };
  return [
    { id: "time", header: "Time", cell: ({ row }) => <Moment at={row.original.time} to={finest(run)} /> },
    { id: "order", header: "Order", meta: wide, cell: ({ row }) => count(row.original.order) },
    { id: "symbol", header: "Symbol", meta: { wide: true }, cell: ({ row }) => row.original.symbol },
    { id: "side", header: "Side", cell: ({ row }) => <SideBadge side={row.original.side} /> },
    { id: "quantity", header: "Quantity", meta: wide, cell: ({ row }) => <Exact value={row.original.quantity} /> },
    { id: "live", header: "Run", meta: numeric, cell: ({ row }) => <Price value={row.original.live_price} /> },
    {
      id: "backtest",
      header: "Backtest",
      meta: numeric,
      cell: ({ row }) => <Price value={row.original.backtest_price} />,
    },
    { id: "realised", header: "Lost, bps", meta: wide, cell: ({ row }) => ratio(row.original.realised_bps) },
    { id: "assumed", header: "Assumed", meta: wide, cell: ({ row }) => ratio(row.original.assumed_bps) },
    { id: "drift", header: "Worse by", meta: numeric, cell: ({ row }) => ratio(row.original.drift_bps) },
  ];
}
