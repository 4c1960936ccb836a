/** An account's limits, to be changed: what is not touched is not sent. */
import { useState } from "react";

import { client } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Form } from "~/ui/forms/Form";
import { Failed } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { AmountField, CheckField } from "~/ui/forms/Field";
import { useSubmit } from "~/ui/forms/useSubmit";

import { type AccountRisk, bounds, type Limit, mistake, read, written } from "./limits";

interface LimitFormProps {
  account: AccountRisk;
  fields: Limit[];
  done: () => void;
}

type Changes = Schemas["ChangeRiskRequest"]["limits"];

/** What is written that is not what holds. */
function changes(account: AccountRisk, fields: Limit[], text: Record<string, string | boolean>): NonNullable<Changes> {
  const changed = fields.filter(({ name }) => text[name] !== undefined);
  return Object.fromEntries(
    changed
      .map((field) => {
        const now = text[field.name];
        return [field.name, typeof now === "boolean" ? now : read(field, now ?? "")] as const;
      })
      .filter(([name, value]) => value !== (account.limits[name] ?? null)),
  );
}

export function LimitForm({ account, fields, done }: LimitFormProps) {
  const [text, setText] = useState<Record<string, string | boolean>>({});
  const [isChecked, setChecked] = useState(false);
  const { busy, problem, submit, clear } = useSubmit(["/api/v1/risk"]);
  const set = (name: string, value: string | boolean) => {
    setText((before) => ({ ...before, [name]: value }));
    clear();
  };
  const limits = changes(account, fields, text);
  const mistakeIn = (field: Limit) => {
    const now = text[field.name];
    return typeof now === "string" ? mistake(field, now) : undefined;
  };
  const save = async () => {
    if (fields.some((field) => mistakeIn(field) !== undefined)) {
      setChecked(true);
      return;
    }
    const answer = await submit(() =>
      client.PUT("/api/v1/risk", { body: { account: account.account, accept_account: false, limits } }),
    );
    if (answer) done();
  };
  return (
    <Form label={`Limits of ${account.account}`} send={save} className="flex flex-col gap-4 p-4">
      <div className="grid gap-4 sm:grid-cols-2">
        {fields.map((field) => (
          <LimitField
            key={field.name}
            field={field}
            account={account}
            now={text[field.name]}
            set={set}
            error={(isChecked ? mistakeIn(field) : undefined) ?? problem?.of(`risk.${field.name}`)}
          />
        ))}
      </div>
      {problem && !problem.isOf(fields.map(({ name }) => `risk.${name}`)) && <Failed error={problem} />}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="mr-auto text-table text-soft">They hold from the next order on. Exits are never refused.</p>
        <Button onClick={done}>Keep as they are</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={Object.keys(limits).length === 0}>
          Save limits
        </Button>
      </div>
    </Form>
  );
}

interface LimitFieldProps {
  field: Limit;
  account: AccountRisk;
  now: string | boolean | undefined;
  set: (name: string, value: string | boolean) => void;
  error: string | undefined;
}

function LimitField({ field, account, now, set, error }: LimitFieldProps) {
  const { name, title, unit } = field;
  const value = account.limits[name];
  if (unit === "yes_no")
    return (
      <CheckField
        label={title}
        checked={now === undefined ? value === true : now === true}
        onChange={({ target }) => set(name, target.checked)}
        error={error}
      />
    );
  return (
    <AmountField
      label={`${title}${unit === "fraction" ? ", in per cent" : ""}`}
      help={bounds(field)}
      value={typeof now === "string" ? now : written(field, value)}
      onChange={({ target }) => set(name, target.value)}
      error={error}
    />
  );
}
