/** What the file holds as the server reads it, the fields that say otherwise, and the import itself. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asProblem } from "~/api/problem";
import { Form } from "~/ui/forms/Form";
import { Answer, Failed, Skeleton } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { CheckField, SelectField, TextField } from "~/ui/forms/Field";
import { Panel } from "~/ui/pages/Panel";
import { useSubmit } from "~/ui/forms/useSubmit";

import { JobProgress } from "./JobProgress";
import { type Mapping, renamed } from "./mapping";
import { Preview } from "./Preview";
import { type ImportFields, NO_FIELDS, preview, startImport } from "./upload";

/** What the server calls each field. */
const CALLED: Record<string, string[]> = {
  symbol: ["symbol"],
  timeframe: ["timeframe"],
  tz: ["tz", "time zone"],
  asset: ["asset", "asset class"],
  tick: ["tick"],
  lot: ["lot"],
  multiplier: ["multiplier"],
  margin: ["margin"],
  calendar: ["calendar"],
  columns: ["columns"],
  date_order: ["date_order"],
  decimal: ["decimal"],
  empty_rows: ["empty_rows"],
  price_scale: ["price_scale"],
  actions: ["actions"],
};
const REST_MS = 200;
const KEEP_MS = 5 * 60_000;

export function ImportForm({ file }: { file: File }) {
  const [fields, setFields] = useState(NO_FIELDS);
  const [mapping, setMapping] = useState<Mapping>({});
  const [job, setJob] = useState<string | null>(null);
  const { busy, problem, submit, clear } = useSubmit();
  const columns = useColumns(file);
  const looked = useQuery({
    queryKey: [
      "preview",
      file.name,
      file.size,
      file.lastModified,
      { ...fields, actions: fields.actions?.name },
      mapping,
    ],
    queryFn: async ({ signal }) => {
      await rest(signal);
      return preview(await renamed(file, columns.data ?? [], mapping), fields, signal);
    },
    placeholderData: (before) => before,
    enabled: columns.isSuccess,
    staleTime: KEEP_MS,
  });
  const found = looked.data;
  // What is refused of a look at the file is refused of its import.
  const refused = problem ?? (looked.error ? asProblem(looked.error) : null);
  const errorOf = (name: string) => CALLED[name]?.map((called) => refused?.of(called)).find(Boolean);
  const send = async () => {
    const symbol = fields.symbol.trim() || (found?.symbol ?? "");
    const started = await submit(async () =>
      startImport(await renamed(file, columns.data ?? [], mapping), { ...fields, symbol }),
    );
    if (started) setJob(started.id);
  };
  if (job)
    return (
      <Panel title="Import">
        <JobProgress id={job} />
      </Panel>
    );
  return (
    <Form send={send}>
      <Panel title="How it is stored">
        <FormFields
          fields={fields}
          set={(part) => {
            clear();
            setFields((before) => ({ ...before, ...part }));
          }}
          found={found}
          errorOf={errorOf}
        />
      </Panel>
      <Panel title="What it holds" flush>
        {columns.error ? (
          <Failed error={columns.error} again={() => void columns.refetch()} />
        ) : (
          <Answer of={looked} loading={<Skeleton className="m-3 h-48" />}>
            {(shown) =>
              shown && (
                <Preview
                  file={file}
                  preview={shown}
                  columns={columns.data ?? []}
                  mapping={mapping}
                  setMapping={setMapping}
                />
              )
            }
          </Answer>
        )}
      </Panel>
      {problem &&
        !Object.values(CALLED)
          .flat()
          .some((name) => problem.of(name)) && <Failed error={problem} />}
      <div className="flex justify-end">
        <Button
          type="submit"
          kind="primary"
          busy={busy}
          disabled={!found || found.errors.length > 0 || looked.isFetching}
        >
          {found && found.bars > 0 ? `Import ${found.bars} bars` : "Import"}
        </Button>
      </div>
    </Form>
  );
}

/** Of several changes in a row only the last is looked at. */
const rest = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, signal.aborted ? 0 : REST_MS);
  }).then(() => signal.throwIfAborted());

/** The file's own columns, whatever is made of them. */
function useColumns(file: File) {
  return useQuery({
    queryKey: ["columns", file.name, file.size, file.lastModified],
    queryFn: async () => (await preview(file, NO_FIELDS))?.columns ?? [],
    staleTime: KEEP_MS,
  });
}

interface FormFieldsProps {
  fields: ImportFields;
  set: (part: Partial<ImportFields>) => void;
  found: Awaited<ReturnType<typeof preview>>;
  errorOf: (name: string) => string | undefined;
}

