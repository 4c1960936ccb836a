/** What a run was asked for, and what pins it down. */
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { RunDetail } from "~/api/types";
import { exact, UNKNOWN } from "~/format/figures";
import { Facts } from "~/ui/values/Facts";
import { Panel } from "~/ui/pages/Panel";
import { Moment } from "~/ui/values/Time";

import { useResults, useRun } from "./useRun";

export default function SettingsTab() {
  const run = useRun();
  const record = useResults(run).data?.run;
  const given = Object.entries(run.options).filter(([, value]) => value !== null);
  return (
    <>
      <Panel title="Parameters">
        <Values values={record?.parameters ?? run.config} given={run.config} none="Its strategy takes no parameters." />
      </Panel>
      <Panel title="Given">
        <Facts facts={asked(run)} />
      </Panel>
      <Panel title="Options">
        <Values values={Object.fromEntries(given)} none="None was given: all are the defaults of a backtest." />
      </Panel>
      {run.risk && (
        <Panel title="Limits">
          <Values values={run.risk} none="" />
        </Panel>
      )}
      <Panel title="What pins it down">
        <Facts facts={pins(run)} />
      </Panel>
      <Panel title="Source" flush>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached */}
        <div role="group" aria-label="Source" tabIndex={0} className="max-h-[32rem] overflow-auto">
          <pre className="p-4 font-mono text-label">{run.strategy_source}</pre>
        </div>
      </Panel>
    </>
  );
}

const code = (text: string | null) => (text ? <code className="font-mono text-label">{text}</code> : UNKNOWN);

function asked(run: RunDetail) {
  return [
    { name: "Strategy", value: run.strategy_id },
    { name: "Symbols", value: run.symbols.join(", ") },
    { name: "Timeframe", value: run.timeframe ?? "as stored" },
    { name: "From", value: run.start_time ? <Moment at={run.start_time} /> : "the first bar" },
    {
      name: "To",
      value: run.end_time ? (
        <Moment at={run.end_time} />
      ) : run.mode === "backtest" ? (
        "the last bar"
      ) : (
        "until it is stopped"
      ),
    },
    { name: "Venue", value: run.venue ?? UNKNOWN },
    run.on_error ? { name: "On an error", value: run.on_error.replaceAll("_", " ") } : null,
  ];
}

function pins(run: RunDetail) {
  return [
    { name: "Created", value: <Moment at={run.created_at} /> },
    run.started_at ? { name: "Started", value: <Moment at={run.started_at} /> } : null,
    { name: "Weaver", value: run.weaver_version },
    run.cloned_from ? { name: "Clone of", value: otherRun(run.cloned_from) } : null,
    run.promoted_from ? { name: "Promoted from", value: otherRun(run.promoted_from) } : null,
    { name: "Run", value: code(run.id) },
    { name: "Source", value: code(run.source_hash?.slice(0, 16) ?? null) },
    { name: "Bars", value: code(run.data_hash?.slice(0, 16) ?? null) },
  ];
}

function otherRun(id: string) {
  return (
    <Link to={`/runs/${id}`} className="text-accent hover:underline">
      {code(id)}
    </Link>
  );
}

interface ValuesProps {
  values: Record<string, unknown>;
  /** Those that were given; others are defaults. */
  given?: Record<string, unknown>;
  none: string;
}

function Values({ values, given, none }: ValuesProps) {
  const entries = Object.entries(values);
  if (entries.length === 0) return <p className="text-soft">{none}</p>;
  return (
    <Facts
      facts={entries.map(([name, value]) => ({
        name: name.replaceAll("_", " "),
        value: (
          <span className="figure whitespace-normal">
            {shown(value)}
            {given && !(name in given) && <span className="text-label text-faint"> default</span>}
          </span>
        ),
      }))}
    />
  );
}

function shown(value: unknown): ReactNode {
  if (typeof value === "number") return exact(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}
