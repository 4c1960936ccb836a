/** Two to six runs side by side: what differs between them, their curves from 100, their statistics. */
import { useQueries } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { useSearchParams } from "react-router";

import { api } from "~/api/client";
import { Empty, Failed, Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { Page } from "~/ui/pages/Page";
import { Fence } from "~/ui/pages/Panel";

import { Curves } from "./Curves";
import type { Compared } from "./compared";
import { Differences } from "./Differences";
import { StatisticsTable } from "./StatisticsTable";

const MOST = 6;
const POINTS = 1_000;

export default function ComparePage() {
  const [params] = useSearchParams();
  const ids = [...new Set(params.getAll("run"))].slice(0, MOST);
  const { compared, error, isPending } = useCompared(ids.length < 2 ? [] : ids);
  return (
    <Page title="Compare" actions={<ButtonLink to="/runs">Choose others</ButtonLink>}>
      {ids.length < 2 && <TooFew />}
      {ids.length >= 2 && error !== null && <Failed error={error} />}
      {ids.length >= 2 && error === null && isPending && <Skeleton className="h-96" />}
      {compared && ids.length >= 2 && (
        <>
          {[Differences, Curves, StatisticsTable].map((Part, at) => (
            <Fence key={at}>
              <Part compared={compared} />
            </Fence>
          ))}
        </>
      )}
    </Page>
  );
}

function TooFew() {
  return (
    <Empty
      icon={<GitCompareArrows size={24} aria-hidden />}
      title="Two runs are needed, at least"
      action={
        <ButtonLink to="/runs" kind="primary">
          Choose runs
        </ButtonLink>
      }
    >
      Tick two to six runs in the list, then press Compare.
    </Empty>
  );
}

/** Runs with what came of them; a run that has no figures yet takes part without. */
function useCompared(ids: string[]) {
  const paths = ids.map((run_id) => ({ params: { path: { run_id } } }));
  const runs = useQueries({ queries: paths.map((init) => api.queryOptions("get", "/api/v1/runs/{run_id}", init)) });
  const results = useQueries({
    queries: paths.map((init) => api.queryOptions("get", "/api/v1/runs/{run_id}/results", init, { retry: false })),
  });
  const curves = useQueries({
    queries: paths.map(({ params }) =>
      api.queryOptions(
        "get",
        "/api/v1/runs/{run_id}/equity",
        { params: { ...params, query: { points: POINTS } } },
        { retry: false },
      ),
    ),
  });
  const error = runs.find((one) => one.error)?.error ?? null;
  const isPending = [...runs, ...results, ...curves].some((one) => one.isPending);
  const compared: Compared[] = runs.flatMap(({ data: run }, index) =>
    run ? [{ run, result: results[index]?.data ?? null, curve: curves[index]?.data?.items ?? [] }] : [],
  );
  return { compared: isPending || error ? null : compared, error, isPending };
}
