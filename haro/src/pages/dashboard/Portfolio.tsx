/** All runs of a mode together: how they stand, today's gain, and their equity over time. */
import { lazy, Suspense, useMemo } from "react";
import { useSearchParams } from "react-router";

import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { pointsOf } from "~/charts/curves";
import { count } from "~/format/figures";
import { sum } from "~/format/decimal";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { cx } from "~/ui/cx";
import { Money, Pnl } from "~/ui/values/Figure";
import { Panel } from "~/ui/pages/Panel";

const CurvesChart = lazy(() => import("~/charts/CurvesChart"));

type Portfolio = Schemas["PortfolioEquityResponse"];
type Mode = Schemas["TradedMode"];

export function Portfolio() {
  const [params, setParams] = useSearchParams();
  const mode: Schemas["TradedMode"] = params.get("mode") === "live" ? "live" : "paper";
  const portfolio = api.useQuery(
    "get",
    "/api/v1/portfolio/equity",
    { params: { query: { mode, points: 600 } } },
    { placeholderData: (before) => before },
  );
  return (
    <Panel
      title="Portfolio"
      className={cx(mode === "live" && "border-2 border-live-edge")}
      actions={
        <div role="group" aria-label="Mode" className="flex gap-1">
          {(["paper", "live"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === mode}
              onClick={() => setParams(one === "live" ? { mode: one } : {}, { replace: true })}
              className={cx(
                "rounded-md border px-2.5 py-1 text-table",
                one === "live" ? "uppercase" : "",
                one === mode
                  ? one === "live"
                    ? "border-live-edge bg-live-tint font-bold text-live"
                    : "border-paper/60 font-medium text-paper"
                  : "border-transparent text-soft hover:text-ink",
              )}
            >
              {one}
            </button>
          ))}
        </div>
      }
    >
      <Answer of={portfolio} loading={<Skeleton className="h-80" />}>
        {(found) => <Shown portfolio={found} mode={found.mode === "live" ? "live" : "paper"} />}
      </Answer>
    </Panel>
  );
}

/** Replays of stored bars may have traded all the same: they are no part of it. */
const NONE: Record<Mode, { title: string; text: string }> = {
  paper: {
    title: "No paper run has traded at a market yet.",
    text: "The equity of all that do stands here over time. A replay of stored bars has an account of its own: its equity stands on its own page.",
  },
  live: { title: "No live run has traded yet.", text: "The equity of all that do stands here over time." },
};

function Shown({ portfolio, mode }: { portfolio: Portfolio; mode: Mode }) {
  const { items } = portfolio;
  const last = items.at(-1);
  return (
    <div className="flex flex-col gap-4">
      <Tiles portfolio={portfolio} />
      {last ? (
        <Curve items={items} mode={mode} />
      ) : (
        <Empty
          title={NONE[mode].title}
          action={<ButtonLink to={`/runs/new?mode=${mode}`}>Start a {mode} run</ButtonLink>}
        >
          {NONE[mode].text}
        </Empty>
      )}
    </div>
  );
}

function Curve({ items, mode }: { items: Portfolio["items"]; mode: Mode }) {
  // What is drawn is a picture: its points may be floats.
  const curves = useMemo(
    () => [
      {
        name: "Equity",
        colour: mode,
        points: pointsOf(items.map(({ timestamp, equity }) => ({ timestamp, equity: Number(equity) }))),
      },
    ],
    [items, mode],
  );
  if (items.length < 2) return null;
  return (
    <Suspense fallback={<Skeleton className="h-72" />}>
      <CurvesChart label={`Equity of all ${mode} runs over time`} curves={curves} className="h-72" />
    </Suspense>
  );
}

function Tiles({ portfolio: { items, accounts, runs, mode } }: { portfolio: Portfolio }) {
  const last = items.at(-1);
  const shared = accounts.filter(({ account, venue }) => account === `${venue} ${mode}`);
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3 lg:grid-cols-5">
      <Tile name="Equity of runs">
        <Money value={last?.equity} />
      </Tile>
      <Tile name="P&L of runs">
        <Pnl value={last?.pnl} />
      </Tile>
      <Tile name="Today, whole accounts">
        <Pnl value={sum(shared.map(({ day_pnl: pnl }) => pnl))} />
      </Tile>
      <Tile name="Equity of accounts">
        <Money value={sum(shared.map(({ equity }) => equity))} />
      </Tile>
      <Tile name="Runs it is the sum of">
        <span className="figure">{count(runs)}</span>
      </Tile>
    </dl>
  );
}

function Tile({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-label text-soft">{name}</dt>
      <dd className="text-title font-medium">{children}</dd>
    </div>
  );
}
