/** An order by hand: for a run that trades, or by itself in an account. What the address names is filled in. */
import { useNavigate, useSearchParams } from "react-router";

import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";

import { EMPTY, type Draft } from "./draft";
import { OrderForm } from "./OrderForm";

export default function NewOrderPage() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const given: Draft = {
    ...EMPTY,
    run_id: params.get("run_id") ?? "",
    venue: params.get("venue") ?? "",
    mode: params.get("mode") === "live" ? "live" : "paper",
    symbol: params.get("symbol") ?? "",
    side: params.get("side") === "sell" ? "sell" : "buy",
    qty: params.get("qty") ?? "",
  };
  return (
    <Page title="Place order">
      <Panel label="The order" className="max-w-3xl">
        <OrderForm given={given} placed={(id) => void navigate(`/orders/${id}`)} />
      </Panel>
    </Page>
  );
}
