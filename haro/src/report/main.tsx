/** The report of a backtest: one file, which carries this script and its data, and loads nothing. */
import "./report.css";

import { createRoot } from "react-dom/client";

import { followPreferences } from "~/app/preferences";

import { readData } from "./data";
import { Report } from "./Report";

followPreferences();
const root = document.getElementById("root");
if (root) {
  const page = createRoot(root);
  readData(document.getElementById("data")?.textContent ?? "").then(
    (data) => page.render(<Report data={data} />),
    (fault: unknown) =>
      page.render(<p role="alert">This browser cannot read the report, a newer one can: {String(fault)}</p>),
  );
}
