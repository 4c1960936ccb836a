/** What a run that trades came to on one of its days, and that day's report. */
import { CalendarDays, ChevronLeft, ChevronRight, FileText } from "lucide-react";
import { useId } from "react";
import { useSearchParams } from "react-router";

import { api } from "~/api/client";
import type { RunDetail } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { IconButton } from "~/ui/forms/Button";
import { Panel } from "~/ui/pages/Panel";

import { freshness, trades, useEquity, useRun } from "../useRun";
import { DaySummary } from "./DaySummary";

export default function DaysTab() {
  const run = useRun();
  if (!trades(run) || run.status === "pending") return <Nothing text={trades(run) ? PENDING : BACKTEST} />;
  return <Days run={run} />;
}

const PENDING = "It has not been started.";
const BACKTEST = "Only paper and live runs have days; a backtest is looked at as a whole.";

function Nothing({ text }: { text: string }) {
  return (
    <Panel label="Days">
      <Empty icon={<CalendarDays size={24} aria-hidden />} title="No day yet">
        {text}
      </Empty>
    </Panel>
  );
}

function Days({ run }: { run: RunDetail }) {
  const equity = useEquity(run);
  return (
    <Answer of={equity} loading={<Skeleton className="h-96" />}>
      {({ items }) => {
        const days = [...new Set(items.map(({ timestamp }) => timestamp.slice(0, 10)))];
        const last = days.at(-1);
        return last ? <Shown run={run} days={days} last={last} /> : <Nothing text={WAITS} />;
      }}
    </Answer>
  );
}

const WAITS = "The first comes with the first bar that its strategy is given.";

function Shown({ run, days, last }: { run: RunDetail; days: string[]; last: string }) {
  const [params, setParams] = useSearchParams();
  const day = params.get("day") ?? last;
  const show = (chosen: string | undefined) =>
    chosen && setParams({ day: chosen }, { replace: true, preventScrollReset: true });
  const summary = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/summary",
    { params: { path: { run_id: run.id }, query: { day } } },
    freshness(run),
  );
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Picker days={days} day={day} show={show} />
        <a
          href={`/api/v1/runs/${encodeURIComponent(run.id)}/report.html?day=${day}`}
          target="_blank"
          rel="noreferrer"
          className="inline-flex h-8 items-center gap-1.5 text-accent hover:underline"
        >
          <FileText size={15} aria-hidden />
          Report of this day
        </a>
      </div>
      <Answer of={summary} loading={<Skeleton className="h-96" />}>
        {(found) => <DaySummary found={found} />}
      </Answer>
    </>
  );
}

interface PickerProps {
  days: string[];
  day: string;
  show: (day: string | undefined) => void;
}

/** Days on which nothing came are stepped over. */
function Picker({ days, day, show }: PickerProps) {
  const id = useId();
  const before = days.filter((one) => one < day).at(-1);
  const after = days.find((one) => one > day);
  return (
    <div className="flex items-end gap-1">
      <IconButton
        label="The day before"
        icon={<ChevronLeft size={16} aria-hidden />}
        disabled={!before}
        onClick={() => show(before)}
      />
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-table text-soft">
          Day
        </label>
        <input
          id={id}
          type="date"
          value={day}
          min={days[0]}
          max={days.at(-1)}
          onChange={({ target }) => target.validity.valid && show(target.value)}
          className="figure h-8 rounded-md border border-line bg-ground px-2 compact:h-7"
        />
      </div>
      <IconButton
        label="The day after"
        icon={<ChevronRight size={16} aria-hidden />}
        disabled={!after}
        onClick={() => show(after)}
      />
    </div>
  );
}
