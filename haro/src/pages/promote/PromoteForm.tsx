/** The new run: its name, venue and cash; why, where gates are not met; to live, its name once more. */
import { TrendingUp } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { client } from "~/api/client";
import type { RunDetail, Schemas } from "~/api/types";
import { tooLong, wrongAmount } from "~/format/written";
import { Button } from "~/ui/forms/Button";
import { AmountField, SelectField, TextField } from "~/ui/forms/Field";
import { Form } from "~/ui/forms/Form";
import { useSubmit } from "~/ui/forms/useSubmit";
import { Failed } from "~/ui/pages/Answer";

import { gateName, type To } from "./words";

interface PromoteFormProps {
  run: RunDetail;
  found: Schemas["PromotionResponse"];
  offered: Schemas["VenueDetail"][];
  /** At its venue it replays stored bars. */
  isReplay: boolean;
  /** What stands in its way, whatever is written here. */
  problem: string | null;
  /** Null: there is no choice. */
  chooseTo: ((to: To) => void) | null;
  chooseVenue: (venue: string) => void;
}

interface Draft {
  name: string;
  cash: string;
  replay: string;
  speed: string;
  override: string;
  confirm: string;
}

type Name = keyof Draft;

const NAMES = ["name", "venue", "cash", "replay", "speed", "override", "confirm"];
const REASON_MOST = 500;
const NAME_MOST = 200;

/** What can be told before the server is asked. */
function mistakes(draft: Draft, { found, isReplay }: PromoteFormProps): Partial<Record<Name, string>> {
  const name = draft.name.trim();
  const wrong: Partial<Record<Name, string | undefined>> = {
    name: name === "" ? "Give it a name." : tooLong(name, NAME_MOST),
    cash: wrongAmount(draft.cash, { isAboveZero: true }),
    replay: isReplay && draft.replay.trim() === "" ? "Say which stored bars, as 2006-01-03..2009-12-31." : undefined,
    override: found.met
      ? undefined
      : draft.override.trim() === ""
        ? "Say why it is promoted though gates are not met."
        : tooLong(draft.override, REASON_MOST),
    confirm: found.to === "live" && draft.confirm !== name ? "It is not the new run's name." : undefined,
  };
  return Object.fromEntries(Object.entries(wrong).filter(([, one]) => one));
}

const given = (text: string): string | undefined => text.trim() || undefined;

export function PromoteForm(props: PromoteFormProps) {
  const { run, found, offered, isReplay, problem: inTheWay, chooseTo, chooseVenue } = props;
  const [draft, setDraft] = useState<Draft>({
    name: found.name,
    cash: run.options.cash ?? "",
    replay: "",
    speed: isReplay ? "max" : "",
    override: "",
    confirm: "",
  });
  const [own, setOwn] = useState<Partial<Record<Name, string>>>({});
  const { busy, problem, submit, clear } = useSubmit(["/api/v1/runs", "/api/v1/runs/{run_id}/promotion"]);
  const navigate = useNavigate();
  const field = (name: Name) => ({
    value: draft[name],
    error: own[name] ?? problem?.of(name),
    onChange: ({ target }: { target: { value: string } }) => {
      setDraft((before) => ({ ...before, [name]: target.value }));
      setOwn({});
      clear();
    },
  });
  const send = async () => {
    const wrong = mistakes(draft, props);
    setOwn(wrong);
    if (Object.keys(wrong).length > 0) return;
    const body: Schemas["PromoteRunRequest"] = {
      to: found.to as To,
      venue: found.venue,
      name: draft.name.trim(),
      cash: given(draft.cash),
      override: found.met ? undefined : given(draft.override),
      confirm: found.to === "live" ? draft.confirm : undefined,
      ...(isReplay ? { replay: given(draft.replay), speed: given(draft.speed) } : {}),
    };
    const answer = await submit(() =>
      client.POST("/api/v1/runs/{run_id}/promote", { params: { path: { run_id: run.id } }, body }),
    );
    if (answer?.data) await navigate(`/runs/${answer.data.run.id}`);
  };
  const missed = found.gates.filter(({ met }) => !met).map(({ name }) => gateName(name));
  return (
    <Form label="The new run" send={send}>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        {chooseTo && (
          <SelectField
            label="To"
            value={found.to}
            onChange={({ target }) => chooseTo(target.value as To)}
            options={["paper", "live"]}
          />
        )}
        <SelectField
          label="Venue"
          value={found.venue}
          onChange={({ target }) => chooseVenue(target.value)}
          error={problem?.of("venue")}
          options={offered.map(({ id, title }) => [id, title] as const)}
        />
        <TextField label="Name" {...field("name")} />
        <AmountField
          label="Cash"
          placeholder="100000"
          help={isReplay ? "Of an account of its own." : "Allotted to it of the account there."}
          {...field("cash")}
        />
        {isReplay && (
          <>
            <TextField
              label="Replay"
              placeholder="2006-01-03..2009-12-31"
              help="The stored bars to replay: a day, or two."
              {...field("replay")}
            />
            <TextField label="Speed" help="How many times as fast as the bars once came, or max." {...field("speed")} />
          </>
        )}
      </div>
      {!found.met && (
        <TextField
          label="Why it is promoted all the same"
          help={`Not met: ${missed.join(", ")}. The reason is kept as an event of this run.`}
          {...field("override")}
        />
      )}
      {found.to === "live" && (
        <TextField
          label={`Type the new run's name: ${draft.name.trim()}`}
          help="Its orders are sent with real money, once it is started."
          autoComplete="off"
          spellCheck={false}
          {...field("confirm")}
        />
      )}
      {problem && !problem.isOf(NAMES) && <Failed error={problem} />}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-table text-soft">Nothing is started: the new run is pending.</p>
        <Button
          type="submit"
          kind={found.to === "live" ? "danger" : "primary"}
          busy={busy}
          disabled={inTheWay !== null}
          icon={<TrendingUp size={15} aria-hidden />}
        >
          {`Promote to ${found.to}`}
        </Button>
      </div>
    </Form>
  );
}
