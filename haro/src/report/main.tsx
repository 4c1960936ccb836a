/** The report of a backtest: one file, which carries this script and its data, and loads nothing. */
import "./report.css";

import { createRoot } from "react-dom/client";

import { followPreferences } from "~/app/preferences";

import { type Behind, type FirstScreen, readData } from "./data";
import { Report } from "./Report";

followPreferences();
const root = document.getElementById("root");
if (root) void show(root);

/** What is seen at first is painted before all that one has to scroll to is read. */
async function show(root: HTMLElement): Promise<void> {
  const page = createRoot(root);
  try {
    const data = await readData<FirstScreen>(textOf("data"));
    await new Promise<void>((done) => page.render(<Report data={data} behind={null} onShown={done} />));
    await painted();
    await parsed();
    const behind = await readData<Behind>(textOf("behind"));
    page.render(<Report data={data} behind={behind} />);
  } catch (fault) {
    page.render(<p role="alert">This browser cannot read the report, a newer one can: {String(fault)}</p>);
  }
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? "";
}

/** Charts draw in one frame; when the next begins they have been painted. */
function painted(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
}

/** The long part of the data stands at the end of the page. */
function parsed(): Promise<void> {
  return new Promise((done) => {
    if (document.readyState !== "loading") done();
    else document.addEventListener("DOMContentLoaded", () => done(), { once: true });
  });
}
