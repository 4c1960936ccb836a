/** What must be known on every page, a line each, for as long as it is true. */
import { type ReactNode } from "react";
import { Link } from "react-router";

import { api } from "~/api/client";
import { duration } from "~/format/times";
import { useLink } from "~/live/Live";
import { cx } from "~/ui/cx";
import { useNow } from "~/ui/values/Time";

export function Banners() {
  const health = api.useQuery("get", "/api/v1/healthz").data;
  const risk = api.useQuery("get", "/api/v1/risk").data;
  const live = api.useQuery("get", "/api/v1/runs", {
    params: { query: { mode: ["live"], status: ["running"], page_size: 1 } },
  }).data;
  return (
    <div role="region" aria-label="Notices" className="contents">
      <Disconnected />
      {health?.read_only && <Banner tone="warn">This server is read-only: another one owns trading.</Banner>}
      {health?.storage === "memory" && (
        <Banner tone="warn">Nothing is kept: the storage is memory, and all of it goes when the server stops.</Banner>
      )}
      {risk?.kill_switch.is_on && (
        <Banner tone="bad">
          The kill switch is on: no entry is sent.{" "}
          <Link to="/risk" className="underline">
            See and release it
          </Link>
        </Banner>
      )}
      {live && live.total > 0 && (
        <Banner tone="live">
          LIVE trading: {live.total} {live.total === 1 ? "run trades" : "runs trade"} with real money.
        </Banner>
      )}
    </div>
  );
}

function Disconnected() {
  const link = useLink();
  const now = useNow();
  if (link.state !== "lost") return null;
  return (
    <Banner tone="bad">
      Disconnected for {duration(now - link.since)}: figures may be old. Trying again by itself.
    </Banner>
  );
}

const TONE = {
  warn: "bg-warn-tint text-warn border-warn/40",
  bad: "bg-loss-tint text-loss border-loss/40",
  live: "bg-live-tint text-live border-live-edge font-medium",
};

function Banner({ tone, children }: { tone: keyof typeof TONE; children: ReactNode }) {
  return (
    <p role="status" className={cx("border-b px-4 py-1.5 text-table", TONE[tone])}>
      {children}
    </p>
  );
}
