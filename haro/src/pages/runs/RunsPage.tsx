/** All runs: filtered, sorted and cut by the server; two to six of them go on to be compared. */
import { GitCompareArrows, Play, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";

import { api } from "~/api/client";
import type { RunMode, RunStatus } from "~/api/types";
import { LOOKED_AT } from "~/live/waiting";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Button, ButtonLink } from "~/ui/forms/Button";
import { DataTable } from "~/ui/tables/DataTable";
import { Filters, FilterSelect } from "~/ui/tables/Filters";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { PAGE_SIZE, useTableState } from "~/ui/tables/tableState";

import { runColumns } from "./columns";
import { NameFilter } from "./NameFilter";

const FILTERS = ["status", "mode", "strategy", "name"] as const;
const STATUSES: RunStatus[] = ["pending", "running", "completed", "stopped", "error"];
const MODES: RunMode[] = ["backtest", "paper", "live"];
export const COMPARED = { least: 2, most: 6 };

const newRun = (
  <ButtonLink to="/runs/new" kind="primary" icon={<Plus size={15} aria-hidden />}>
    New run
  </ButtonLink>
);

export default function RunsPage() {
  const state = useTableState(FILTERS);
  const { status, mode, strategy, name } = state.filters;
  const query = {
    page: state.page,
    page_size: PAGE_SIZE,
    sort: state.sort,
    status: status as RunStatus[] | undefined,
    mode: mode as RunMode[] | undefined,
    strategy_id: strategy,
    name,
  };
  const found = api.useQuery("get", "/api/v1/runs", { params: { query } }, LOOKED_AT);
  const { chosen, toggle, clear } = useChosen();
  const columns = useMemo(
    () => runColumns({ chosen, toggle, isFull: chosen.length >= COMPARED.most }),
    [chosen, toggle],
  );
  const navigate = useNavigate();
  return (
    <Page title="Runs" actions={newRun}>
      <Panel
        label="Runs"
        flush
        actions={
          <>
            <Chosen chosen={chosen} clear={clear} />
            <RunFilters state={state} />
          </>
        }
      >
        <Answer of={found} loading={<Skeleton className="m-4 h-96" />}>
          {(page) => (
            <DataTable
              caption="Table of runs"
              columns={columns}
              page={page}
              state={state}
              rowKey={({ id }) => id}
              rowClass={({ id }) => chosen.includes(id) && "bg-accent/10"}
              onRowClick={({ id }) => void navigate(`/runs/${id}`)}
              empty={<Nothing isFiltered={state.isFiltered} clear={state.clear} />}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function RunFilters({ state }: { state: ReturnType<typeof useTableState<(typeof FILTERS)[number]>> }) {
  const strategies = api.useQuery("get", "/api/v1/strategies", { params: { query: { page_size: 500 } } }).data?.items;
  return (
    <Filters state={state}>
      <FilterSelect state={state} name="status" label="Status" options={STATUSES} />
      <FilterSelect state={state} name="mode" label="Mode" options={MODES} />
      <FilterSelect state={state} name="strategy" label="Strategy" options={strategies?.map(({ id }) => id) ?? []} />
      <NameFilter state={state} />
    </Filters>
  );
}

function Chosen({ chosen, clear }: { chosen: string[]; clear: () => void }) {
  const navigate = useNavigate();
  if (chosen.length === 0) return null;
  const query = new URLSearchParams(chosen.map((id) => ["run", id]));
  return (
    <>
      <Button
        kind="primary"
        icon={<GitCompareArrows size={15} aria-hidden />}
        disabled={chosen.length < COMPARED.least}
        title={chosen.length < COMPARED.least ? "Choose two runs to six" : undefined}
        onClick={() => void navigate(`/compare?${query.toString()}`)}
      >
        Compare {chosen.length}
      </Button>
      <Button kind="quiet" onClick={clear}>
        Choose none
      </Button>
    </>
  );
}

function Nothing({ isFiltered, clear }: { isFiltered: boolean; clear: () => void }) {
  if (isFiltered) return <Empty title="No run is like that" action={<Button onClick={clear}>Clear filters</Button>} />;
  return (
    <Empty icon={<Play size={24} aria-hidden />} title="No run yet" action={newRun}>
      A run is one go of a strategy: a backtest on stored bars, or trading on paper or live.
    </Empty>
  );
}

/** In the order in which they were chosen. */
function useChosen() {
  const [chosen, setChosen] = useState<string[]>([]);
  const [toggle] = useState(
    () => (id: string) =>
      setChosen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id])),
  );
  return { chosen, toggle, clear: () => setChosen([]) };
}
