/** One series: its range, gaps and quality, its chart; and its end. */
import { FlaskConical, Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { api, client } from "~/api/client";
import type { Series } from "~/api/types";
import { count } from "~/format/figures";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Button, ButtonLink } from "~/ui/forms/Button";
import { Confirm } from "~/ui/dialogs/Dialog";
import { Facts } from "~/ui/values/Facts";
import { Page } from "~/ui/pages/Page";
import { Fence, Panel } from "~/ui/pages/Panel";
import { Rows } from "~/ui/tables/Rows";
import { useRefresh } from "~/ui/forms/useSubmit";

import { InstrumentPanel } from "./InstrumentPanel";
import { Quality } from "./Quality";
import { shownTime } from "./series";
import { SeriesChart } from "./SeriesChart";

export default function SeriesPage() {
  const { symbol = "", timeframe = "" } = useParams();
  const stored = api.useQuery("get", "/api/v1/data", { params: { query: { symbol, page_size: 100 } } });
  return (
    <Page title={`${symbol} ${timeframe}`} actions={<Actions symbol={symbol} timeframe={timeframe} />}>
      <Answer of={stored} loading={<Skeleton className="h-96" />}>
        {({ items }) => {
          const series = items.find((one) => one.symbol === symbol && one.timeframe === timeframe);
          return series ? (
            <Shown series={series} />
          ) : (
            <Panel label="Series">
              <Empty
                title={`No bars of ${symbol} ${timeframe} are stored.`}
                action={
                  <>
                    <ButtonLink to={`/data/fetch?symbol=${encodeURIComponent(symbol)}`}>Fetch them</ButtonLink>
                    <ButtonLink to="/data">Go to the catalogue</ButtonLink>
                  </>
                }
              />
            </Panel>
          );
        }}
      </Answer>
    </Page>
  );
}

function Shown({ series }: { series: Series }) {
  const { symbol, timeframe } = series;
  return (
    <>
      <Panel label="About the series">
        {series.damaged && (
          <p role="alert" className="mb-3 text-loss wrap-anywhere">
            {series.damaged}
          </p>
        )}
        <Facts
          facts={[
            { name: "Bars", value: count(series.bars) },
            { name: "First", value: shownTime(series.first, timeframe) },
            { name: "Last", value: shownTime(series.last, timeframe) },
            { name: "Bars missing", value: series.missing === 0 ? "none" : count(series.missing) },
            { name: "Quality", value: <Quality series={series} /> },
            { name: "From", value: <span className="text-table">{series.source ?? "–"}</span> },
            {
              name: "Content",
              value: (
                <code className="font-mono text-label" title={series.content_hash ?? undefined}>
                  {series.content_hash?.slice(0, 12) ?? "–"}
                </code>
              ),
            },
          ]}
        />
      </Panel>
      {!series.damaged && (
        <Panel title="Prices">
          <SeriesChart symbol={symbol} timeframe={timeframe ?? ""} />
        </Panel>
      )}
      {!series.damaged && (
        <Fence>
          <InstrumentPanel symbol={symbol} />
        </Fence>
      )}
      <Fence>
        <Events symbol={symbol} />
      </Fence>
      {(series.missing ?? 0) > 0 && <Gaps symbol={symbol} timeframe={timeframe ?? ""} />}
    </>
  );
}

const GAPS = 20;

/** Where its calendar expects bars that are not there: the longest stretches. */
function Gaps({ symbol, timeframe }: { symbol: string; timeframe: string }) {
  const gaps = api.useQuery("get", "/api/v1/gaps", { params: { query: { symbol, timeframe, limit: GAPS } } });
  return (
    <Panel title="Gaps" flush>
      <Answer of={gaps} loading={<Skeleton className="m-3 h-24" />}>
        {({ items, total }) => (
          <>
            <Rows
              caption="Gaps"
              columns={[
                { header: "From", cell: ({ start }) => <span className="figure">{shownTime(start, timeframe)}</span> },
                { header: "To", cell: ({ end }) => <span className="figure">{shownTime(end, timeframe)}</span> },
                { header: "Missing", numeric: true, cell: ({ missing }) => count(missing) },
              ]}
              rows={items}
              rowKey={({ start }) => start}
            />
            {total > items.length && (
              <p className="px-4 py-2 text-label text-faint">
                The longest {items.length} of {count(total)}.
              </p>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

/** Splits, dividends and a delisting, where there are any. */
function Events({ symbol }: { symbol: string }) {
  const instruments = api.useQuery("get", "/api/v1/instruments", { params: { query: { page_size: 500 } } }).data;
  const actions = instruments?.items.find((one) => one.symbol === symbol)?.actions ?? [];
  if (actions.length === 0) return null;
  return (
    <Panel title="Splits and dividends" flush>
      <Rows
        caption="Splits and dividends"
        columns={[
          { header: "Ex date", cell: ({ ex_date: date }) => <span className="figure">{date}</span> },
          { header: "What", cell: ({ type }) => type },
          { header: "Value", numeric: true, cell: ({ value }) => value },
        ]}
        rows={actions}
        rowKey={({ ex_date: date, type }) => `${date} ${type}`}
      />
    </Panel>
  );
}

function Actions({ symbol, timeframe }: { symbol: string; timeframe: string }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const refresh = useRefresh(["/api/v1/data", "/api/v1/instruments"]);
  const remove = async () => {
    await client.DELETE("/api/v1/data/{symbol}/{timeframe}", { params: { path: { symbol, timeframe } } });
    await navigate("/data");
    refresh();
  };
  const query = new URLSearchParams({ symbol, timeframe }).toString();
  return (
    <>
      <ButtonLink to={`/runs/new?${query}`} icon={<FlaskConical size={15} aria-hidden />}>
        Backtest on it
      </ButtonLink>
      <Button icon={<Trash2 size={14} aria-hidden />} onClick={() => setAsking(true)}>
        Delete
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete ${symbol} ${timeframe}?`}
        description="Its bars are removed from the store. Results of runs on them stay; such a run cannot be repeated without them."
        action="Delete series"
        onConfirm={remove}
      />
    </>
  );
}
