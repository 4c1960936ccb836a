/** Another order in the place of one that works: only what is changed is sent. */
import { useState } from "react";

import { client } from "~/api/client";
import type { Schemas } from "~/api/types";
import { exact } from "~/format/figures";
import { wrongAmount } from "~/format/written";
import { Form } from "~/ui/forms/Form";
import { Failed } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { Dialog } from "~/ui/dialogs/Dialog";
import { AmountField, SelectField } from "~/ui/forms/Field";
import { useSubmit } from "~/ui/forms/useSubmit";

import { TIMES } from "~/pages/orders/placing/draft";
import { type OrderDetail, STALE, titleOf } from "../words";

interface ReplaceProps {
  order: OrderDetail;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  replaced: (id: string) => void;
}

export function ReplaceDialog({ order, open, onOpenChange, replaced }: ReplaceProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Replace: ${titleOf(order)}`}
      description="What is left empty stays as it is. The new order has an id of its own."
    >
      <ReplaceForm order={order} keep={() => onOpenChange(false)} replaced={replaced} />
    </Dialog>
  );
}

type AmountName = "qty" | "limit_price" | "stop_price" | "trail" | "trail_percent";
type Changes = Partial<Record<AmountName | "time_in_force", string>>;

/** The amounts that this order has, and what they are now. */
function amounts(order: OrderDetail): [name: AmountName, label: string, now: string | null][] {
  const all: [AmountName, string, string | null][] = [
    ["qty", "Quantity still to fill", order.quantity],
    ["limit_price", "Limit price", order.limit_price],
    ["stop_price", "Stop price", order.stop_price],
    ["trail", "Trail by an amount", order.trail],
    ["trail_percent", "Trail by per cent", order.trail_percent],
  ];
  return all.filter(([, , now]) => now !== null);
}

function ReplaceForm({ order, keep, replaced }: Pick<ReplaceProps, "order" | "replaced"> & { keep: () => void }) {
  const [changes, setChanges] = useState<Changes>({});
  const { busy, problem, submit, clear } = useSubmit(STALE);
  const fields = amounts(order);
  const set = (name: keyof Changes, value: string) => {
    setChanges((before) => ({ ...before, [name]: value }));
    clear();
  };
  const given = Object.entries(changes).filter(([, value]) => value.trim() !== "");
  const mistakeIn = (name: AmountName) => wrongAmount(changes[name] ?? "", { isAboveZero: true });
  const isWrong = fields.some(([name]) => mistakeIn(name) !== undefined);
  const isBeside = problem?.isOf([...fields.map(([name]) => name), "time_in_force"]);
  const send = async () => {
    const body = Object.fromEntries(
      given.map(([name, value]) => [name, value.trim()]),
    ) as Schemas["ChangeOrderRequest"];
    const answer = await submit(() =>
      client.PATCH("/api/v1/orders/{order_id}", { params: { path: { order_id: order.id } }, body }),
    );
    if (!answer?.data) return;
    keep();
    replaced(answer.data.id);
  };
  return (
    <Form send={() => given.length > 0 && !isWrong && !busy && send()}>
      <div className="grid gap-4 sm:grid-cols-2">
        {fields.map(([name, label, now]) => (
          <AmountField
            key={name}
            label={label}
            placeholder={exact(now)}
            value={changes[name] ?? ""}
            onChange={({ target }) => set(name, target.value)}
            error={mistakeIn(name) ?? problem?.of(name)}
          />
        ))}
        <SelectField
          label="Works"
          value={changes.time_in_force ?? ""}
          onChange={({ target }) => set("time_in_force", target.value)}
          error={problem?.of("time_in_force")}
          options={[["", `As it is: ${order.time_in_force}`], ...Object.entries(TIMES)]}
        />
      </div>
      {problem && !isBeside && <Failed error={problem} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={keep}>Keep as it is</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={given.length === 0 || isWrong}>
          Replace order
        </Button>
      </div>
    </Form>
  );
}
