/** The columns of the table of runs. */
import type { ColumnDef } from "@tanstack/react-table";
import { Link } from "react-router";

import type { Schemas } from "~/api/types";
import { Sparkline } from "~/charts/Sparkline";
import { count, ratio } from "~/format/figures";
import { ModeBadge, StatusBadge } from "~/ui/values/Badge";
import { Return } from "~/ui/values/Figure";
import { Ago } from "~/ui/values/Time";

import { useFigures } from "./useFigures";

export type ListedRun = Schemas["ListedRunResponse"];

interface Choice {
  chosen: string[];
  toggle: (id: string) => void;
  /** No more can be chosen. */
  isFull: boolean;
}

type Column = ColumnDef<ListedRun>;
type Meta = NonNullable<Column["meta"]>;

function column(
  id: string,
  header: ColumnDef<ListedRun>["header"],
  cell: (run: ListedRun) => React.ReactNode,
  meta: Meta = {},
): Column {
  return { id, header, meta, cell: ({ row }) => cell(row.original) };
}

const figure = { numeric: true };

export function runColumns({ chosen, toggle, isFull }: Choice): Column[] {
  return [
    column(
      "choose",
      () => <span className="sr-only">Choose</span>,
      (run) => {
        const isChosen = chosen.includes(run.id);
        return (
          // eslint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- keeps the row's click away
          <span onClick={(event) => event.stopPropagation()}>
            <input
              type="checkbox"
              aria-label={`Choose ${run.name} to compare`}
              checked={isChosen}
              disabled={!isChosen && isFull}
              onChange={() => toggle(run.id)}
              className="block size-4 accent-accent-fill"
            />
          </span>
        );
      },
    ),
    column(
      "name",
      "Name",
      ({ id, name, strategy_id, symbols, timeframe, mode }) => (
        <span className="flex min-w-40 flex-col max-md:min-w-28">
          <Link to={`/runs/${id}`} className="font-medium wrap-anywhere hover:underline">
            {name}
          </Link>
          <span className="md:hidden">
            <ModeBadge mode={mode} />
          </span>
          <span className="text-label text-soft">
            <span className="max-md:hidden 2xl:hidden">{strategy_id} · </span>
            {symbols.length > 3 ? `${symbols.slice(0, 3).join(", ")} …` : symbols.join(", ")} {timeframe}
          </span>
        </span>
      ),
      { sort: "name" },
    ),
    column("strategy", "Strategy", ({ strategy_id }) => <span className="whitespace-nowrap">{strategy_id}</span>, {
      sort: "strategy_id",
      wide: "very",
    }),
    column("mode", "Mode", ({ mode }) => <ModeBadge mode={mode} />, { sort: "mode", wide: true }),
    column("status", "Status", (run) => <Status run={run} />, { sort: "status" }),
    column("curve", "Equity", (run) => <Curve run={run} />, { wide: true }),
    column("return", "Return", (run) => <Figure run={run} of="total_return" />, {
      ...figure,
      sort: "total_return",
    }),
    column("sharpe", "Sharpe", (run) => <Figure run={run} of="sharpe" />, {
      ...figure,
      wide: true,
      sort: "sharpe",
    }),
    column("drawdown", "Drawdown", (run) => <Figure run={run} of="max_drawdown" />, {
      ...figure,
      wide: true,
      sort: "max_drawdown",
    }),
    column("trades", "Trades", (run) => <Figure run={run} of="trades" />, {
      ...figure,
      wide: true,
      sort: "trades",
    }),
    column("created", "Created", ({ created_at }) => <Ago at={created_at} />, { sort: "created_at", wide: true }),
  ];
}

function Status({ run: { status, queued, error, halted } }: { run: ListedRun }) {
  return (
    <span className="flex flex-col">
      <StatusBadge status={status} queued={queued} />
      {(error ?? halted) && (
        <span
          className="line-clamp-2 max-w-48 min-w-40 text-label text-soft wrap-anywhere max-md:hidden"
          title={error ?? halted ?? undefined}
        >
          {halted && "halted: "}
          {error ?? halted}
        </span>
      )}
    </span>
  );
}

function Curve({ run }: { run: ListedRun }) {
  return <Sparkline values={useFigures(run)?.sparkline ?? []} />;
}

type Of = "total_return" | "sharpe" | "max_drawdown" | "trades";

/** Nothing where there is no figure; a dash where it is not defined. */
function Figure({ run, of }: { run: ListedRun; of: Of }) {
  const figures = useFigures(run);
  if (!figures) return null;
  switch (of) {
    case "total_return":
    case "max_drawdown":
      return <Return value={figures[of]} />;
    case "sharpe":
      return <span title={figures.sharpe == null ? undefined : String(figures.sharpe)}>{ratio(figures.sharpe)}</span>;
    case "trades":
      return count(figures.trades);
  }
}
