/** A run beside the backtest that it should have been: how far fills, orders and P&L lie apart. */
import { Diff } from "lucide-react";

import type { RunDetail } from "~/api/types";
import { count } from "~/format/figures";
import { Facts } from "~/ui/values/Facts";
import { Pnl } from "~/ui/values/Figure";
import { Moment } from "~/ui/values/Time";

import { BarsPanel } from "./BarsPanel";
import { OrdersPanel } from "./OrdersPanel";
import { PnlPanel } from "./PnlPanel";
import { PricesPanel } from "./PricesPanel";
import { ReportPanel } from "./ReportPanel";
import { useMaking } from "./useReport";
import { bps, type Drift } from "./words";

export function DriftPanels({ run, report }: { run: RunDetail; report: Drift | null }) {
  const making = useMaking("drift", run);
  return (
    <>
      <ReportPanel
        title="Drift"
        action="Run drift"
        icon={<Diff size={15} aria-hidden />}
        making={making}
        report={report}
        none={{
          title: "Not compared with its backtest yet",
          text: "A drift report backtests the same strategy on the bars that this run was given, and holds fills, orders and P&L of both side by side.",
        }}
      >
        {(found) => <Summary report={found} />}
      </ReportPanel>
      {report && (
        <>
          <PnlPanel report={report} />
          <PricesPanel run={run} report={report} />
          <OrdersPanel run={run} report={report} />
          <BarsPanel report={report} />
        </>
      )}
    </>
  );
}

function Summary({ report }: { report: Drift }) {
  const { drift_bps: drift, orders, pnl, notes } = report;
  return (
    <>
      <Facts
        facts={[
          {
            name: "Fills are worse by",
            value: drift === null ? "no fill can be compared" : <span className="figure">{bps(drift)}</span>,
          },
          { name: "P&L, run less backtest", value: <Pnl value={pnl.difference} /> },
          { name: "Orders of both", value: `${count(orders.paired)} of ${count(orders.live)} the run placed` },
          { name: "Missed bars", value: count(report.missed.count) },
          { name: "Late bars", value: count(report.late.count) },
          { name: "Ticks", value: count(report.ticks) },
          { name: "From", value: <Moment at={report.start} /> },
          { name: "To", value: <Moment at={report.end} /> },
        ]}
      />
      {notes.length > 0 && (
        <ul className="list-disc pl-4 text-table text-soft">
          {notes.map((note) => (
            <li key={note} className="wrap-anywhere">
              {note}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
