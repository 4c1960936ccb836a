import { Page } from "~/ui/Page";

export default function RiskPage() {
  return <Page title="Risk">{null}</Page>;
}
