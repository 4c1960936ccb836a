/** Why the run's P&L is not its backtest's: part by part, and the sum is exact. */
import { WaterfallChart } from "~/charts/WaterfallChart";
import type { Step } from "~/charts/waterfall";
import { isZero } from "~/format/decimal";
import { money, signedMoney } from "~/format/figures";
import { Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";
import { Money, Pnl } from "~/ui/values/Figure";

import { type Drift, PARTS } from "./words";

interface Line extends Step {
  help: string;
}

/** From the backtest's P&L over all parts to the run's. */
export function linesOf({ live, backtest, parts }: Drift["pnl"]): Line[] {
  return [
    { name: "P&L of the backtest", amount: backtest, isTotal: true, help: "On the bars that the run was given." },
    ...parts.map(({ part, amount }) => ({ name: PARTS[part][0], amount, help: PARTS[part][1] })),
    { name: "P&L of the run", amount: live, isTotal: true, help: "Open positions at the newest closes." },
  ];
}

export function PnlPanel({ report }: { report: Drift }) {
  const lines = linesOf(report.pnl);
  const drawn = lines.filter(({ isTotal, amount }) => isTotal || !isZero(amount));
  const nothing = lines.filter((line) => !drawn.includes(line)).map(({ name }) => name.toLowerCase());
  const told = drawn.map(({ name, amount, isTotal }) => `${name} ${isTotal ? money(amount) : signedMoney(amount)}`);
  return (
    <Panel title="P&L explained">
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <WaterfallChart label={`P&L from the backtest's to the run's: ${told.join(", ")}`} steps={drawn} />
        <div className="-mx-4 min-w-0 compact:-mx-3">
          <Rows
            caption="P&L, part by part"
            rows={drawn}
            rowKey={({ name }) => name}
            columns={[
              {
                header: "Part",
                cell: ({ name, isTotal, help }) => (
                  <div>
                    <p className={isTotal ? "font-medium" : ""}>{name}</p>
                    <p className="text-label text-faint max-md:hidden">{help}</p>
                  </div>
                ),
              },
              {
                header: "Amount",
                numeric: true,
                cell: ({ amount, isTotal }) => (isTotal ? <Money value={amount} /> : <Pnl value={amount} />),
              },
            ]}
          />
          {nothing.length > 0 && (
            <p className="border-t border-line px-4 pt-2 text-label text-faint compact:px-3">
              Nothing comes from: {nothing.join(", ")}.
            </p>
          )}
        </div>
      </div>
    </Panel>
  );
}
