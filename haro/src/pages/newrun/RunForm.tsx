/** The form in three parts. It begins from a draft; Enter starts what it asks for. */
import { Play } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";

import { api, client } from "~/api/client";
import type { RunDetail, Series, Strategy } from "~/api/types";
import { Form } from "~/ui/forms/Form";
import { Failed } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { useSubmit } from "~/ui/forms/useSubmit";

import { BottomLine } from "./BottomLine";
import { Changes } from "./Changes";
import { bodyOf, type Draft } from "./draft";
import { How } from "./parts/How";
import { OnWhat } from "./parts/OnWhat";
import { mistakes, namesOf, ofTouched } from "./mistakes";
import { fieldsOf, type ParameterField } from "./schema";
import { What } from "./parts/What";

interface RunFormProps {
  strategies: Strategy[];
  series: Series[];
  begin: Draft;
  /** The run that it is made from. */
  source: RunDetail | null;
}

/** What the parts of the form share. */
export interface PartProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** What is wrong with a field: as the server said of what was sent, or as it would say. */
  errorOf: (field: string) => string | undefined;
}

export function RunForm({ strategies, series, begin, source }: RunFormProps) {
  const [opened] = useState(begin); // the stored series are asked for again: what they begin with then is no change
  const [draft, setDraft] = useState(opened);
  const [isSent, setSent] = useState(false);
  const strategy = strategies.find(({ id }) => id === draft.strategy);
  const fields = useMemo(() => fieldsOf(strategy?.params_schema), [strategy]);
  const { busy, problem, start, clear } = useStart();
  const limits = api.useQuery("get", "/api/v1/risk", {}, { enabled: draft.mode !== "backtest" }).data?.fields ?? [];
  const found = mistakes(draft, { fields, series, limits });
  const told = isSent ? found : ofTouched(found, draft, opened);
  const part: PartProps = {
    draft,
    change: (change) => {
      clear();
      setDraft((before) => ({ ...before, ...change }));
    },
    errorOf: (field) => told[field] ?? problem?.of(field) ?? (field === "symbols" ? problem?.of("symbol") : undefined),
  };
  const send = () => {
    setSent(true);
    if (Object.keys(found).length === 0 && !busy) void start(draft, fields);
  };
  const isPlaced = problem?.isOf([...namesOf(fields, draft), "symbol"]) ?? false; // it speaks of one of them
  return (
    <Form send={send}>
      {source && <Changes source={source} draft={draft} />}
      <div className="grid items-start gap-4 xl:grid-cols-3">
        <What part={part} strategies={strategies} fields={fields} />
        <OnWhat part={part} series={series} />
        <How part={part} />
      </div>
      {problem && !isPlaced && <Failed error={problem} />}
      <div className="sticky bottom-0 z-10 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-raised px-4 py-3 shadow-(--shadow) max-md:bottom-14">
        <BottomLine draft={draft} />
        <Button
          type="submit"
          kind={draft.mode === "live" ? "danger" : "primary"}
          icon={<Play size={15} aria-hidden />}
          busy={busy}
          disabled={Object.keys(told).length > 0 || Boolean(strategy?.error)}
        >
          {draft.mode === "live" ? "Create live run" : "Start run"}
        </Button>
      </div>
    </Form>
  );
}

/** Create it and start it; a live one is started on its own page, which asks for its name. */
function useStart() {
  const navigate = useNavigate();
  const { busy, problem, submit, clear } = useSubmit(["/api/v1/runs"]);
  const start = (draft: Draft, fields: ParameterField[]) =>
    submit(async () => {
      const { data: run } = await client.POST("/api/v1/runs", { body: bodyOf(draft, fields) });
      if (!run) return;
      if (draft.mode !== "live")
        await client.POST("/api/v1/runs/{run_id}/start", { params: { path: { run_id: run.id } } });
      await navigate(`/runs/${run.id}`);
    });
  return { busy, problem, start, clear };
}
