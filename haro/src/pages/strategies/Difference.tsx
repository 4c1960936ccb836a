/** What is another in the source of now than in that of a run. */
import { api } from "~/api/client";
import { Answer, Skeleton } from "~/ui/Answer";
import { cx } from "~/ui/cx";

import { around, diff } from "./diff";

const LOOK = { same: "", added: "bg-gain/12 text-gain", removed: "bg-loss/12 text-loss" };
const MARK = { same: " ", added: "+", removed: "−" };

export function Difference({ strategyId, run, hash }: { strategyId: string; run: string; hash: string }) {
  const now = api.useQuery("get", "/api/v1/strategies/{strategy_id}/source", {
    params: { path: { strategy_id: strategyId } },
  });
  const then = api.useQuery("get", "/api/v1/runs/{run_id}", { params: { path: { run_id: run } } });
  const loading = <Skeleton className="m-3 h-32" />;
  return (
    <div className="border-t border-line">
      <p className="px-4 pt-3 text-table text-soft">
        From <code className="font-mono">{hash.slice(0, 8)}</code> to the source of now:
      </p>
      <Answer of={then} loading={loading}>
        {({ strategy_source: before }) => (
          <Answer of={now} loading={loading}>
            {({ source: after }) => <Lines before={before} after={after} />}
          </Answer>
        )}
      </Answer>
    </div>
  );
}

function Lines({ before, after }: { before: string; after: string }) {
  const lines = around(diff(before, after));
  return (
    // A region that scrolls has to be reached with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" aria-label="Difference of sources" tabIndex={0} className="overflow-x-auto p-4">
      <pre className="w-max min-w-full font-mono text-table leading-5">
        {lines.map((line, at) =>
          line ? (
            <span key={at} className={cx("block px-1", LOOK[line.kind])}>
              {MARK[line.kind]} {line.text}
            </span>
          ) : (
            <span key={at} className="block px-1 text-faint">
              …
            </span>
          ),
        )}
      </pre>
    </div>
  );
}
