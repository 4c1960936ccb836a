/** The bars that are stored: what there is, from when to when, and how good it is. A file dropped here is imported. */
import type { ColumnDef } from "@tanstack/react-table";
import { Database, Download, Upload } from "lucide-react";
import { Link, useNavigate } from "react-router";

import { api } from "~/api/client";
import type { Schemas, Series } from "~/api/types";
import { count, UNKNOWN } from "~/format/figures";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Button, ButtonLink } from "~/ui/forms/Button";
import { DataTable } from "~/ui/tables/DataTable";
import { Filters, FilterSelect, FilterText } from "~/ui/tables/Filters";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { PAGE_SIZE, useTableState } from "~/ui/tables/tableState";

import { DropZone } from "~/pages/data/bringing/DropZone";
import { Quality } from "./Quality";
import { seriesPath, shownTime } from "./series";

const FILTERS = ["symbol", "asset_class"] as const;
const CLASSES: readonly Schemas["AssetClass"][] = ["stock", "crypto", "fx", "future"];

const COLUMNS: ColumnDef<Series>[] = [
  {
    id: "symbol",
    header: "Symbol",
    meta: { sort: "symbol" },
    cell: ({ row: { original: one } }) =>
      one.timeframe === null ? (
        <span className="font-medium">{one.symbol}</span>
      ) : (
        <Link to={seriesPath(one.symbol, one.timeframe)} className="font-medium text-accent hover:underline">
          {one.symbol}
        </Link>
      ),
  },
  {
    id: "timeframe",
    header: "Timeframe",
    meta: { sort: "timeframe" },
    cell: ({ row: { original: one } }) => one.timeframe ?? UNKNOWN,
  },
  { id: "class", header: "Class", meta: { wide: true }, cell: ({ row: { original: one } }) => one.asset_class },
  {
    id: "bars",
    header: "Bars",
    meta: { numeric: true, sort: "bars" },
    cell: ({ row: { original: one } }) => count(one.bars),
  },
  {
    id: "first",
    header: "First",
    meta: { numeric: true, wide: true, sort: "first" },
    cell: ({ row: { original: one } }) => shownTime(one.first, one.timeframe),
  },
  {
    id: "last",
    header: "Last",
    meta: { numeric: true, wide: true, sort: "last" },
    cell: ({ row: { original: one } }) => shownTime(one.last, one.timeframe),
  },
  {
    id: "missing",
    header: "Gaps",
    meta: { numeric: true, sort: "missing" },
    cell: ({ row: { original: one } }) => (one.missing === 0 ? "none" : count(one.missing)),
  },
  {
    id: "quality",
    header: "Quality",
    meta: { wide: true },
    cell: ({ row: { original: one } }) => <Quality series={one} />,
  },
];

export default function DataPage() {
  const navigate = useNavigate();
  return (
    <DropZone onFile={(file) => void navigate("/data/import", { state: { file } })}>
      <Page
        title="Data"
        actions={
          <>
            <ButtonLink to="/data/fetch" icon={<Download size={15} aria-hidden />}>
              Fetch data
            </ButtonLink>
            <ButtonLink kind="primary" to="/data/import" icon={<Upload size={15} aria-hidden />}>
              Import data
            </ButtonLink>
          </>
        }
      >
        <Catalogue />
      </Page>
    </DropZone>
  );
}

function Catalogue() {
  const state = useTableState(FILTERS);
  const navigate = useNavigate();
  const series = api.useQuery(
    "get",
    "/api/v1/data",
    {
      params: {
        query: {
          page: state.page,
          page_size: PAGE_SIZE,
          sort: state.sort,
          symbol: state.filters.symbol?.[0],
          asset_class: state.filters.asset_class?.[0] as Schemas["AssetClass"] | undefined,
        },
      },
    },
    { placeholderData: (before) => before },
  );
  return (
    <Panel label="Catalogue" flush>
      <div className="border-b border-line p-3">
        <Filters state={state}>
          <FilterText state={state} name="symbol" label="Symbol" />
          <FilterSelect state={state} name="asset_class" label="Class" options={CLASSES} />
        </Filters>
      </div>
      <Answer of={series} loading={<Skeleton className="m-3 h-64" />}>
        {(page) => (
          <DataTable
            caption="Stored series"
            columns={COLUMNS}
            page={page}
            state={state}
            rowKey={({ symbol, timeframe }) => `${symbol} ${timeframe}`}
            onRowClick={({ symbol, timeframe }) => timeframe && void navigate(seriesPath(symbol, timeframe))}
            empty={<NoData isFiltered={state.isFiltered} clear={state.clear} />}
          />
        )}
      </Answer>
    </Panel>
  );
}

function NoData({ isFiltered, clear }: { isFiltered: boolean; clear: () => void }) {
  if (isFiltered)
    return <Empty title="No series fits these filters." action={<Button onClick={clear}>Clear filters</Button>} />;
  return (
    <Empty
      icon={<Database size={28} aria-hidden />}
      title="No prices are stored yet."
      action={
        <>
          <ButtonLink kind="primary" to="/data/import">
            Import data
          </ButtonLink>
          <ButtonLink to="/data/fetch">Fetch data</ButtonLink>
        </>
      }
    >
      Drop a CSV or Parquet file of bars anywhere on this page, or fetch a venue&apos;s history.
    </Empty>
  );
}
