/** The runs that trade now, or work: each with its curve and what it has made. */
import { Link } from "react-router";

import { api } from "~/api/client";
import type { Run, Schemas } from "~/api/types";
import { Sparkline } from "~/charts/Sparkline";
import { LOOKED_AT } from "~/live/waiting";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ModeBadge, StatusBadge } from "~/ui/values/Badge";
import { ButtonLink } from "~/ui/forms/Button";
import { Pnl } from "~/ui/values/Figure";
import { Panel } from "~/ui/pages/Panel";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";
import { Since } from "~/ui/values/Time";

const SHOWN = 10;

export function ActiveRuns() {
  const running = { params: { query: { status: ["running" as const], page_size: SHOWN } } };
  const runs = api.useQuery("get", "/api/v1/runs", running, LOOKED_AT);
  const paper = usePnl("paper");
  const live = usePnl("live");
  const columns: RowsColumn<Run>[] = [
    {
      header: "Run",
      cell: ({ id, name }) => (
        <Link
          to={`/runs/${id}`}
          title={name}
          className="block max-w-24 truncate text-accent hover:underline 2xl:max-w-52"
        >
          {name}
        </Link>
      ),
    },
    { header: "Mode", cell: ({ mode }) => <ModeBadge mode={mode} /> },
    { header: "Equity", wide: true, cell: ({ id, mode }) => mode !== "backtest" && <RunCurve id={id} /> },
    { header: "P&L", numeric: true, cell: ({ id }) => <Pnl value={paper.get(id) ?? live.get(id)} /> },
    {
      header: "Since",
      numeric: true,
      wide: "very",
      cell: ({ started_at: at }) => (at ? <Since at={at} /> : null),
    },
    {
      header: "Status",
      cell: ({ status, queued, halted }) =>
        halted ? <span className="text-loss">halted</span> : <StatusBadge status={status} queued={queued} />,
    },
  ];
  return (
    <Panel
      title="Active runs"
      actions={
        <ButtonLink kind="quiet" to="/runs?status=running">
          All
        </ButtonLink>
      }
      flush
    >
      <Answer of={runs} loading={<Skeleton className="m-3 h-32" />}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No run is active." action={<ButtonLink to="/runs/new">New run</ButtonLink>} />
          ) : (
            <Rows caption="Active runs" columns={columns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Answer>
    </Panel>
  );
}

/** What each run has made, by its id. */
function usePnl(mode: Schemas["TradedMode"]): Map<string, string> {
  const accounts = api.useQuery("get", "/api/v1/portfolio/equity", { params: { query: { mode, points: 600 } } }).data
    ?.accounts;
  const owners = accounts?.flatMap(({ owners: all }) => all) ?? [];
  return new Map(owners.flatMap(({ run_id: run, pnl }) => (run ? [[run, pnl]] : [])));
}

function RunCurve({ id }: { id: string }) {
  const equity = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/equity",
    { params: { path: { run_id: id }, query: { points: 60 } } },
    { retry: false },
  ).data;
  return equity ? <Sparkline values={equity.items.map(({ equity: value }) => value)} /> : null;
}
