/** A new run: what, on what, how; and a line that says in words what will happen. */
import { useSearchParams } from "react-router";

import { api } from "~/api/client";
import type { RunDetail, RunMode, Series, Strategy } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { Page } from "~/ui/pages/Page";

import { SERIES_MOST, timeframes } from "./catalogue";
import { type Draft, draftOf, EMPTY, USUAL_VENUE } from "./draft";
import { RunForm } from "./RunForm";

const MODES: string[] = ["backtest", "paper", "live"] satisfies RunMode[];
const modeOf = (text: string | null): RunMode | undefined =>
  text && MODES.includes(text) ? (text as RunMode) : undefined;
const ALL = { params: { query: { page_size: SERIES_MOST } } };

export default function NewRunPage() {
  const [params] = useSearchParams();
  const clone = params.get("clone");
  const strategies = api.useQuery("get", "/api/v1/strategies", ALL);
  const series = api.useQuery("get", "/api/v1/data", ALL);
  const cloned = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}",
    { params: { path: { run_id: clone ?? "" } } },
    { enabled: clone !== null },
  );
  const asked = {
    strategy: params.get("strategy"),
    symbol: params.get("symbol"),
    timeframe: params.get("timeframe"),
    mode: modeOf(params.get("mode")),
  };
  return (
    <Page title={clone ? "New run, from another" : "New run"}>
      <Answer of={strategies} loading={<Skeleton className="h-96" />}>
        {({ items }) => (
          <Answer of={series} loading={<Skeleton className="h-96" />}>
            {(stored) =>
              clone ? (
                <Answer of={cloned} loading={<Skeleton className="h-96" />}>
                  {(run) => (
                    <Ready strategies={items} series={stored.items} begin={draftOf(run, asked.mode)} source={run} />
                  )}
                </Answer>
              ) : (
                <Ready
                  strategies={items}
                  series={stored.items}
                  begin={begun(items, stored.items, asked)}
                  source={null}
                />
              )
            }
          </Answer>
        )}
      </Answer>
    </Page>
  );
}

interface Asked {
  strategy: string | null;
  symbol: string | null;
  timeframe: string | null;
  mode: RunMode | undefined;
}

/** What can be told beforehand: the strategy and symbol that were asked for, else the first there are. */
function begun(strategies: Strategy[], series: Series[], { strategy, symbol, timeframe, mode }: Asked): Draft {
  const usable = strategies.filter(({ error }) => !error);
  const first = symbol ?? series.find(({ damaged }) => !damaged)?.symbol;
  return {
    ...EMPTY,
    strategy: strategy ?? usable[0]?.id ?? "",
    symbols: first ? [first] : [],
    timeframe: timeframe ?? "",
    mode: mode ?? "backtest",
    venue: USUAL_VENUE[mode ?? "backtest"],
  };
}

interface ReadyProps {
  strategies: Strategy[];
  series: Series[];
  begin: Draft;
  source: RunDetail | null;
}

function Ready({ strategies, series, begin, source }: ReadyProps) {
  if (strategies.length === 0)
    return (
      <Empty title="There is no strategy" action={<ButtonLink to="/strategies">Go to the strategies</ButtonLink>} />
    );
  // What a backtest takes as it is stored, a run that trades has to be told.
  const finest = begin.mode === "backtest" ? "" : (timeframes(series, begin.symbols)[0] ?? "");
  const draft = { ...begin, timeframe: begin.timeframe || finest };
  return <RunForm strategies={strategies} series={series} begin={draft} source={source} />;
}
