/** The parts of the form of an order. */
import type { Schemas } from "~/api/types";
import { AmountField, SelectField, TextField } from "~/ui/forms/Field";

import { type Draft, type FieldName, fieldsOf, ORDER_CLASSES, ORDER_TYPES } from "./draft";

export interface PartProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  errorOf: (name: FieldName) => string | undefined;
}

type TextName = { [Name in FieldName]: Draft[Name] extends string ? Name : never }[FieldName];

function amount({ draft, change, errorOf }: PartProps, name: TextName, label: string, help?: string) {
  return (
    <AmountField
      key={name}
      label={label}
      help={help}
      value={draft[name]}
      onChange={({ target }) => change({ [name]: target.value })}
      error={errorOf(name)}
    />
  );
}

export function KindFields(part: PartProps) {
  const { draft, change, errorOf } = part;
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <TextField
        label="Symbol"
        value={draft.symbol}
        autoCapitalize="characters"
        spellCheck={false}
        onChange={({ target }) => change({ symbol: target.value })}
        error={errorOf("symbol")}
      />
      <SelectField
        label="Side"
        value={draft.side}
        onChange={({ target }) => change({ side: target.value as Draft["side"] })}
      >
        <option value="buy">Buy</option>
        <option value="sell">Sell</option>
      </SelectField>
      {amount(part, "qty", "Quantity")}
    </div>
  );
}

export function PriceFields(part: PartProps) {
  const { draft, change, errorOf } = part;
  const has = fieldsOf(draft);
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <SelectField
        label="Type"
        value={draft.order_type}
        onChange={({ target }) => change({ order_type: target.value as Schemas["OrderType"] })}
        error={errorOf("order_type")}
        options={Object.entries(ORDER_TYPES)}
      />
      {has.stop_price && amount(part, "stop_price", "Stop price", "What triggers it.")}
      {has.limit_price && amount(part, "limit_price", "Limit price", "The worst price it takes.")}
      {has.trail && [
        amount(part, "trail", "Trail by an amount"),
        amount(part, "trail_percent", "Trail by per cent", "One of both."),
      ]}
      <SelectField
        label="With other orders"
        value={draft.order_class}
        onChange={({ target }) => change({ order_class: target.value as Schemas["OrderClass"] })}
        error={errorOf("order_class")}
        options={Object.entries(ORDER_CLASSES)}
      />
    </div>
  );
}

export function LegFields(part: PartProps) {
  const { draft, change } = part;
  const has = fieldsOf(draft);
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="px-1 text-table text-soft">Its exits</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        {has.take_profit && amount(part, "take_profit", "Take profit at", "A limit order.")}
        {has.stop_loss && amount(part, "stop_loss", "Stop loss at", "A stop order.")}
        {has.stop_loss &&
          amount(part, "stop_loss_limit", "Limit of the stop loss (optional)", "The worst price it then takes.")}
        <SelectField
          label="The exits work"
          value={draft.exit_time_in_force}
          onChange={({ target }) => change({ exit_time_in_force: target.value === "day" ? "day" : "gtc" })}
        >
          <option value="gtc">Until cancelled (gtc)</option>
          <option value="day">Day</option>
        </SelectField>
      </div>
    </fieldset>
  );
}
