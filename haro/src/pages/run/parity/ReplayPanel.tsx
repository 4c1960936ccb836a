/** Whether what a run recorded leads to the same decisions once more; else the first that differs, with its input. */
import { BadgeCheck, CircleX, Rewind } from "lucide-react";

import type { RunDetail, Schemas } from "~/api/types";
import { count } from "~/format/figures";
import { Facts } from "~/ui/values/Facts";
import { Moment } from "~/ui/values/Time";

import { ReportPanel } from "./ReportPanel";
import { useMaking } from "./useReport";

type Replay = Schemas["ReplayResponse"];

export function ReplayPanel({ run, report }: { run: RunDetail; report: Replay | null }) {
  const making = useMaking("replay", run);
  return (
    <ReportPanel
      title="Replay"
      action="Run replay"
      icon={<Rewind size={15} aria-hidden />}
      making={making}
      report={report}
      none={{
        title: "Not replayed yet",
        text: "A replay feeds what this run recorded to its strategy once more, and compares every decision, byte for byte. Nothing is sent to any venue.",
      }}
    >
      {(found) => <Replayed report={found} />}
    </ReportPanel>
  );
}

function Replayed({ report }: { report: Replay }) {
  const { difference, ticks, actions, first, last } = report;
  return (
    <>
      {difference ? (
        <p className="flex items-start gap-2 font-medium text-loss">
          <CircleX size={18} aria-hidden className="mt-px shrink-0" />
          <span>
            {difference.is_altered ? "What is recorded was changed" : "It decides otherwise"} at tick{" "}
            {count(difference.number)}, <Moment at={difference.time} />
          </span>
        </p>
      ) : (
        <p className="flex items-start gap-2 font-medium text-gain">
          <BadgeCheck size={18} aria-hidden className="mt-px shrink-0" />
          Identical: every decision is the recorded one
        </p>
      )}
      <Facts
        facts={[
          { name: difference ? "Ticks the same before that" : "Ticks", value: count(ticks) },
          { name: "Actions in them", value: count(actions) },
          first ? { name: "From", value: <Moment at={first} /> } : null,
          last ? { name: "To", value: <Moment at={last} /> } : null,
        ]}
      />
      {difference && <Differs difference={difference} />}
    </>
  );
}

function Differs({ difference }: { difference: NonNullable<Replay["difference"]> }) {
  return (
    <>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 border-l-4 border-loss pl-3">
        <dt className="text-soft">Recorded</dt>
        <dd className="wrap-anywhere">{difference.recorded}</dd>
        <dt className="text-soft">Now</dt>
        <dd className="wrap-anywhere">{difference.error ?? difference.again}</dd>
      </dl>
      <div>
        <h3 className="mb-1 text-label font-medium text-soft">What it was given at that tick</h3>
        {difference.inputs.length > 0 ? (
          <ul className="font-mono text-label">
            {difference.inputs.map((line, at) => (
              <li key={at} className="wrap-anywhere">
                {line}
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-soft">Nothing: it is the start.</p>
        )}
      </div>
    </>
  );
}
