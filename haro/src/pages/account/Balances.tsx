/** What an account has, as its venue shows it. */
import type { Schemas } from "~/api/types";
import { ModeBadge } from "~/ui/values/Badge";
import { cx } from "~/ui/cx";
import { Facts } from "~/ui/values/Facts";
import { Money } from "~/ui/values/Figure";
import { Ago } from "~/ui/values/Time";

export function Balances({ account }: { account: Schemas["AccountResponse"] }) {
  const isLive = account.mode === "live";
  return (
    <div className={cx("border-b border-line p-4", isLive && "border-t-2 border-t-live-edge")}>
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-medium">{account.account}</h2>
        <ModeBadge mode={account.mode} />
        <span className="text-table text-soft">
          {account.number} · {account.status.toLowerCase()}
        </span>
        {account.flags.map((flag) => (
          <span key={flag} className="text-table text-loss">
            {flag.replaceAll("_", " ")}
          </span>
        ))}
        {!account.is_streaming && (
          <span className="text-table text-warn">its stream of orders is down: entries wait</span>
        )}
      </div>
      <Facts
        facts={[
          { name: `Equity, ${account.currency}`, value: <Money value={account.equity} /> },
          { name: "Cash", value: <Money value={account.cash} /> },
          { name: "Buying power", value: <Money value={account.buying_power} /> },
          { name: "Equity at the last close", value: <Money value={account.last_equity} /> },
          { name: "Sells short", value: account.can_short ? "yes" : "no" },
          { name: "Compared with the books", value: <Ago at={account.looked_at} /> },
        ]}
      />
    </div>
  );
}
