/** How returns are spread, and which trades brought what: by how long they were held, and by when they began. */
import { ColumnsChart } from "~/charts/ColumnsChart";
import { HistogramChart } from "~/charts/HistogramChart";
import { count, percent, signedMoney } from "~/format/figures";
import { Empty } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";

import type { Bucket, ReportData } from "./data";

export function Spreads({ data: { returns, durations, entries, isDaily, zone } }: { data: ReportData }) {
  return (
    <div className="grid gap-4 lg:grid-cols-3">
      <Panel title="Returns by session">
        {returns ? (
          <HistogramChart
            label={`How the returns of sessions are spread, mean ${percent(returns.mean, true)}`}
            spreads={[{ name: "Sessions", colour: "accent", bins: returns.bins, middle: returns.mean }]}
            format={(value) => percent(value)}
          />
        ) : (
          <Empty title="Too few sessions" />
        )}
      </Panel>
      <Buckets title="Profit by time held" buckets={durations} />
      <Buckets
        title={isDaily ? "Profit by day of entry" : "Profit by hour of entry"}
        buckets={entries}
        note={isDaily ? undefined : zone}
      />
    </div>
  );
}

function Buckets({ title, buckets, note }: { title: string; buckets: Bucket[]; note?: string | undefined }) {
  return (
    <Panel title={title} actions={note && <span className="text-label text-faint">{note}</span>}>
      {buckets.length === 0 ? (
        <Empty title="No trade was closed" />
      ) : (
        <ColumnsChart
          label={`${title}: ${buckets.map(({ name, pnl }) => `${name} ${signedMoney(pnl)}`).join(", ")}`}
          columns={buckets.map(({ name, pnl, trades, wins }) => ({
            name,
            value: pnl,
            told: `${signedMoney(pnl)} of ${count(trades)} trades, ${count(wins)} won`,
          }))}
        />
      )}
    </Panel>
  );
}
