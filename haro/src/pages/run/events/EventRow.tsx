/** An event in a line; open: its payload, and the tree that it is a part of. */
import { ChevronRight } from "lucide-react";

import { api } from "~/api/client";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { cx } from "~/ui/cx";
import { Moment } from "~/ui/values/Time";

import { chains, gist, happened, type Link, type LogEvent, orderOf } from "./chain";

/** More than one decision has ever set off. */
const CHAIN = 200;

interface EventRowProps {
  runId: string;
  event: LogEvent;
  isOpen: boolean;
  toggle: () => void;
}

export function EventRow({ runId, event, isOpen, toggle }: EventRowProps) {
  return (
    <li className="border-b border-line/60 last:border-0">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={toggle}
        className="grid w-full grid-cols-[auto_1fr] items-baseline gap-x-3 px-3 py-1.5 text-left text-table hover:bg-raised/60 md:grid-cols-[auto_11rem_14rem_1fr]"
      >
        <ChevronRight size={14} aria-hidden className={cx("self-center text-faint", isOpen && "rotate-90")} />
        <Moment at={happened(event)} />
        <code className="font-mono text-label max-md:col-start-2">{event.type}</code>
        <span className="truncate text-soft max-md:col-start-2">{gist(event)}</span>
      </button>
      {isOpen && <Opened runId={runId} event={event} />}
    </li>
  );
}

function Opened({ runId, event }: { runId: string; event: LogEvent }) {
  const chain = useChain(runId, event);
  return (
    <div className="flex flex-col gap-3 bg-raised/40 px-3 pt-1 pb-3 md:pl-8">
      <Answer of={chain} loading={<Skeleton className="h-16" />}>
        {({ items }) => (
          <ul aria-label="What led to it, and what came of it">
            {chains(items).map((link) => (
              <Branch key={link.event.id} link={link} shown={event.id} />
            ))}
          </ul>
        )}
      </Answer>
      <details>
        <summary className="text-label text-soft">Payload</summary>
        <pre className="mt-1 whitespace-pre-wrap wrap-anywhere rounded-md border border-line bg-ground p-2 font-mono text-label">
          {JSON.stringify(event.payload, null, 2)}
        </pre>
      </details>
      <p className="text-label text-faint wrap-anywhere">
        {event.seq !== null && `No. ${event.seq} · `}
        {event.id} · {event.producer} · recorded <Moment at={event.ts} />
      </p>
    </div>
  );
}

/** Of an order that went to a venue all that is in the log; of anything else what shares its correlation id. */
function useChain(runId: string, event: LogEvent) {
  const order = event.seq === null ? undefined : orderOf(event);
  const ofOrder = api.useQuery(
    "get",
    "/api/v1/events",
    { params: { query: { run_id: runId, order_id: order, page_size: CHAIN } } },
    { enabled: order !== undefined },
  );
  const correlated = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/events",
    { params: { path: { run_id: runId }, query: { corr_id: event.corr_id, page_size: CHAIN } } },
    { enabled: order === undefined },
  );
  return order === undefined ? correlated : ofOrder;
}

function Branch({ link, shown }: { link: Link; shown: string }) {
  const { event, answers } = link;
  const isShown = event.id === shown;
  return (
    <li className="text-table">
      <span
        className={cx(
          "inline-flex max-w-full flex-wrap items-baseline gap-x-2 rounded px-1.5 py-0.5",
          isShown && "bg-accent/15",
        )}
      >
        <code className={cx("font-mono text-label", isShown && "font-medium")} aria-current={isShown || undefined}>
          {event.type}
        </code>
        <span className="text-soft wrap-anywhere">{gist(event)}</span>
      </span>
      {answers.length > 0 && (
        <ul className="ml-3 border-l border-line pl-3">
          {answers.map((answer) => (
            <Branch key={answer.event.id} link={answer} shown={shown} />
          ))}
        </ul>
      )}
    </li>
  );
}
