/** What is another in one source of a strategy than in another one. */
import type { ReactNode } from "react";

import { api } from "~/api/client";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { cx } from "~/ui/cx";

import { around, diff } from "./diff";

/** A source: that of some run; null: that of now. */
export type Source = { run: string; hash: string } | null;

const LOOK = { same: "", added: "bg-gain/12 text-gain", removed: "bg-loss/12 text-loss" };
const MARK = { same: " ", added: "+", removed: "−" };
const loading = <Skeleton className="m-3 h-32" />;

export function Difference({ strategyId, before, after }: { strategyId: string; before: Source; after: Source }) {
  return (
    <Text strategyId={strategyId} of={before}>
      {(old) => (
        <Text strategyId={strategyId} of={after}>
          {(now) => <Lines before={old} after={now} />}
        </Text>
      )}
    </Text>
  );
}

interface TextProps {
  strategyId: string;
  of: Source;
  children: (text: string) => ReactNode;
}

function Text({ strategyId, of: source, children }: TextProps) {
  const now = api.useQuery(
    "get",
    "/api/v1/strategies/{strategy_id}/source",
    { params: { path: { strategy_id: strategyId } } },
    { enabled: source === null },
  );
  const then = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}",
    { params: { path: { run_id: source?.run ?? "" } } },
    { enabled: source !== null },
  );
  if (source)
    return (
      <Answer of={then} loading={loading}>
        {({ strategy_source: text }) => children(text)}
      </Answer>
    );
  return (
    <Answer of={now} loading={loading}>
      {({ source: text }) => children(text)}
    </Answer>
  );
}

function Lines({ before, after }: { before: string; after: string }) {
  if (before === after) return <p className="p-4 text-table text-soft">They are the same, line by line.</p>;
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
