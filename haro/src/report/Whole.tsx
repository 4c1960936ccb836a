/** What has all that is left out of a page. */
import type { ReportData } from "./data";

export function Whole({ mode }: Pick<ReportData, "mode">) {
  return mode === "backtest" ? <code>weaver backtest --json</code> : <>The run&apos;s own page in the web app</>;
}
