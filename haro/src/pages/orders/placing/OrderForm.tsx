/** Everything that an order can say; the fields are those that its kind has. */
import { useState } from "react";

import { client } from "~/api/client";
import type { Problem } from "~/api/problem";
import { Form } from "~/ui/forms/Form";
import { Failed } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { Confirm } from "~/ui/dialogs/Dialog";
import { CheckField, SelectField, TextField } from "~/ui/forms/Field";
import { useSubmit } from "~/ui/forms/useSubmit";

import { bodyOf, type Draft, EMPTY, type FieldErrors, type FieldName, fieldsOf, mistakes, said, TIMES } from "./draft";
import { KindFields, LegFields, PriceFields, type PartProps } from "./orderFields";
import { useTradingRuns } from "./useTradingRuns";
import { WhereFields } from "./WhereFields";

const NAMES = Object.keys(EMPTY) as FieldName[];
/** Where a leg's price stands in the request. */
const API_NAMES: Partial<Record<FieldName, string>> = {
  stop_loss_limit: "stop_loss.limit_price",
};

export function OrderForm({ given, placed }: { given: Draft; placed: (id: string) => void }) {
  const [draft, setDraft] = useState(given);
  const [isAsking, setAsking] = useState(false);
  const [own, setOwn] = useState<FieldErrors>({});
  const { busy, problem, submit, clear } = useSubmit(["/api/v1/orders"]);
  const has = fieldsOf(draft);
  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setOwn((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in part))));
    clear();
  };
  const isBeside = problem?.isOf(NAMES.map(apiName)) ?? false;
  const mode = useMode(draft);
  const check = () => {
    const found = mistakes(draft);
    setOwn(found);
    if (Object.keys(found).length > 0) return;
    if (mode === "paper") void send();
    else setAsking(true);
  };
  const send = async () => {
    const answer = await submit(() => client.POST("/api/v1/orders", { body: bodyOf(draft) }));
    if (answer?.data) placed(answer.data.id);
  };
  const part: PartProps = {
    draft,
    change,
    errorOf: (name) => own[name] ?? (problem ? refused(problem, name) : undefined),
  };
  return (
    <>
      <Form send={check} className="flex flex-col gap-5">
        <WhereFields {...part} />
        <KindFields {...part} />
        <PriceFields {...part} />
        {draft.order_class !== "simple" && <LegFields {...part} />}
        <div className="grid gap-4 sm:grid-cols-3">
          <SelectField
            label="Works"
            value={draft.time_in_force}
            onChange={({ target }) => change({ time_in_force: target.value as Draft["time_in_force"] })}
            error={part.errorOf("time_in_force")}
            options={Object.entries(TIMES)}
          />
          {has.expires && (
            <TextField
              label="Last session"
              type="date"
              value={draft.expires}
              onChange={({ target }) => change({ expires: target.value })}
              error={part.errorOf("expires")}
            />
          )}
          <TextField
            label="Own id (optional)"
            help="The same id twice is one order."
            value={draft.client_order_id}
            onChange={({ target }) => change({ client_order_id: target.value })}
            error={part.errorOf("client_order_id")}
          />
          <CheckField
            className="sm:mt-5"
            label="Outside regular hours too"
            checked={draft.extended_hours}
            onChange={({ target }) => change({ extended_hours: target.checked })}
            error={part.errorOf("extended_hours")}
          />
        </div>
        {problem && !isBeside && <Failed error={problem} />}
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p className="text-soft">{said(draft)}</p>
          <Button type="submit" kind={mode === "live" ? "danger" : "primary"} busy={busy}>
            Place order
          </Button>
        </div>
      </Form>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={mode === "live" ? "Place a LIVE order?" : "Place an order that may be LIVE?"}
        description={`${said(draft)} ${mode === "live" ? "It trades" : "Nobody knows here whether its run trades"} with real money.`}
        action={mode === "live" ? "Place live order" : "Place order"}
        onConfirm={send}
      />
    </>
  );
}

/** Whether real money would trade; null while nobody knows, as where the runs cannot be asked for. */
function useMode({ run_id: run, mode }: Draft): Draft["mode"] | null {
  const running = useTradingRuns().data?.items;
  if (run === "") return mode;
  const found = running?.find(({ id }) => id === run);
  return found === undefined ? null : found.mode === "paper" ? "paper" : "live";
}

/** The limit of a stop-loss stands within it in the request: what is wrong with that one is said there alone. */
function refused(problem: Problem, name: FieldName): string | undefined {
  const isOfLimit = name === "stop_loss" && problem.of(apiName("stop_loss_limit")) !== undefined;
  return isOfLimit ? undefined : problem.of(apiName(name));
}

const apiName = (name: FieldName): string => API_NAMES[name] ?? name;
