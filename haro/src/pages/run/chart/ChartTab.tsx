/** The bars that a run saw, with what it made of them, linked to the table of its trades. */
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";

import { api } from "~/api/client";
import type { RunDetail, Trade } from "~/api/types";
import { isoOf, type Span } from "~/charts/window";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { DataTable } from "~/ui/tables/DataTable";
import { Panel } from "~/ui/pages/Panel";
import { useTableState } from "~/ui/tables/tableState";

import { tradeColumns } from "../tables/tradeColumns";
import { useRun } from "../useRun";
import { Bars } from "./Bars";
import { useView } from "./useView";

const NONE = [] as const;
const ROWS = 10;

export default function ChartTab() {
  const run = useRun();
  const [hovered, setHovered] = useState<number | null>(null);
  const [params, setParams] = useSearchParams();
  const symbol = params.get("symbol") ?? run.symbols[0] ?? "";
  const change = (edit: (next: URLSearchParams) => void) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        edit(next);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const look = ({ from, to }: Span) =>
    change((next) => {
      next.set("from", isoOf(from));
      next.set("to", isoOf(to));
    });
  const select = (number: number, of = symbol) =>
    change((next) => {
      ["from", "to"].forEach((name) => next.delete(name));
      next.set("symbol", of);
      next.set("trade", String(number));
    });
  const view = useView(run, symbol, params);
  return (
    <>
      <Panel
        title={symbol}
        flush
        actions={
          <>
            {run.symbols.length > 1 && (
              <SymbolChoice run={run} symbol={symbol} choose={(to) => change((next) => reset(next, to))} />
            )}
            <Button onClick={() => change((next) => reset(next, symbol))}>Show all</Button>
          </>
        }
      >
        <Bars
          run={run}
          symbol={symbol}
          view={view}
          lit={hovered ?? view.trade}
          onSpan={look}
          onTrade={(number) => select(number)}
        />
      </Panel>
      <Trades
        run={run}
        lit={view.trade}
        onSelect={(trade) => select(trade.number, trade.symbol)}
        onHover={setHovered}
      />
    </>
  );
}

function reset(params: URLSearchParams, symbol: string): void {
  ["from", "to", "trade"].forEach((name) => params.delete(name));
  params.set("symbol", symbol);
}

interface SymbolChoiceProps {
  run: RunDetail;
  symbol: string;
  choose: (symbol: string) => void;
}

function SymbolChoice({ run, symbol, choose }: SymbolChoiceProps) {
  return (
    <select
      aria-label="Symbol"
      value={symbol}
      onChange={({ target }) => choose(target.value)}
      className="h-8 rounded-md border border-line bg-ground px-2 text-table compact:h-7"
    >
      {run.symbols.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}

interface TradesProps {
  run: RunDetail;
  lit: number | null;
  onSelect: (trade: Trade) => void;
  onHover: (number: number | null) => void;
}

function Trades({ run, lit, onSelect, onHover }: TradesProps) {
  const state = useTableState(NONE);
  // In their own order the page is known on which the one that stands out is.
  const [params] = useSearchParams();
  const page = lit !== null && !state.sort && !params.has("page") ? Math.ceil(lit / ROWS) : state.page;
  const found = api.useQuery("get", "/api/v1/runs/{run_id}/trades", {
    params: { path: { run_id: run.id }, query: { page, page_size: ROWS, sort: state.sort } },
  });
  const columns = useMemo(() => tradeColumns(run, onSelect), [run, onSelect]);
  return (
    <Panel title="Trades" flush>
      <Answer of={found} loading={<Skeleton className="m-4 h-40" />}>
        {(page) => (
          <DataTable
            caption="Table of trades"
            columns={columns}
            page={page}
            state={state}
            rowKey={({ number }) => String(number)}
            rowClass={({ number }) => number === lit && "bg-accent/15"}
            onRowClick={onSelect}
            onRowHover={(trade) => onHover(trade?.number ?? null)}
            empty={<Empty title="No trade was closed" />}
          />
        )}
      </Answer>
    </Panel>
  );
}
