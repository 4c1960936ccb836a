/** The six figures that matter most, each with its definition on hover. */
import { Sparkline } from "~/charts/Sparkline";
import type { Run, Stats } from "~/api/types";
import { cx } from "~/ui/cx";
import { direction } from "~/format/figures";
import { statistic, type StatKey, STATISTICS } from "~/format/statistics";
import { Hint } from "~/ui/Hint";

import { useEquity } from "../useRun";

const TILES: [main: StatKey, small: StatKey][] = [
  ["final_equity", "initial_equity"],
  ["total_return", "cagr"],
  ["max_drawdown", "max_drawdown_days"],
  ["sharpe", "psr"],
  ["trades", "win_rate"],
  ["exposure", "turnover"],
];
const TONE = { gain: "text-gain", loss: "text-loss", none: "" };

export function Tiles({ run, stats }: { run: Run; stats: Stats }) {
  const curve = useEquity(run).data?.items.map(({ equity }) => equity) ?? [];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-3 xl:grid-cols-6">
      {TILES.map(([main, small]) => (
        <div key={main} className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3 compact:py-2">
          <dt>
            <Defined of={main} />
          </dt>
          <dd className="flex items-end justify-between gap-2">
            <span
              className={cx(
                "figure truncate text-title font-medium",
                main === "total_return" && TONE[direction(stats[main])],
              )}
              title={stats[main] == null ? undefined : String(stats[main])}
            >
              {statistic(main, stats[main])}
            </span>
            {main === "final_equity" && <Sparkline values={thin(curve)} className="max-w-16" />}
          </dd>
          <dd className="figure truncate text-label text-soft">
            {STATISTICS[small].label} {statistic(small, stats[small])}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A statistic's name, with its definition on hover and on focus. */
export function Defined({ of }: { of: StatKey }) {
  return (
    <Hint text={STATISTICS[of].help}>
      <button
        type="button"
        className="cursor-help text-left text-label text-soft underline decoration-dotted underline-offset-3"
      >
        {STATISTICS[of].label}
      </button>
    </Hint>
  );
}

const MOST = 60;
const thin = (values: (number | null)[]) =>
  values.filter((_, index) => index % Math.ceil(values.length / MOST) === 0 || index === values.length - 1);
