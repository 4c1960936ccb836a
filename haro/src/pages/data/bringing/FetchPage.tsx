/** A source's history into the store, with progress. The job is in the address: the page can be left and come back to. */
import { Download } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { api, client } from "~/api/client";
import { wrongDay } from "~/format/written";
import { Form } from "~/ui/forms/Form";
import { Failed } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { SelectField, TextField } from "~/ui/forms/Field";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { useSubmit } from "~/ui/forms/useSubmit";

import { JobProgress } from "./JobProgress";

export default function FetchPage() {
  const [params, setParams] = useSearchParams();
  const job = params.get("job");
  return (
    <Page title="Fetch data">
      <Panel label="What to fetch" className="max-w-3xl">
        <FetchForm symbol={params.get("symbol") ?? ""} started={(id) => setParams({ job: id })} />
      </Panel>
      {job && (
        <Panel title="Progress" className="max-w-3xl">
          <JobProgress key={job} id={job} />
        </Panel>
      )}
    </Page>
  );
}

interface Draft {
  source: string;
  exchange: string;
  symbols: string;
  timeframe: string;
  start: string;
  end: string;
}

type Wrong = Partial<Record<string, string>>;

const SYMBOL_MOST = 64;

/** Sources that need no account, and what whoever uses one should know. */
const OPEN: Record<string, { label: string; help: string }> = {
  ccxt: { label: "ccxt", help: "Public candles of a crypto exchange: no account is needed." },
  yfinance: { label: "yfinance (unofficial)", help: "Unofficial; Yahoo means its quotes for personal use." },
};

/** What can be told before the server is asked. */
function mistakes({ source, exchange, start, end }: Draft, symbols: string[]): Wrong {
  const long = symbols.find((one) => one.length > SYMBOL_MOST);
  const wrong: Wrong = {
    symbols:
      symbols.length === 0
        ? "Say which symbols, as AAPL MSFT."
        : long && `${long.slice(0, 12)}… is too long for a symbol.`,
    exchange: source === "ccxt" && !exchange.trim() ? "Name one, as binance or kraken." : undefined,
    start: wrongDay(start) ?? (start && end && start > end ? "It is after the end." : undefined),
    end: wrongDay(end),
  };
  return Object.fromEntries(Object.entries(wrong).filter(([, one]) => one));
}

const NAMES = ["symbols", "timeframe", "source", "exchange", "start", "end"];

function FetchForm({ symbol, started }: { symbol: string; started: (job: string) => void }) {
  const [draft, setDraft] = useState<Draft>({
    source: "alpaca",
    exchange: "",
    symbols: symbol,
    timeframe: "1d",
    start: "",
    end: "",
  });
  const [own, setOwn] = useState<Wrong>({});
  const { busy, problem, submit, clear } = useSubmit();
  const venues = api.useQuery("get", "/api/v1/venues").data?.items ?? [];
  const ids = [
    ...new Set(["alpaca", ...venues.filter(({ features }) => features.includes("history")).map(({ id }) => id)]),
  ];
  const set = (part: Partial<typeof draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setOwn({});
    clear();
  };
  const errorOf = (name: string) => own[name] ?? problem?.of(name);
  const send = async () => {
    const symbols = draft.symbols.split(/[\s,]+/).filter(Boolean);
    const wrong = mistakes(draft, symbols);
    setOwn(wrong);
    if (Object.keys(wrong).length > 0) return;
    const { source, timeframe, start, end } = draft;
    const exchange = source === "ccxt" ? draft.exchange.trim() : undefined;
    const body = { source, exchange, timeframe, symbols, start: start || undefined, end: end || undefined };
    const answer = await submit(() => client.POST("/api/v1/data/fetch", { body }));
    if (answer?.data) started(answer.data.id);
  };
  return (
    <Form send={send}>
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField
          label="Source"
          help={OPEN[draft.source]?.help}
          value={draft.source}
          onChange={({ target }) => set({ source: target.value })}
          error={errorOf("source")}
          options={[...ids, ...Object.entries(OPEN).map(([id, { label }]): [string, string] => [id, label])]}
        />
        {draft.source === "ccxt" && (
          <TextField
            label="Exchange"
            help="As ccxt calls it: binance, kraken, coinbase."
            value={draft.exchange}
            spellCheck={false}
            onChange={({ target }) => set({ exchange: target.value })}
            error={errorOf("exchange")}
          />
        )}
        <TextField
          label="Symbols"
          help="As the source spells them, with blanks between."
          value={draft.symbols}
          spellCheck={false}
          onChange={({ target }) => set({ symbols: target.value })}
          error={errorOf("symbols")}
          className={draft.source === "ccxt" ? "" : "sm:col-span-2"}
        />
        <SelectField
          label="Timeframe"
          value={draft.timeframe}
          onChange={({ target }) => set({ timeframe: target.value })}
          error={errorOf("timeframe")}
          options={["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1mo"]}
        />
        <TextField
          label="From"
          type="date"
          help="Empty: ten years of days, one year of anything finer, or as far back as the source goes."
          value={draft.start}
          onChange={({ target }) => set({ start: target.value })}
          error={errorOf("start")}
        />
        <TextField
          label="To"
          type="date"
          help="Empty: until now."
          value={draft.end}
          onChange={({ target }) => set({ end: target.value })}
          error={errorOf("end")}
        />
      </div>
      {problem && !problem.isOf(NAMES) && <Failed error={problem} />}
      <div className="flex justify-end">
        <Button type="submit" kind="primary" busy={busy} icon={<Download size={15} aria-hidden />}>
          Fetch
        </Button>
      </div>
    </Form>
  );
}
