/** A run made of another one, nearer to the market: what it takes, what would change, and the doing. */
import { TrendingUp, TriangleAlert } from "lucide-react";
import { Link, useParams, useSearchParams } from "react-router";

import { api } from "~/api/client";
import type { RunDetail, Schemas } from "~/api/types";
import { Trouble } from "~/pages/run/RunTrouble";
import { ButtonLink } from "~/ui/forms/Button";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { ModeBadge } from "~/ui/values/Badge";

import { Differences } from "./Differences";
import { Gates } from "./Gates";
import { PromoteForm } from "./PromoteForm";
import { nextStep, noStepText, type To } from "./words";

type Venue = Schemas["VenueDetail"];

export default function PromotePage() {
  const { runId = "" } = useParams();
  const run = api.useQuery("get", "/api/v1/runs/{run_id}", { params: { path: { run_id: runId } } });
  const venues = api.useQuery("get", "/api/v1/venues");
  if (run.data && nextStep(run.data) === null) return <NoFurther run={run.data} />;
  if (run.data && venues.data) return <Shown run={run.data} venues={venues.data.items} />;
  const waiting = <Skeleton className="h-96" />;
  return (
    <Page title="Promote a run">
      <Answer of={run} loading={waiting}>
        {() => (
          <Answer of={venues} loading={waiting}>
            {() => null}
          </Answer>
        )}
      </Answer>
    </Page>
  );
}

function NoFurther({ run }: { run: RunDetail }) {
  return (
    <Page title={`Promote ${run.name}`} beside={<ModeBadge mode={run.mode} />}>
      <Panel label="Promotion">
        <Empty
          icon={<TrendingUp size={24} aria-hidden />}
          title="It cannot be promoted"
          action={<ButtonLink to={`/runs/${encodeURIComponent(run.id)}`}>Go to this run</ButtonLink>}
        >
          {noStepText(run)}
        </Empty>
      </Panel>
    </Page>
  );
}

function Shown({ run, venues }: { run: RunDetail; venues: Venue[] }) {
  const [params, setParams] = useSearchParams();
  const step = nextStep(run);
  const to: To = params.get("to") === "live" ? "live" : params.get("to") === "paper" ? "paper" : (step ?? "paper");
  const offered = venues.filter(({ mode }) => mode === to);
  const venue = params.get("venue") || usual(run, offered);
  const prospect = api.useQuery(
    "get",
    "/api/v1/runs/{run_id}/promotion",
    { params: { path: { run_id: run.id }, query: { to, ...(venue ? { venue } : {}) } } },
    { staleTime: Infinity }, // replay and drift are worked out for it
  );
  const choose = (chosen: Record<string, string>) =>
    setParams((before) => ({ ...Object.fromEntries(before), ...chosen }), { replace: true, preventScrollReset: true });
  return (
    <Page
      title={`Promote ${run.name} to ${to}`}
      beside={
        <>
          <span className="flex items-center gap-2">
            <ModeBadge mode={run.mode} />
            <span aria-hidden>→</span>
            <ModeBadge mode={to} />
          </span>
          <Link to={`/runs/${encodeURIComponent(run.id)}`} className="text-accent hover:underline">
            Go to this run
          </Link>
        </>
      }
    >
      <Answer of={prospect} loading={<Skeleton className="h-96" />}>
        {(found) => (
          <Prospect
            key={`${to} ${found.venue}`}
            {...{ run, found, offered }}
            chooseTo={run.mode === "backtest" || run.options.replay ? (one) => choose({ to: one, venue: "" }) : null}
            chooseVenue={(one) => choose({ venue: one })}
          />
        )}
      </Answer>
    </Page>
  );
}

/** The run's own venue where it can be had, else the first that hears a market. */
const usual = (run: RunDetail, offered: Venue[]): string | undefined => {
  const shared = offered.filter(({ of_run }) => !of_run);
  return (shared.find(({ id }) => id === run.venue) ?? shared[0])?.id;
};

interface ProspectProps {
  run: RunDetail;
  found: Schemas["PromotionResponse"];
  offered: Venue[];
  chooseTo: ((to: To) => void) | null;
  chooseVenue: (venue: string) => void;
}

function Prospect({ run, found, offered, chooseTo, chooseVenue }: ProspectProps) {
  const venue = offered.find(({ id }) => id === found.venue);
  const isReplay = venue?.of_run === true;
  const problem = isReplay ? null : found.problem; // what a replay needs is asked for below
  return (
    <>
      {problem && (
        <Trouble tone="warn" icon={<TriangleAlert size={16} aria-hidden />} title="It cannot be promoted yet">
          {problem}
        </Trouble>
      )}
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Panel title="Gates" flush>
          <Gates gates={found.gates} />
        </Panel>
        <Panel title="The new run">
          <PromoteForm {...{ run, found, offered, isReplay, problem, chooseTo, chooseVenue }} />
        </Panel>
      </div>
      <Panel title="What would change" flush>
        <Differences found={found.differences} />
      </Panel>
    </>
  );
}
