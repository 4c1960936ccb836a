/** The kill switch, the limits of each account and how far they are used, halts, and what was refused. */
import { ShieldAlert } from "lucide-react";

import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Answer, Empty, Skeleton } from "~/ui/pages/Answer";
import { ButtonLink } from "~/ui/forms/Button";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";

import { AccountPanel } from "./AccountPanel";
import { KillSwitchPanel } from "./KillSwitchPanel";
import { Refusals } from "./Refusals";

export default function RiskPage() {
  const risk = api.useQuery("get", "/api/v1/risk");
  return (
    <Page title="Risk">
      <Answer of={risk} loading={<Skeleton className="h-64" />}>
        {(found) => (
          <>
            <KillSwitchPanel risk={found} />
            <Accounts risk={found} />
          </>
        )}
      </Answer>
      <Refusals />
    </Page>
  );
}

function Accounts({ risk }: { risk: Schemas["RiskResponse"] }) {
  if (risk.accounts.length === 0)
    return (
      <Panel title="Limits" flush>
        <Empty
          icon={<ShieldAlert size={28} aria-hidden />}
          title="No account is open yet."
          action={
            <>
              <ButtonLink kind="primary" to="/runs/new?mode=paper">
                Start a paper run
              </ButtonLink>
              <ButtonLink to="/account">Connect an account</ButtonLink>
            </>
          }
        >
          Each account has limits of its own. It is opened when a run or an order needs it.
        </Empty>
      </Panel>
    );
  return risk.accounts.map((account) => <AccountPanel key={account.account} account={account} fields={risk.fields} />);
}
