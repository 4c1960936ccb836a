/** One run: its head, its progress, and its parts, each at an address of its own. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useParams } from "react-router";

import type { RunDetail } from "~/api/types";
import { whileWaiting } from "~/live/waiting";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { ModeBadge, StatusBadge } from "~/ui/values/Badge";
import { cx } from "~/ui/cx";
import { Page } from "~/ui/pages/Page";
import { Fence } from "~/ui/pages/Panel";
import { Tabs } from "~/ui/pages/Tabs";
import { RunName } from "~/ui/values/RunName";
import { Ago, Since } from "~/ui/values/Time";

import { runQuery } from "./ahead";
import { RunActions } from "./RunActions";
import { RunProgress } from "./RunProgress";
import { RunTrouble } from "./RunTrouble";
import { trades } from "./useRun";

type TabOf = readonly [label: string, path: string, isOfTrading?: boolean];

const TABS: TabOf[] = [
  ["Overview", ""],
  ["Chart", "chart"],
  ["Trades", "trades"],
  ["Orders & fills", "orders"],
  ["Events", "events"],
  ["Journal", "journal"],
  ["Days", "days", true],
  ["Replay & drift", "parity", true],
  ["Settings", "settings"],
];

export default function RunPage() {
  const { runId = "" } = useParams();
  const run = useQuery({
    ...runQuery(runId),
    refetchInterval: ({ state: { data } }) => whileWaiting(data && [data]),
  });
  if (run.data) return <Shown run={run.data} />;
  return (
    <Page title="Run">
      <Answer of={run} loading={<Skeleton className="h-96" />}>
        {() => null}
      </Answer>
    </Page>
  );
}

function Shown({ run }: { run: RunDetail }) {
  const isLive = run.mode === "live";
  const { pathname } = useLocation();
  const base = `/runs/${encodeURIComponent(run.id)}`;
  return (
    <div className={cx(isLive && "min-h-full border-4 border-live-edge")}>
      {isLive && (
        <p className="bg-live-tint px-4 py-1 text-center font-bold tracking-wide text-live">
          LIVE · {run.status === "running" ? "this run trades with real money" : "with real money"}
        </p>
      )}
      <Page title={run.name} beside={<Beside run={run} />} actions={<RunActions run={run} />}>
        <RunTrouble run={run} />
        {run.status === "running" && run.mode === "backtest" && <RunProgress run={run} />}
        <Tabs
          label="Parts of this run"
          tabs={TABS.filter(([, , isOfTrading]) => !isOfTrading || trades(run)).map(([label, path]) => ({
            label,
            to: path ? `${base}/${path}` : base,
            end: path === "",
          }))}
        />
        <Fence key={pathname}>
          <Outlet context={run} />
        </Fence>
      </Page>
    </div>
  );
}

function Beside({ run }: { run: RunDetail }) {
  return (
    <>
      <Link to={`/strategies/${encodeURIComponent(run.strategy_id)}`} className="text-accent hover:underline">
        {run.strategy_id}
      </Link>
      <span className="text-soft wrap-anywhere">
        {run.symbols.length > 4
          ? `${run.symbols.slice(0, 3).join(", ")} and ${run.symbols.length - 3} more`
          : run.symbols.join(", ")}{" "}
        {run.timeframe}
      </span>
      <ModeBadge mode={run.mode} />
      <span className="flex items-center gap-1.5">
        <StatusBadge status={run.status} queued={run.queued} />
        <span className="text-soft">
          <SinceWhen run={run} />
        </span>
      </span>
      {run.promoted_from && (
        <span className="text-soft">
          promoted from <RunName id={run.promoted_from} />
        </span>
      )}
    </>
  );
}

function SinceWhen({ run }: { run: RunDetail }) {
  if (run.status === "running" && run.started_at && !run.queued) return <Since at={run.started_at} />;
  return <Ago at={run.completed_at ?? run.stopped_at ?? run.started_at ?? run.created_at} />;
}
