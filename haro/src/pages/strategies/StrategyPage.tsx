/** One strategy: what it does, its parameters, its source, and the versions that were run. */
import { FlaskConical, Play } from "lucide-react";
import { lazy, Suspense } from "react";
import { useParams } from "react-router";

import { api } from "~/api/client";
import type { Strategy } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { Facts } from "~/ui/values/Facts";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { Prose } from "~/ui/values/Prose";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";

import { newRun, type Parameter, parametersOf } from "./parameters";
import { Versions } from "./Versions";

const Python = lazy(() => import("~/ui/values/Python"));

export default function StrategyPage() {
  const { strategyId = "" } = useParams();
  const strategy = api.useQuery("get", "/api/v1/strategies/{strategy_id}", {
    params: { path: { strategy_id: strategyId } },
  });
  const isUsable = strategy.data?.error === null;
  return (
    <Page
      title={strategy.data?.name ?? strategyId}
      beside={strategy.data && <code className="font-mono text-label text-soft">{strategy.data.version}</code>}
      actions={
        isUsable && (
          <>
            <ButtonLink
              kind="primary"
              to={newRun(strategyId, "backtest")}
              icon={<FlaskConical size={15} aria-hidden />}
            >
              Backtest
            </ButtonLink>
            <ButtonLink to={newRun(strategyId, "paper")} icon={<Play size={15} aria-hidden />}>
              Paper
            </ButtonLink>
          </>
        )
      }
    >
      <Answer of={strategy} loading={<Skeleton className="h-48" />}>
        {(found) => <About strategy={found} />}
      </Answer>
      <Source id={strategyId} />
      <Versions strategyId={strategyId} now={strategy.data?.source_hash ?? null} />
    </Page>
  );
}

const columnsOf = (parameters: Parameter[]): RowsColumn<Parameter>[] => [
  { header: "Parameter", cell: ({ name }) => <code className="font-mono">{name}</code> },
  { header: "Type", wide: true, cell: ({ type }) => type },
  { header: "Default", numeric: true, cell: (one) => one.default },
  { header: "Range", cell: ({ bounds }) => bounds },
  ...(parameters.some(({ description }) => description)
    ? [{ header: "What it is", wide: true, cell: ({ description }: Parameter) => description }]
    : []),
];

function About({ strategy }: { strategy: Strategy }) {
  const parameters = parametersOf(strategy);
  return (
    <>
      <Panel label="About the strategy">
        <div className="flex flex-col gap-3">
          {strategy.error && (
            <p role="alert" className="font-mono text-table whitespace-pre-wrap wrap-anywhere text-loss">
              {strategy.error}
            </p>
          )}
          {strategy.description && (
            <p className="max-w-prose whitespace-pre-line">
              <Prose>{strategy.description}</Prose>
            </p>
          )}
          <Facts
            facts={[
              { name: "Id", value: <code className="font-mono text-label">{strategy.id}</code> },
              { name: "File", value: strategy.file },
              strategy.class_name !== null && {
                name: "Class",
                value: <code className="font-mono text-label">{strategy.class_name}</code>,
              },
              { name: "From", value: strategy.built_in ? "Weaver" : "your folder" },
            ]}
          />
        </div>
      </Panel>
      {strategy.error === null && (
        <Panel title="Parameters" flush>
          {parameters.length === 0 ? (
            <Empty title="It has no parameters." />
          ) : (
            <Rows caption="Parameters" columns={columnsOf(parameters)} rows={parameters} rowKey={({ name }) => name} />
          )}
        </Panel>
      )}
    </>
  );
}

function Source({ id }: { id: string }) {
  const source = api.useQuery("get", "/api/v1/strategies/{strategy_id}/source", {
    params: { path: { strategy_id: id } },
  });
  return (
    <Panel title="Source" flush>
      <Answer of={source} loading={<Skeleton className="m-3 h-64" />}>
        {({ source: text }) => (
          <Suspense fallback={<Skeleton className="m-3 h-64" />}>
            <Python text={text} />
          </Suspense>
        )}
      </Answer>
    </Panel>
  );
}
