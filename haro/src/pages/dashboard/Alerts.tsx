/** What needs somebody's eye, before everything else. */
import { CircleCheck, TriangleAlert } from "lucide-react";
import { Link } from "react-router";

import { api } from "~/api/client";
import { Failed } from "~/ui/pages/Answer";
import { cx } from "~/ui/cx";
import { Panel } from "~/ui/pages/Panel";

import { alertsOf } from "./alerts";

export function Alerts() {
  const risk = api.useQuery("get", "/api/v1/risk");
  const protection = api.useQuery("get", "/api/v1/events", {
    params: { query: { type: ["risk.Unprotected", "risk.ProtectionRestored"], newest_first: true, page_size: 200 } },
  }).data?.items;
  const venues = api.useQuery("get", "/api/v1/venues").data?.items;
  const looks = api.useQuery("get", "/api/v1/reconciliation").data?.items;
  const health = api.useQuery("get", "/api/v1/healthz");
  // Who does not know what is at risk must not look as if nothing were.
  const failed = [risk, health].find(({ data, error }) => data === undefined && error);
  if (failed)
    return (
      <Panel label="Alerts" className="border-loss/60">
        <Failed error={failed.error} again={() => void failed.refetch()} />
      </Panel>
    );
  if (!risk.data || !health.data) return null;
  const alerts = alertsOf({ risk: risk.data, protection, venues, looks, health: health.data });
  if (alerts.length === 0)
    return (
      <p className="flex items-center gap-2 text-table text-soft">
        <CircleCheck size={15} aria-hidden className="text-gain" /> Nothing needs your attention.
      </p>
    );
  return (
    <Panel label="Alerts" flush className="border-loss/60">
      <ul className="divide-y divide-line/60">
        {alerts.map(({ key, tone, title, text, to }) => (
          <li key={key} className="flex items-start gap-3 px-4 py-2.5">
            <TriangleAlert
              size={16}
              aria-hidden
              className={cx("mt-0.5 shrink-0", tone === "bad" ? "text-loss" : "text-warn")}
            />
            <p className="min-w-0 flex-1 wrap-anywhere">
              <Link to={to} className={cx("font-medium hover:underline", tone === "bad" ? "text-loss" : "text-warn")}>
                {title}
              </Link>{" "}
              <span className="text-table text-soft">{text}</span>
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
