/** Statistics side by side; the best of each row is marked. */
import { Fragment } from "react";

import { best, GROUPS, statistic, type StatKey, STATISTICS } from "~/format/statistics";
import { cx } from "~/ui/cx";
import { Hint } from "~/ui/values/Hint";
import { Panel } from "~/ui/pages/Panel";

import type { Compared } from "./compared";
import { Heads } from "./Differences";

export function StatisticsTable({ compared }: { compared: Compared[] }) {
  return (
    <Panel title="Statistics" flush>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached */}
      <div className="overflow-x-auto" role="group" aria-label="Statistics" tabIndex={0}>
        <table className="w-full border-collapse text-table">
          <caption className="sr-only">Statistics of each run; ★ marks the best of a row</caption>
          <Heads compared={compared} first="Statistic" />
          <tbody>
            {GROUPS.map(([title, keys]) => (
              <Fragment key={title}>
                <tr>
                  <th
                    scope="colgroup"
                    colSpan={compared.length + 1}
                    className="px-4 pt-3 pb-1 text-left text-label font-medium text-faint"
                  >
                    {title}
                  </th>
                </tr>
                {keys.map((key) => (
                  <Row key={key} of={key} compared={compared} />
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Row({ of, compared }: { of: StatKey; compared: Compared[] }) {
  const values = compared.map(({ result }) => result?.stats[of]);
  const winners = best(of, values);
  return (
    <tr className="border-b border-line/60 last:border-0">
      <th scope="row" className="px-4 py-1 text-left font-normal text-soft">
        <Hint text={STATISTICS[of].help}>
          <button type="button" className="cursor-help text-left underline decoration-dotted underline-offset-3">
            {STATISTICS[of].label}
          </button>
        </Hint>
      </th>
      {values.map((value, index) => (
        <td
          key={index}
          className={cx("figure px-4 py-1 text-right", winners.has(index) && "bg-accent/10 font-medium")}
          title={value == null ? undefined : String(value)}
        >
          {winners.has(index) && (
            <span role="img" aria-label="best" className="mr-1 text-accent">
              ★
            </span>
          )}
          {statistic(of, value)}
        </td>
      ))}
    </tr>
  );
}
