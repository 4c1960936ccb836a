/** A run's events, the newest first; opening one shows what led to it and what came of it. */
import { useState } from "react";

import { api } from "~/api/client";
import type { EventType } from "~/api/types";
import { count } from "~/format/figures";
import { EVENT_TYPES } from "~/live/table";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { Filters, FilterSelect } from "~/ui/tables/Filters";
import { Panel } from "~/ui/pages/Panel";
import { PAGE_SIZE, useTableState } from "~/ui/tables/tableState";

import { useRun } from "../useRun";
import type { LogEvent } from "./chain";
import { EventRow } from "./EventRow";

const FILTERS = ["type"] as const;
const TYPES = EVENT_TYPES.filter((type) => !type.startsWith("stream.") && !type.startsWith("data."));

export default function EventsTab() {
  const run = useRun();
  const state = useTableState(FILTERS);
  const found = api.useQuery("get", "/api/v1/runs/{run_id}/events", {
    params: {
      path: { run_id: run.id },
      query: {
        page: state.page,
        page_size: PAGE_SIZE,
        newest_first: true,
        type: state.filters.type as EventType[] | undefined,
      },
    },
  });
  return (
    <Panel
      title="Events"
      flush
      actions={
        <Filters state={state}>
          <FilterSelect state={state} name="type" label="Type" options={TYPES} />
        </Filters>
      }
    >
      <Answer
        of={found}
        loading={<Skeleton className="m-4 h-64" />}
        isEmpty={({ total }) => total === 0}
        empty={<Empty title={state.isFiltered ? "No event of that type" : "No event yet"} />}
      >
        {({ items, total, page, page_size }) => (
          <>
            <EventList runId={run.id} events={items} />
            <Pages page={page} last={Math.ceil(total / page_size)} total={total} go={state.setPage} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

function EventList({ runId, events }: { runId: string; events: LogEvent[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <ol aria-label="Events">
      {events.map((event) => (
        <EventRow
          key={event.id}
          runId={runId}
          event={event}
          isOpen={open === event.id}
          toggle={() => setOpen(open === event.id ? null : event.id)}
        />
      ))}
    </ol>
  );
}

interface PagesProps {
  page: number;
  last: number;
  total: number;
  go: (page: number) => void;
}

function Pages({ page, last, total, go }: PagesProps) {
  if (last <= 1 && page === 1) return null;
  return (
    <nav
      aria-label="Pages"
      className="flex items-center justify-between gap-2 border-t border-line px-3 py-2 text-table text-soft"
    >
      <span className="figure">
        Page {count(page)} of {count(last)}, {count(total)} events
      </span>
      <span className="flex gap-2">
        <Button disabled={page <= 1} onClick={() => go(Math.min(page - 1, last))}>
          Newer
        </Button>
        <Button disabled={page >= last} onClick={() => go(page + 1)}>
          Older
        </Button>
      </span>
    </nav>
  );
}
