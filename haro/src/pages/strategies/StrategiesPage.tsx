/** The strategies that there are, and the files that cannot be used, with why. */
import { CodeXml, FlaskConical, Play, RefreshCw, TriangleAlert } from "lucide-react";
import { Link } from "react-router";

import { api, client } from "~/api/client";
import type { Strategy } from "~/api/types";
import { Answer, Empty, Failed, Skeleton } from "~/ui/pages/Answer";
import { Button, ButtonLink } from "~/ui/forms/Button";
import { useNotices } from "~/ui/pages/notices";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { Prose } from "~/ui/values/Prose";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";
import { useSubmit } from "~/ui/forms/useSubmit";

import { newRun } from "./parameters";

const ALL = { params: { query: { page_size: 500 } } };

export default function StrategiesPage() {
  const strategies = api.useQuery("get", "/api/v1/strategies", ALL);
  return (
    <Page title="Strategies" actions={<Rescan />}>
      <Answer of={strategies} loading={<Skeleton className="h-64" />}>
        {({ items }) => {
          const broken = items.filter(({ error }) => error !== null);
          return (
            <>
              {broken.length > 0 && <Broken strategies={broken} />}
              <Usable strategies={items.filter(({ error }) => error === null)} />
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function Rescan() {
  const { busy, problem, submit } = useSubmit(["/api/v1/strategies", "/api/v1/strategies/{strategy_id}"]);
  const { show } = useNotices();
  const rescan = async () => {
    const found = (await submit(() => client.POST("/api/v1/strategies/rescan")))?.data;
    if (!found) return;
    const changed = [...found.added, ...found.changed, ...found.removed];
    show({ tone: "info", title: "Looked through the folders", text: changed.join(", ") || "Nothing has changed." });
  };
  return (
    <>
      {problem && <Failed error={problem} />}
      <Button icon={<RefreshCw size={14} aria-hidden />} busy={busy} onClick={() => void rescan()}>
        Rescan
      </Button>
    </>
  );
}

function Broken({ strategies }: { strategies: Strategy[] }) {
  return (
    <Panel title="Files that cannot be used" flush className="border-loss/60">
      <ul className="divide-y divide-line/60">
        {strategies.map(({ id, file, error }) => (
          <li key={id} className="flex items-start gap-3 px-4 py-2.5">
            <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-loss" />
            <div className="min-w-0">
              <Link to={`/strategies/${encodeURIComponent(id)}`} className="font-medium text-accent hover:underline">
                {file}
              </Link>
              <p className="font-mono text-label wrap-anywhere text-loss">{error}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const COLUMNS: RowsColumn<Strategy>[] = [
  {
    header: "Strategy",
    cell: ({ id, name, description }) => (
      <>
        <Link to={`/strategies/${encodeURIComponent(id)}`} className="font-medium text-accent hover:underline">
          {name}
        </Link>
        <p className="line-clamp-2 max-w-prose text-soft">
          <Prose>{description.split("\n\n")[0] ?? ""}</Prose>
        </p>
      </>
    ),
  },
  {
    header: "Version",
    wide: true,
    cell: ({ version }) => <code className="font-mono text-label">{version}</code>,
  },
  { header: "From", wide: true, cell: ({ built_in: isBuiltIn, file }) => (isBuiltIn ? "Weaver" : file) },
  {
    header: <span className="sr-only">Actions</span>,
    cell: ({ id, name }) => (
      <span className="flex justify-end gap-2 max-sm:flex-col">
        <ButtonLink
          to={newRun(id, "backtest")}
          aria-label={`Backtest ${name}`}
          icon={<FlaskConical size={14} aria-hidden />}
        >
          Backtest
        </ButtonLink>
        <ButtonLink
          to={newRun(id, "paper")}
          aria-label={`Trade ${name} on paper`}
          icon={<Play size={14} aria-hidden />}
        >
          Paper
        </ButtonLink>
      </span>
    ),
  },
];

function Usable({ strategies }: { strategies: Strategy[] }) {
  return (
    <Panel label="Strategies that can be run" flush>
      {strategies.length === 0 ? (
        <Empty icon={<CodeXml size={28} aria-hidden />} title="There is no strategy that can be run.">
          Put a Python file with a class of Strategy into the strategies folder; it is listed at once.
        </Empty>
      ) : (
        <Rows caption="Strategies" columns={COLUMNS} rows={strategies} rowKey={({ id }) => id} />
      )}
    </Panel>
  );
}
