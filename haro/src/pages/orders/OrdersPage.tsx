import { Page } from "~/ui/Page";

export default function OrdersPage() {
  return <Page title="Orders">{null}</Page>;
}
