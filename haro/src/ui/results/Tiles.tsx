/** The six figures that matter most, each with its definition on hover. */
import type { Stats } from "~/api/types";
import { cx } from "~/ui/cx";
import { direction } from "~/format/figures";
import { BUY_AND_HOLD, named, statistic, type StatKey, STATISTICS } from "~/format/statistics";
import { Hint } from "~/ui/values/Hint";

const TILES: [main: StatKey, small: StatKey, words: string][] = [
  ["final_equity", "initial_equity", "from"],
  ["total_return", "cagr", "a year"],
  ["max_drawdown", "max_drawdown_days", "longest"],
  ["sharpe", "psr", "above 0:"],
  ["trades", "win_rate", "won"],
  ["exposure", "turnover", "turnover"],
];
/** What has more letters is written smaller: eleven digits and their cents fit a tile on a phone. */
const LONG = 13;
const TONE = { gain: "text-gain", loss: "text-loss", none: "" };

export function Tiles({ stats }: { stats: Stats }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-3 xl:grid-cols-6">
      {TILES.map(([main, small, words]) => (
        <div key={main} className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3 max-md:px-3 compact:py-2">
          <dt>
            <Defined of={main} />
          </dt>
          <dd
            className={cx(
              "figure font-medium",
              statistic(main, stats[main]).length > LONG ? "text-base leading-7" : "text-title",
              main === "total_return" && TONE[direction(statistic(main, stats[main]))],
            )}
            title={stats[main] == null ? undefined : String(stats[main])}
          >
            {statistic(main, stats[main])}
          </dd>
          <dd className="figure truncate text-label text-soft" title={STATISTICS[small].label}>
            {words} {statistic(small, stats[small])}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A statistic's name, with its definition on hover and on focus. */
export function Defined({ of, benchmark = BUY_AND_HOLD }: { of: StatKey; benchmark?: string }) {
  return (
    <Hint text={STATISTICS[of].help}>
      <button
        type="button"
        className="cursor-help text-left text-label text-soft wrap-anywhere underline decoration-dotted underline-offset-3"
      >
        {named(STATISTICS[of].label, benchmark)}
      </button>
    </Hint>
  );
}
