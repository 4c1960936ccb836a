/** What is known of a symbol, and what somebody knows better: `weaver data facts`, on a page. */
import { Pencil } from "lucide-react";
import { useState } from "react";

import { api, client } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Dialog } from "~/ui/dialogs/Dialog";
import { Button } from "~/ui/forms/Button";
import { AmountField, SelectField, TextField } from "~/ui/forms/Field";
import { Form } from "~/ui/forms/Form";
import { useSubmit } from "~/ui/forms/useSubmit";
import { Answer, Failed, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { Facts } from "~/ui/values/Facts";

type Instrument = Schemas["InstrumentResponse"];
type Given = Schemas["FactsRequest"];
type Name = keyof Given;
type Texts = Record<Name, string>;

const AMOUNTS: { name: Name; label: string; help: string; ofFutures?: true }[] = [
  { name: "tick", label: "Tick", help: "Prices of orders come in multiples of it." },
  { name: "lot", label: "Lot", help: "Quantities come in multiples of it." },
  { name: "minimum", label: "Least quantity", help: "Of an order." },
  { name: "multiplier", label: "Multiplier", help: "What a contract is worth at a price of 1.", ofFutures: true },
  { name: "margin", label: "Margin a contract", help: "What it ties up when it is entered.", ofFutures: true },
  { name: "maintenance_margin", label: "Maintenance margin", help: "What has to stand behind it.", ofFutures: true },
];
const TEXTS: { name: Name; label: string; help: string }[] = [
  { name: "calendar", label: "Calendar", help: "The exchange whose sessions hold, as XLON." },
  { name: "currency", label: "Currency", help: "What its price is counted in." },
];

export function InstrumentPanel({ symbol }: { symbol: string }) {
  const known = api.useQuery("get", "/api/v1/instruments/{symbol}", { params: { path: { symbol } } });
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel
      title="Instrument"
      actions={
        <Button
          icon={<Pencil size={14} aria-hidden />}
          disabled={known.data === undefined}
          onClick={() => setOpen(true)}
        >
          Edit facts
        </Button>
      }
    >
      <Answer of={known} loading={<Skeleton className="h-16" />}>
        {(instrument) => (
          <>
            <Facts facts={shown(instrument)} />
            <Dialog
              open={isOpen}
              onOpenChange={setOpen}
              title={`Facts of ${symbol}`}
              description="Later runs on its bars go by them; what a run is given itself wins over them."
            >
              <FactsForm instrument={instrument} done={() => setOpen(false)} />
            </Dialog>
          </>
        )}
      </Answer>
    </Panel>
  );
}

const isFuture = ({ asset_class: asset }: Instrument) => asset === "future";

function shown(instrument: Instrument) {
  const texts = textsOf(instrument);
  return [
    { name: "Class", value: texts.asset },
    ...AMOUNTS.map(
      ({ name, label, ofFutures }) =>
        (!ofFutures || isFuture(instrument)) && {
          name: label,
          value: <span className="figure">{texts[name] || "–"}</span>,
        },
    ),
    { name: "Calendar", value: texts.calendar || "its class's hours" },
    { name: "Currency", value: texts.currency },
  ];
}

function textsOf(instrument: Instrument): Texts {
  return {
    asset: instrument.asset_class,
    tick: instrument.tick,
    lot: instrument.lot,
    minimum: instrument.minimum,
    multiplier: instrument.multiplier,
    margin: instrument.margin ?? "",
    maintenance_margin: instrument.maintenance_margin ?? "",
    calendar: instrument.calendar ?? "",
    currency: instrument.quote_currency,
  };
}

/** What would be set with another fact unless it is said: a margin's maintenance, and of a lot the least quantity. */
const BESIDE: Partial<Record<Name, Name>> = { margin: "maintenance_margin", lot: "minimum" };

/** What differs from what is known, and what stands beside it; what was emptied stays as it is. */
export function changed(before: Texts, after: Texts): Given {
  const names = Object.keys(after) as Name[];
  const differs = names.filter((name) => after[name].trim() !== "" && after[name].trim() !== before[name]);
  const beside = differs.map((name) => BESIDE[name]).filter((name) => name !== undefined && after[name].trim() !== "");
  return Object.fromEntries([...differs, ...(beside as Name[])].map((name) => [name, after[name].trim()]));
}

function FactsForm({ instrument, done }: { instrument: Instrument; done: () => void }) {
  const before = textsOf(instrument);
  const [texts, setTexts] = useState(before);
  const { busy, problem, submit } = useSubmit([
    "/api/v1/instruments",
    "/api/v1/instruments/{symbol}",
    "/api/v1/data",
    "/api/v1/candles",
    "/api/v1/gaps",
  ]);
  const given = changed(before, texts);
  const field = (name: Name) => ({
    value: texts[name],
    error: name in given ? problem?.of(name) : undefined,
    onChange: ({ target }: { target: { value: string } }) => setTexts({ ...texts, [name]: target.value }),
  });
  const send = async () => {
    const path = { symbol: instrument.symbol };
    const saved = await submit(() => client.PUT("/api/v1/instruments/{symbol}", { params: { path }, body: given }));
    if (saved) done();
  };
  return (
    <Form label="Facts" send={send}>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label="Class" {...field("asset")} options={["stock", "crypto", "fx", "future"]} />
        {AMOUNTS.map(
          ({ name, label, help, ofFutures }) =>
            (!ofFutures || texts.asset === "future") && (
              <AmountField key={name} label={label} help={help} {...field(name)} />
            ),
        )}
        {TEXTS.map(({ name, label, help }) => (
          <TextField key={name} label={label} help={help} autoComplete="off" spellCheck={false} {...field(name)} />
        ))}
      </div>
      {problem && !problem.isOf(Object.keys(given)) && <Failed error={problem} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={done}>Keep as it is</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={Object.keys(given).length === 0}>
          Save facts
        </Button>
      </div>
    </Form>
  );
}