function FormFields({ fields, set, found, errorOf }: FormFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <Typed name="symbol" label="Symbol" placeholder={found?.symbol} {...{ fields, set, errorOf }} />
      <Typed
        name="timeframe"
        label="Timeframe"
        placeholder={found?.timeframe ?? undefined}
        help="As 1m, 5m, 1h, 1d. A multiple of the file's own resamples."
        {...{ fields, set, errorOf }}
      />
      <Typed
        name="tz"
        label="Time zone"
        placeholder={found?.time_zone ?? "UTC"}
        help="Of times that carry none, as America/New_York."
        {...{ fields, set, errorOf }}
      />
      <SelectField
        label="Class"
        value={fields.asset}
        onChange={({ target }) => set({ asset: target.value })}
        error={errorOf("asset")}
        options={[
          ["", found?.asset_class ? `${found.asset_class} (as found)` : "as found"],
          ...["stock", "crypto", "fx", "future"],
        ]}
      />
      <Typed name="tick" label="Tick" help="Prices of orders come in multiples of it." {...{ fields, set, errorOf }} />
      <Typed name="lot" label="Lot" help="Quantities come in multiples of it." {...{ fields, set, errorOf }} />
      <Typed
        name="multiplier"
        label="Multiplier"
        help="What a contract is worth for a price of 1."
        {...{ fields, set, errorOf }}
      />
      <Typed
        name="margin"
        label="Margin a contract"
        help="To open and to hold it, as 13200/12000."
        {...{ fields, set, errorOf }}
      />
      <Typed name="calendar" label="Calendar" help="The exchange's, as XLON." {...{ fields, set, errorOf }} />
      <SelectField
        label="Order of dates"
        help="How 02/03/20 is read, where no row tells."
        value={fields.date_order}
        onChange={({ target }) => set({ date_order: target.value })}
        error={errorOf("date_order")}
        options={[
          ["", "as found"],
          ["dmy", "day, month, year"],
          ["mdy", "month, day, year"],
          ["ymd", "year, month, day"],
        ]}
      />
      <SelectField
        label="Decimals"
        help="What stands before those of 1,234."
        value={fields.decimal}
        onChange={({ target }) => set({ decimal: target.value })}
        error={errorOf("decimal")}
        options={[
          ["", "as found"],
          [".", "a point"],
          [",", "a comma"],
        ]}
      />
      <SelectField
        label="Rows without a price"
        value={fields.empty_rows}
        onChange={({ target }) => set({ empty_rows: target.value })}
        error={errorOf("empty_rows")}
        options={[
          ["", "leave out"],
          ["refuse", "refuse"],
        ]}
      />
      <Typed
        name="price_scale"
        label="Price scale"
        placeholder="1"
        help="Prices are written so many times as high: 10000 are LEAN's of shares."
        {...{ fields, set, errorOf }}
      />
      <Typed
        name="columns"
        label="Columns"
        placeholder="close=Price,volume=Vol"
        help="Where the names do not say it; without a header by number from 1."
        {...{ fields, set, errorOf }}
      />
      <TextField
        label="Splits and dividends"
        type="file"
        accept=".csv,text/csv"
        help="A CSV file: ex_date,type,value. Else those that are stored stay."
        onChange={({ target }) => set({ actions: target.files?.[0] ?? null })}
        error={errorOf("actions")}
      />
      <CheckField
        label="Drop what is stored of it"
        help="Else bars of the same time are replaced, and the others stay."
        checked={fields.replace}
        onChange={({ target }) => set({ replace: target.checked })}
        className="lg:col-span-2"
      />
    </div>
  );
}

type Fact = "tick" | "lot" | "multiplier" | "margin" | "calendar";

interface TypedProps extends Pick<FormFieldsProps, "fields" | "set" | "errorOf"> {
  name: "symbol" | "timeframe" | "tz" | "columns" | "price_scale" | Fact;
  label: string;
  placeholder?: string | undefined;
  help?: string;
}

/** Text that counts when the field is left: each look at the file is a request. */
function Typed({ name, label, placeholder, help, fields, set, errorOf }: TypedProps) {
  const [text, setText] = useState(fields[name]);
  return (
    <TextField
      label={label}
      help={help}
      placeholder={placeholder}
      value={text}
      spellCheck={false}
      onChange={({ target }) => setText(target.value)}
      onBlur={() => text !== fields[name] && set({ [name]: text })}
      onKeyDown={(event) => event.key === "Enter" && set({ [name]: text })}
      error={errorOf(name)}
    />
  );
}
