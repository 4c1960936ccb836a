/** What runs: the strategy, and its parameters drawn from its schema. */
import type { Strategy } from "~/api/types";
import { CheckField, SelectField, TextField } from "~/ui/forms/Field";
import { Panel } from "~/ui/pages/Panel";
import { Prose } from "~/ui/values/Prose";

import { Written } from "./fields";
import type { PartProps } from "../RunForm";
import { helpOf, type ParameterField } from "../schema";

interface WhatProps {
  part: PartProps;
  strategies: Strategy[];
  fields: ParameterField[];
}

export function What({ part, strategies, fields }: WhatProps) {
  const { draft, change, errorOf } = part;
  const chosen = strategies.find(({ id }) => id === draft.strategy);
  return (
    <Panel title="What">
      <div className="flex flex-col gap-3">
        <SelectField
          label="Strategy"
          value={draft.strategy}
          onChange={({ target }) => change({ strategy: target.value, parameters: {} })}
          help={chosen && <Prose>{chosen.description}</Prose>}
          error={chosen?.error ?? errorOf("strategy_id")}
          options={strategies.map(({ id, error }) => [id, error ? `${id} (broken)` : id] as const)}
        >
          {!chosen && <option value={draft.strategy}>{draft.strategy || "Choose one"}</option>}
        </SelectField>
        {fields.map((field) => (
          <Parameter
            key={field.name}
            field={field}
            value={draft.parameters[field.name]}
            error={errorOf(`config.${field.name}`)}
            set={(value) => change({ parameters: { ...draft.parameters, [field.name]: value } })}
          />
        ))}
        <Written
          part={part}
          name="name"
          label="Name of the run"
          placeholder={`${draft.strategy} on ${draft.symbols.join(", ")}`}
        />
      </div>
    </Panel>
  );
}

interface ParameterProps {
  field: ParameterField;
  value: string | boolean | undefined;
  error: string | undefined;
  set: (value: string | boolean) => void;
}

function Parameter({ field, value, error, set }: ParameterProps) {
  const { kind, title, initial } = field;
  const shared = { label: title, help: helpOf(field), error };
  if (kind === "boolean")
    return (
      <CheckField {...shared} checked={Boolean(value ?? initial)} onChange={({ target }) => set(target.checked)} />
    );
  if (kind === "choice")
    return (
      <SelectField
        {...shared}
        value={String(value ?? initial)}
        onChange={({ target }) => set(target.value)}
        options={field.choices}
      />
    );
  return (
    <TextField
      {...shared}
      inputMode={kind === "integer" ? "numeric" : kind === "number" ? "decimal" : "text"}
      autoComplete="off"
      placeholder={String(initial)}
      value={String(value ?? "")}
      onChange={({ target }) => set(target.value)}
    />
  );
}
