/** What to do where nothing was done yet. */
import { Database, Download, FlaskConical, Plug } from "lucide-react";
import type { ReactNode } from "react";

import { api } from "~/api/client";
import { ButtonLink } from "~/ui/forms/Button";
import { Panel } from "~/ui/pages/Panel";

export function FirstSteps() {
  const hasData = (api.useQuery("get", "/api/v1/data", { params: { query: { page_size: 1 } } }).data?.total ?? 0) > 0;
  return (
    <Panel title="First steps">
      <ol className="grid gap-6 md:grid-cols-3">
        <Step
          title={hasData ? "Prices are there" : "Get prices"}
          text="Import a CSV or Parquet file, or fetch a venue's history."
        >
          <ButtonLink kind={hasData ? "plain" : "primary"} to="/data/import" icon={<Database size={15} aria-hidden />}>
            Import data
          </ButtonLink>
          <ButtonLink to="/data/fetch" icon={<Download size={15} aria-hidden />}>
            Fetch data
          </ButtonLink>
        </Step>
        <Step title="Backtest a strategy" text="Several come with Weaver; yours go into the strategies folder.">
          <ButtonLink kind={hasData ? "primary" : "plain"} to="/runs/new" icon={<FlaskConical size={15} aria-hidden />}>
            Backtest
          </ButtonLink>
          <ButtonLink to="/strategies">See strategies</ButtonLink>
        </Step>
        <Step title="Trade on paper" text="Connect a paper account, or replay stored bars at any speed.">
          <ButtonLink to="/runs/new?mode=paper">Start a paper run</ButtonLink>
          <ButtonLink to="/settings" icon={<Plug size={15} aria-hidden />}>
            See venues
          </ButtonLink>
        </Step>
      </ol>
    </Panel>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <li className="flex flex-col gap-2">
      <h3 className="font-medium">{title}</h3>
      <p className="text-table text-soft">{text}</p>
      <div className="mt-auto flex flex-wrap gap-2 pt-1">{children}</div>
    </li>
  );
}
