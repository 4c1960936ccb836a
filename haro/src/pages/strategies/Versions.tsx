/** The sources of a strategy that were run, newest first; and how one differs from that of now, or from another. */
import { useState } from "react";
import { Link } from "react-router";

import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { count } from "~/format/figures";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Button, ButtonLink } from "~/ui/forms/Button";
import { Panel } from "~/ui/pages/Panel";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";
import { Ago } from "~/ui/values/Time";

import { Difference, type Source } from "./Difference";

type Run = Schemas["ListedRunResponse"];

/** The runs of one source; `newest` stands for it. */
export interface Version {
  hash: string;
  newest: Run;
  runs: number;
  first: string;
}

/** Runs come newest first. */
export function versionsOf(runs: Run[]): Version[] {
  const found = new Map<string, Version>();
  for (const run of runs) {
    const hash = run.source_hash ?? "";
    const known = found.get(hash);
    if (known) found.set(hash, { ...known, runs: known.runs + 1, first: run.created_at });
    else found.set(hash, { hash, newest: run, runs: 1, first: run.created_at });
  }
  return [...found.values()];
}

export function Versions({ strategyId, now }: { strategyId: string; now: string | null }) {
  const runs = api.useQuery("get", "/api/v1/runs", {
    params: { query: { strategy_id: [strategyId], sort: "-created_at", page_size: 500 } },
  });
  return (
    <Panel
      title="Versions that were run"
      actions={
        <ButtonLink kind="quiet" to={`/runs?strategy=${encodeURIComponent(strategyId)}`}>
          All its runs
        </ButtonLink>
      }
      flush
    >
      <Answer of={runs} loading={<Skeleton className="m-3 h-24" />}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="It has not been run yet." />
          ) : (
            <List versions={versionsOf(items)} strategyId={strategyId} now={now} />
          )
        }
      </Answer>
    </Panel>
  );
}

function List({ versions, strategyId, now }: { versions: Version[]; strategyId: string; now: string | null }) {
  const [compared, setCompared] = useState<Version | null>(null);
  const columns: RowsColumn<Version>[] = [
    {
      header: "Source",
      cell: ({ hash }) => (
        <>
          <code className="font-mono text-label" title={hash}>
            {hash.slice(0, 8)}
          </code>
          {hash === now && <span className="ml-2 text-gain">the one of now</span>}
        </>
      ),
    },
    { header: "Runs", numeric: true, cell: ({ runs }) => count(runs) },
    { header: "First", wide: true, cell: ({ first }) => <Ago at={first} /> },
    {
      header: "Last",
      cell: ({ newest }) => (
        <Link to={`/runs/${newest.id}`} className="text-accent hover:underline">
          <Ago at={newest.created_at} />
        </Link>
      ),
    },
    {
      header: <span className="sr-only">Actions</span>,
      cell: (version) => (
        <span className="flex justify-end">
          <Button
            aria-expanded={compared?.hash === version.hash}
            aria-label={`Compare ${version.hash.slice(0, 8)} with another`}
            onClick={() => setCompared(compared?.hash === version.hash ? null : version)}
          >
            {compared?.hash === version.hash ? "Hide" : "Compare"}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      <Rows caption="Versions" columns={columns} rows={versions} rowKey={({ hash }) => hash} />
      {compared && <Compared key={compared.hash} strategyId={strategyId} version={compared} {...{ versions, now }} />}
    </>
  );
}

const sourceOf = ({ newest, hash }: Version): Source => ({ run: newest.id, hash });
const NOW = "now";

interface ComparedProps {
  strategyId: string;
  version: Version;
  versions: Version[];
  now: string | null;
}

/** One source against another: that of now, unless it is itself or another is chosen. */
function Compared({ strategyId, version, versions, now }: ComparedProps) {
  const others = versions.filter(({ hash }) => hash !== version.hash);
  const [other, setOther] = useState(version.hash === now && others[0] ? others[0].hash : NOW);
  const chosen = others.find(({ hash }) => hash === other);
  return (
    <div className="border-t border-line">
      <p className="flex flex-wrap items-center gap-2 px-4 pt-3 text-table text-soft">
        From <code className="font-mono">{version.hash.slice(0, 8)}</code> to
        <select
          aria-label="Compare with"
          value={other}
          onChange={({ target }) => setOther(target.value)}
          className="h-7 rounded-md border border-line bg-ground px-1 text-ink"
        >
          <option value={NOW}>the source of now</option>
          {others.map(({ hash }) => (
            <option key={hash} value={hash}>
              {hash.slice(0, 8)}
            </option>
          ))}
        </select>
      </p>
      <Difference strategyId={strategyId} before={sourceOf(version)} after={chosen ? sourceOf(chosen) : null} />
    </div>
  );
}
