/** One order: what it asks, how it went, what it brought; and what can still be done about it. */
import { Pencil, RefreshCw, X } from "lucide-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { api, client } from "~/api/client";
import { Answer, Failed, Skeleton } from "~/ui/pages/Answer";
import { ModeBadge, OrderStatusBadge } from "~/ui/values/Badge";
import { Button } from "~/ui/forms/Button";
import { Confirm } from "~/ui/dialogs/Dialog";
import { useNotices } from "~/ui/pages/notices";
import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";
import { useRefresh, useSubmit } from "~/ui/forms/useSubmit";

import { Legs } from "./Legs";
import { LifeCycle } from "./LifeCycle";
import { OrderFacts } from "./OrderFacts";
import { OrderFills, Submissions } from "../orderParts";
import { ReplaceDialog } from "./ReplaceDialog";
import { isChangeable, isOver, type OrderDetail, STALE, titleOf } from "../words";

export default function OrderPage() {
  const { orderId = "" } = useParams();
  const order = api.useQuery("get", "/api/v1/orders/{order_id}", { params: { path: { order_id: orderId } } });
  if (!order.data)
    return (
      <Page title="Order">
        <Panel label="Order">
          <Answer of={order} loading={<Skeleton className="h-64" />}>
            {() => null}
          </Answer>
        </Panel>
      </Page>
    );
  return <Shown order={order.data} />;
}

function Shown({ order }: { order: OrderDetail }) {
  return (
    <Page
      title={titleOf(order)}
      beside={
        <>
          <ModeBadge mode={order.mode ?? "backtest"} />
          <OrderStatusBadge status={order.status} />
        </>
      }
      actions={<Actions order={order} />}
    >
      <Panel label="What it asks">
        <OrderFacts order={order} />
      </Panel>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel title="Life cycle">
          <LifeCycle order={order} />
        </Panel>
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title="Fills" flush>
            <OrderFills fills={order.fills} />
          </Panel>
          <Legs order={order} />
          {order.submissions.length > 0 && (
            <Panel title="What was sent to the venue" flush>
              <Submissions submissions={order.submissions} />
            </Panel>
          )}
        </div>
      </div>
    </Page>
  );
}

function Actions({ order }: { order: OrderDetail }) {
  const [asking, setAsking] = useState<"cancel" | "replace" | null>(null);
  const { busy, problem, submit } = useSubmit(STALE);
  const { show } = useNotices();
  const navigate = useNavigate();
  if (order.account == null) return null;
  const path = { params: { path: { order_id: order.id } } };
  const sync = async () => {
    const answer = await submit(() => client.POST("/api/v1/orders/{order_id}/sync", path));
    if (answer)
      show({ tone: "info", title: "Looked at it at its venue", text: `It is ${answer.data?.status ?? "there"}.` });
  };
  const ask = (what: "cancel" | "replace") => (open: boolean) => setAsking(open ? what : null);
  return (
    <>
      {problem && <Failed error={problem} />}
      <Button icon={<RefreshCw size={14} aria-hidden />} busy={busy} onClick={() => void sync()}>
        Sync
      </Button>
      {!isOver(order) && (
        <>
          <Button
            icon={<Pencil size={14} aria-hidden />}
            disabled={!isChangeable(order)}
            onClick={() => setAsking("replace")}
          >
            Replace
          </Button>
          <Button
            icon={<X size={14} aria-hidden />}
            disabled={!isChangeable(order)}
            onClick={() => setAsking("cancel")}
          >
            {order.cancel_asked ? "Cancelling" : "Cancel order"}
          </Button>
        </>
      )}
      <CancelDialog order={order} open={asking === "cancel"} onOpenChange={ask("cancel")} />
      <ReplaceDialog
        order={order}
        open={asking === "replace"}
        onOpenChange={ask("replace")}
        replaced={(id) => void navigate(`/orders/${id}`)}
      />
    </>
  );
}

interface Asking {
  order: OrderDetail;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function CancelDialog({ order, open, onOpenChange }: Asking) {
  const refresh = useRefresh(STALE);
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={`Cancel: ${titleOf(order)}?`}
      description="Its end is asked for at the venue. What fills before the venue confirms it stays filled."
      action="Cancel order"
      onConfirm={() =>
        client.DELETE("/api/v1/orders/{order_id}", { params: { path: { order_id: order.id } } }).then(refresh)
      }
    />
  );
}
