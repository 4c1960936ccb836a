/** All statistics, in groups, each with its definition on hover. */
import type { Stats } from "~/api/types";
import { BUY_AND_HOLD, GROUPS, named, statistic } from "~/format/statistics";
import { Panel } from "~/ui/pages/Panel";

import { Defined } from "./Tiles";

interface StatisticsPanelProps {
  stats: Stats;
  /** What it is compared with. */
  benchmark: string | undefined;
}

export function StatisticsPanel({ stats, benchmark = BUY_AND_HOLD }: StatisticsPanelProps) {
  return (
    <Panel title="Statistics">
      <div className="columns-1 gap-8 sm:columns-2 lg:columns-3">
        {GROUPS.map(([title, keys]) => (
          <section key={title} className="mb-4 break-inside-avoid last:mb-0">
            <h3 className="mb-1 text-label font-medium text-faint wrap-anywhere">{named(title, benchmark)}</h3>
            <dl>
              {keys.map((key) => (
                <div
                  key={key}
                  className="flex items-baseline justify-between gap-3 border-b border-line/60 py-0.5 last:border-0"
                >
                  <dt className="min-w-0">
                    <Defined of={key} benchmark={benchmark} />
                  </dt>
                  <dd className="figure text-table" title={stats[key] == null ? undefined : String(stats[key])}>
                    {statistic(key, stats[key])}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Panel>
  );
}
