import { Page } from "~/ui/Page";

export default function StrategiesPage() {
  return <Page title="Strategies">{null}</Page>;
}
