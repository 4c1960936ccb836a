/** Balances and positions as venues show them, whose each is, and what reconciliation found. */
import { RefreshCw, Wallet } from "lucide-react";

import { api, client } from "~/api/client";
import type { Path, Schemas } from "~/api/types";
import { Answer, Empty, Failed, Skeleton } from "~/ui/pages/Answer";
import { Button, ButtonLink } from "~/ui/forms/Button";
import { useNotices } from "~/ui/pages/notices";
import { Page } from "~/ui/pages/Page";
import { Fence, Panel } from "~/ui/pages/Panel";
import { useSubmit } from "~/ui/forms/useSubmit";

import { Balances } from "./Balances";
import { Connect } from "./Connect";
import { Positions } from "./Positions";
import { Reconciliation } from "./Reconciliation";

const STALE: readonly Path[] = ["/api/v1/reconciliation", "/api/v1/account", "/api/v1/positions", "/api/v1/risk"];
const ALL = { params: { query: { page_size: 200 } } };

export default function AccountPage() {
  const accounts = api.useQuery("get", "/api/v1/account", ALL);
  return (
    <Page title="Account" actions={accounts.data && accounts.data.total > 0 && <LookNow />}>
      <Answer of={accounts} loading={<Skeleton className="h-48" />}>
        {({ items }) => (items.length === 0 ? <NoAccount /> : <Accounts accounts={items} />)}
      </Answer>
      <Connect known={accounts.data?.items ?? []} />
    </Page>
  );
}

function Accounts({ accounts }: { accounts: Schemas["AccountResponse"][] }) {
  const positions = api.useQuery("get", "/api/v1/positions", { params: { query: { page_size: 500 } } });
  const looks = api.useQuery("get", "/api/v1/reconciliation", ALL);
  return accounts.map((account) => (
    <Panel key={account.account} label={account.account} flush>
      <Balances account={account} />
      <Fence>
        <Answer of={positions} loading={<Skeleton className="m-3 h-24" />}>
          {({ items }) => (
            <Positions of={account.account} positions={items.filter((one) => one.account === account.account)} />
          )}
        </Answer>
      </Fence>
      <Fence>
        <Answer of={looks} loading={<Skeleton className="m-3 h-16" />}>
          {({ items }) => <Reconciliation look={items.find((one) => one.account === account.account)} />}
        </Answer>
      </Fence>
    </Panel>
  ));
}

function LookNow() {
  const { busy, problem, submit } = useSubmit(STALE);
  const { show } = useNotices();
  const look = async () => {
    const found = await submit(() => client.POST("/api/v1/reconciliation", { body: {} }));
    const odd = found?.data?.items.flatMap(({ differences }) =>
      differences.filter(({ kind }) => kind === "unexplained"),
    );
    if (odd)
      show({
        tone: odd.length > 0 ? "warn" : "good",
        title: "Compared the books with the venues",
        text: odd.length > 0 ? `${odd.length} differences that nothing explains` : "Everything is explained.",
      });
  };
  return (
    <>
      {problem && <Failed error={problem} />}
      <Button icon={<RefreshCw size={14} aria-hidden />} busy={busy} onClick={() => void look()}>
        Look now
      </Button>
    </>
  );
}

function NoAccount() {
  return (
    <Panel label="Accounts" flush>
      <Empty
        icon={<Wallet size={28} aria-hidden />}
        title="No account is connected."
        action={<ButtonLink to="/runs/new?mode=paper">Start a paper run</ButtonLink>}
      >
        An account is connected when a run or an order needs it, or by hand below.
      </Empty>
    </Panel>
  );
}
