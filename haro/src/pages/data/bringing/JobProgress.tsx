/** How far a job is; then what came of it. */
import { Link } from "react-router";

import type { Schemas } from "~/api/types";
import { count } from "~/format/figures";
import { type Job, useJob } from "~/live/job";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { JobMeter } from "~/ui/values/JobMeter";

import { seriesPath } from "../series";

export function JobProgress({ id }: { id: string }) {
  const job = useJob(id);
  return (
    <Answer of={job} loading={<Skeleton className="h-16" />}>
      {(found) => <Shown job={found} />}
    </Answer>
  );
}

function Shown({ job }: { job: Job }) {
  if (job.status === "error")
    return (
      <p role="alert" className="text-loss wrap-anywhere">
        {job.error}
      </p>
    );
  if (job.result) return <Result result={job.result} />;
  return <JobMeter job={job} />;
}

function Result({ result }: { result: NonNullable<Job["result"]> }) {
  const stored = "fetched" in result ? result.fetched : "series" in result ? [result] : []; // no other job is shown here
  const refused = "refused" in result ? result.refused : [];
  return (
    <div className="flex flex-col gap-4">
      <ul className="flex flex-col gap-3">
        {stored.map((one) => (
          <Stored key={`${one.series.symbol} ${one.series.timeframe}`} one={one} />
        ))}
        {refused.map(({ symbol, error }) => (
          <li key={symbol} className="text-loss wrap-anywhere">
            {symbol}: {error}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <ButtonLink to="/data">Go to the catalogue</ButtonLink>
        <ButtonLink to="/runs/new">Backtest on it</ButtonLink>
      </div>
    </div>
  );
}

function Stored({ one: { series, written, replaced, kept, warnings } }: { one: Schemas["ImportResponse"] }) {
  return (
    <li>
      <p>
        <Link
          to={seriesPath(series.symbol, series.timeframe ?? "")}
          className="font-medium text-accent hover:underline"
        >
          {series.symbol} {series.timeframe}
        </Link>
        : {count(written)} bars stored
        {replaced > 0 && `, ${count(replaced)} replaced`}
        {kept > 0 && `, ${count(kept)} kept`}.
      </p>
      {warnings.map(({ message }) => (
        <p key={message} className="text-table text-warn wrap-anywhere">
          {message}
        </p>
      ))}
    </li>
  );
}
