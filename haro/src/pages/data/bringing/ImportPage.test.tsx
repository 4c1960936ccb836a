import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it, vi } from "vitest";

import type { Schemas } from "~/api/types";
import { answers, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { server } from "~/testing/server";
import { series } from "~/testing/samples";

import ImportPage from "./ImportPage";

const found: Schemas["PreviewResponse"] = {
  symbol: "ODD",
  asset_class: "stock",
  timeframe: "1d",
  time_zone: null,
  bars: 18,
  first: "2024-01-02T00:00:00Z",
  last: "2024-01-19T00:00:00Z",
  columns: [
    { name: "when", use: "time" },
    { name: "price", use: null },
  ],
  rows: [["2024-01-02", "12.5"]],
  notes: ["taken for stock"],
  warnings: [{ code: "gaps", message: "2 bars missing" }],
  errors: [],
};

/** The forms that came, with what their files held. */
let forms: Record<string, string>[];

/** A request of the test holds no form that can be read: what it holds is read off its text. */
async function formOf(request: Request): Promise<Record<string, string>> {
  const text = await request.text();
  const parts = [...text.matchAll(/name="(\w+)"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([\s\S]*?)\r\n--/g)];
  return Object.fromEntries(parts.map(([, name, value]) => [name, value])) as Record<string, string>;
}

beforeEach(() => {
  forms = [];
  server.use(
    http.post("*/api/v1/data/preview", async ({ request }) => {
      forms.push(await formOf(request));
      return HttpResponse.json(found);
    }),
    http.post("*/api/v1/data/import", async ({ request }) => {
      forms.push(await formOf(request));
      return HttpResponse.json({ id: "j-1" }, { status: 201 });
    }),
  );
});

it("sends whatever the command has an option for, to the look at the file and to the import", async () => {
  await choose();
  await screen.findByText("2 bars missing");
  await userEvent.selectOptions(screen.getByLabelText("Order of dates"), "day, month, year");
  await userEvent.selectOptions(screen.getByLabelText("Decimals"), "a comma");
  await userEvent.selectOptions(screen.getByLabelText("Rows without a price"), "refuse");
  await userEvent.type(screen.getByLabelText("Price scale"), "10000{Enter}");
  await userEvent.type(screen.getByLabelText("Columns"), "close=price{Enter}");
  await userEvent.type(screen.getByLabelText("Tick"), "0.25{Enter}");
  await userEvent.type(screen.getByLabelText("Calendar"), "XLON{Enter}");
  await userEvent.upload(
    screen.getByLabelText("Splits and dividends"),
    new File(["ex_date,type,value\n2024-01-05,split,2\n"], "odd_actions.csv"),
  );
  const said = {
    date_order: "dmy",
    decimal: ",",
    empty_rows: "refuse",
    price_scale: "10000",
    columns: "close=price",
    tick: "0.25",
    calendar: "XLON",
  };
  await vi.waitFor(() => {
    expect(forms.at(-1)).toMatchObject(said);
    expect(forms.at(-1)?.actions).toContain("split,2");
  });
  await userEvent.click(await screen.findByRole("button", { name: /Import 18 bars/ }));
  await vi.waitFor(() => expect(forms.at(-1)).toMatchObject({ ...said, symbol: "ODD" }));
  expect(forms.at(-1)?.actions).toContain("split,2");
});

const choose = async (file = new File(["when,price\n2024-01-02,12.5\n"], "odd.csv")) => {
  renderAt("/data/import", "/data/import", <ImportPage />);
  await userEvent.upload(screen.getByLabelText(/Drop a file here/), file);
};

it("shows what a file holds before it is stored, and stores it with progress", async () => {
  await choose();
  expect(await screen.findByText("taken for stock")).toBeInTheDocument();
  expect(screen.getByText("2 bars missing")).toBeInTheDocument();
  expect(screen.getByRole("cell", { name: "12.5" })).toBeInTheDocument();
  await userEvent.type(screen.getByLabelText("Symbol"), "NEW{Enter}");
  await userEvent.selectOptions(screen.getByLabelText("Class"), "crypto");
  await userEvent.click(screen.getByLabelText("Drop what is stored of it"));
  await expect.poll(() => forms.at(-1)).toMatchObject({ symbol: "NEW", asset: "crypto" });
  const stored = { series: series({ symbol: "NEW" }), written: 18, replaced: 0, kept: 0, notes: [], warnings: [] };
  answers("get", "/api/v1/jobs/{job_id}", {
    id: "j-1",
    status: "done",
    fraction: 1,
    stage: "",
    error: null,
    result: stored,
  });
  await userEvent.click(await screen.findByRole("button", { name: "Import 18 bars" }));
  expect(await screen.findByText(/18 bars stored/)).toBeInTheDocument();
  expect(forms.at(-1)).toMatchObject({ symbol: "NEW", asset: "crypto", replace: "true" });
  expect(screen.getByRole("link", { name: "NEW 1d" })).toHaveAttribute("href", "/data/NEW/1d");
});

it("maps a column that is chosen, in the file that is sent", async () => {
  await choose();
  await userEvent.selectOptions(await screen.findByLabelText("price is"), "close");
  await expect.poll(() => forms.at(-1)?.file).toBe("timestamp,close\n2024-01-02,12.5\n");
});

it("does not import what cannot be, and says where it is wrong", async () => {
  answers("post", "/api/v1/data/preview", { ...found, bars: 0, errors: [{ row: 7, message: "no number" }] });
  await choose();
  expect(await screen.findByText("Row 7: no number")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Import" })).toBeDisabled();
});

it("offers no mapping of packed files", async () => {
  await choose(new File(["x"], "odd.parquet"));
  expect(await screen.findByText("not used")).toBeInTheDocument();
  expect(screen.queryByLabelText("price is")).not.toBeInTheDocument();
});

it("says why a file is not taken, beside the field that is named", async () => {
  refuses("post", "/api/v1/data/import", 400, "symbol may not begin with a dot");
  await choose();
  await userEvent.click(await screen.findByRole("button", { name: "Import 18 bars" }));
  expect(await screen.findByText("symbol may not begin with a dot")).toBeInTheDocument();
  expect(screen.getByLabelText("Symbol")).toBeInvalid();
});

it.each([
  ["Time zone", "Mars", "time zone 'Mars' is unknown: write one as UTC"],
  ["Timeframe", "7x", "timeframe '7x' is unknown: write minutes, hours, days, weeks or months"],
  ["Symbol", "A".repeat(500), "symbol 'AAAA…' cannot be used: 1 to 64 printable characters"],
])("says beside %s what it cannot be, before anything is stored", async (label, typed, said) => {
  await choose();
  await screen.findByText("taken for stock");
  refuses("post", "/api/v1/data/preview", 400, said);
  await userEvent.type(screen.getByLabelText(label), `${typed}{Enter}`);
  await expect.poll(() => screen.getByLabelText(label).getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByLabelText(label)).toHaveAccessibleDescription(new RegExp(said.slice(0, 20)));
  expect(screen.getByRole("button", { name: "Import" })).toBeDisabled();
});

it("says why a file cannot be looked at", async () => {
  refuses("post", "/api/v1/data/preview", 413, "the file is too large");
  await choose();
  expect(await screen.findByText("the file is too large")).toBeInTheDocument();
});
