/** Is everything running, what is at risk, did anything happen. */
import { Plus } from "lucide-react";

import { api } from "~/api/client";
import { Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { Page } from "~/ui/pages/Page";
import { Fence } from "~/ui/pages/Panel";

import { ActiveRuns } from "./ActiveRuns";
import { Alerts } from "./Alerts";
import { FirstSteps } from "./FirstSteps";
import { Portfolio } from "./Portfolio";
import { RecentBacktests, RecentFills, RecentOrders } from "./Recent";
import { VenuesHealth } from "./VenuesHealth";

export default function DashboardPage() {
  const runs = api.useQuery("get", "/api/v1/runs", { params: { query: { page_size: 1 } } }).data;
  const orders = api.useQuery("get", "/api/v1/orders", { params: { query: { page_size: 1 } } }).data;
  const isKnown = runs !== undefined && orders !== undefined;
  const isNew = isKnown && runs.total === 0 && orders.total === 0;
  return (
    <Page
      title="Dashboard"
      actions={
        <ButtonLink kind="primary" to="/runs/new" icon={<Plus size={15} aria-hidden />}>
          New run
        </ButtonLink>
      }
    >
      <Alerts />
      {isNew && <FirstSteps />}
      {isKnown ? !isNew && <Portfolio /> : <Skeleton className="h-72" />}
      {!isNew && (
        <div className="grid gap-4 xl:grid-cols-2">
          {[ActiveRuns, RecentBacktests, RecentOrders, RecentFills].map((Part, at) => (
            <Fence key={at}>
              <Part />
            </Fence>
          ))}
        </div>
      )}
      <VenuesHealth />
    </Page>
  );
}
