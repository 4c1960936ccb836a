/** Who is notified outside of Weaver, of what, whether it works; and a message to try it. */
import { Send } from "lucide-react";
import { useState } from "react";

import { api, client } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Button } from "~/ui/forms/Button";
import { useSubmit } from "~/ui/forms/useSubmit";
import { Answer, Empty, Failed, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { cx } from "~/ui/cx";
import { Moment } from "~/ui/values/Time";

type Channel = Schemas["NotificationChannel"];
type Trial = Schemas["NotificationTrial"];

export function Notifications() {
  const settings = api.useQuery("get", "/api/v1/settings");
  const [trials, setTrials] = useState<Trial[]>([]);
  const { busy, problem, submit } = useSubmit(["/api/v1/settings", "/api/v1/healthz"]);
  const test = async () => {
    setTrials([]);
    const answer = await submit(() => client.POST("/api/v1/notifications/test"));
    setTrials(answer?.data?.items ?? []);
  };
  const isSet = Boolean(settings.data?.notifications.channels.length);
  return (
    <Panel
      title="Notifications"
      actions={
        isSet && (
          <Button icon={<Send size={14} aria-hidden />} busy={busy} onClick={() => void test()}>
            Send a test
          </Button>
        )
      }
    >
      {problem && <Failed error={problem} />}
      <Answer of={settings} loading={<Skeleton className="h-16" />}>
        {({ notifications: { channels, kinds } }) =>
          channels.length === 0 ? (
            <Empty title="Nobody is notified.">
              Set <code className="font-mono text-label">NOTIFY_URLS</code> where the server runs, and start it again.
            </Empty>
          ) : (
            <div className="flex flex-col gap-3 text-table">
              <ul aria-label="Channels" aria-live="polite" className="flex flex-col gap-1.5">
                {channels.map((channel) => (
                  <ChannelItem
                    key={channel.number}
                    channel={channel}
                    trial={trials.find(({ number }) => number === channel.number)}
                  />
                ))}
              </ul>
              <p className="text-soft">Told of: {kinds.map((kind) => kind.replaceAll("_", " ")).join(", ")}.</p>
            </div>
          )
        }
      </Answer>
    </Panel>
  );
}

function ChannelItem({ channel, trial }: { channel: Channel; trial: Trial | undefined }) {
  const { number, scheme, sent, is_failing: isFailing, last_failure: failure } = channel;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
      <span className="inline-flex items-center gap-1.5">
        <span aria-hidden className={cx("size-2 rounded-full", isFailing ? "bg-loss" : "bg-gain")} />
        {number} <code className="font-mono text-label">{scheme}</code>
      </span>
      <span className="text-soft">{sent} sent</span>
      {failure && (
        <span className={cx("wrap-anywhere", isFailing ? "text-loss" : "text-soft")}>
          {isFailing ? "does not take messages" : "last failure"}: {failure.reason}, <Moment at={failure.at} />
        </span>
      )}
      {trial && (
        <span className={trial.ok ? "text-gain" : "text-loss"}>
          {trial.ok ? "The test was taken." : `The test failed: ${trial.reason ?? "nobody says why"}.`}
        </span>
      )}
    </li>
  );
}
