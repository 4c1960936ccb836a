/** The kill switch: over all accounts, and over single ones; turned on and released. */
import { OctagonX, Power } from "lucide-react";
import { useState } from "react";

import { client } from "~/api/client";
import type { Schemas } from "~/api/types";
import { KillDialog } from "~/app/frame/KillDialog";
import { Button } from "~/ui/forms/Button";
import { cx } from "~/ui/cx";
import { Confirm } from "~/ui/dialogs/Dialog";
import { Panel } from "~/ui/pages/Panel";
import { Ago } from "~/ui/values/Time";
import { useRefresh } from "~/ui/forms/useSubmit";

import { AfterKill } from "./AfterKill";

type Risk = Schemas["RiskResponse"];
type Switch = Schemas["KillSwitchResponse"];

export function KillSwitchPanel({ risk }: { risk: Risk }) {
  const switches = [risk.kill_switch, ...risk.accounts.flatMap(({ kill_switch: own }) => (own ? [own] : []))];
  const on = switches.filter(({ is_on: isOn }) => isOn);
  const [isKilling, setKilling] = useState(false);
  return (
    <Panel
      title="Kill switch"
      className={cx(on.length > 0 && "border-loss")}
      actions={
        !risk.kill_switch.is_on && (
          <Button kind="danger" icon={<OctagonX size={15} aria-hidden />} onClick={() => setKilling(true)}>
            Turn on
          </Button>
        )
      }
    >
      {on.length === 0 ? (
        <p className="text-soft">
          Off. It cancels every entry on all accounts and sends none until it is released; exits stay and are sent.
        </p>
      ) : (
        <div className="flex flex-col gap-4">
          {on.map((one) => (
            <On key={one.account ?? ""} one={one} />
          ))}
          <AfterKill />
        </div>
      )}
      <KillDialog open={isKilling} onOpenChange={setKilling} />
    </Panel>
  );
}

function On({ one }: { one: Switch }) {
  const [isAsking, setAsking] = useState(false);
  const refresh = useRefresh(["/api/v1/risk", "/api/v1/events", "/api/v1/runs"]);
  const over = one.account ?? "all accounts";
  return (
    <div className="flex flex-wrap items-center gap-3">
      <OctagonX size={18} aria-hidden className="text-loss" />
      <p className="min-w-48 flex-1 wrap-anywhere">
        <span className="font-medium text-loss">On, over {over}.</span> No entry is sent
        {one.flatten && "; positions are closed"}.{" "}
        <span className="text-table text-soft">
          {one.reason} · <Ago at={one.at} />
        </span>
      </p>
      <Button icon={<Power size={14} aria-hidden />} onClick={() => setAsking(true)}>
        Release
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Release the kill switch over ${over}?`}
        description="Runs that are running send entries again, by what their strategies decide from now on. What was cancelled stays cancelled."
        action="Release kill switch"
        kind="primary"
        onConfirm={() =>
          client
            .DELETE("/api/v1/risk/kill-switch", { body: { account: one.account, reason: "by hand, in the web app" } })
            .then(refresh)
        }
      />
    </div>
  );
}
