/** What holds for every page: an API that fails is told in words, and a fault in one part leaves the others. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { Tooltip } from "radix-ui";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ADDRESSES, leaves, routeAt } from "~/testing/pages";
import { server } from "~/testing/server";
import { answerAll } from "~/testing/world";
import { NoticesProvider } from "~/ui/pages/notices";

import { queryClient } from "./queries";
import { PAGES } from "./routes";

vi.mock("~/charts/CurvesChart", () => ({ default: ({ label }: { label: string }) => <p>{label}</p> }));
vi.mock("~/charts/CandleChart", () => ({ default: ({ label }: { label: string }) => <p>{label}</p> }));

function show(address: string) {
  const queries = queryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  const router = createMemoryRouter([{ path: "/", children: PAGES, HydrateFallback: () => null }], {
    initialEntries: [address],
  });
  return render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <NoticesProvider>
          <RouterProvider router={router} />
        </NoticesProvider>
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
}

it("is shown here at an address of its own", () => {
  const shown = ADDRESSES.map(routeAt);
  expect(leaves().filter((leaf) => !shown.includes(leaf))).toEqual([]);
});

const ID = "c-77";
const problem = (status: number, message: string) =>
  HttpResponse.json({ code: "odd_code", message, details: [], correlation_id: ID }, { status });

/** What the API does, and what is to be read then. */
const KINDS: [kind: string, answer: () => Response, said: RegExp][] = [
  [
    "500 with a problem",
    () => problem(500, "a fault of the server's own"),
    /a fault of the server's own[^]*odd_code · c-77/,
  ],
  ["404", () => problem(404, "there is nothing by that id"), /there is nothing by that id|Nothing to show yet/],
  ["401", () => problem(401, "a token is needed"), /a token is needed[^]*odd_code/],
  [
    "502 with HTML",
    () => new HttpResponse("<html>Bad gateway</html>", { status: 502, headers: { "X-Correlation-Id": ID } }),
    /The server may be down\.[^]*http_502 · c-77/,
  ],
  ["silence", () => HttpResponse.error(), /The server does not answer\.[^]*unreachable/],
  ["half of an answer", () => new HttpResponse('{"items": [', { status: 200 }), /cannot read\.[^]*unreadable/],
];
/** It asks for nothing before it has a file. */
const ASKING = ADDRESSES.filter((address) => address !== "/data/import");

describe.each(KINDS)("where the API answers %s", (_, answer, said) => {
  beforeEach(() => server.use(http.get("*/api/v1/*", answer)));

  it.each(ASKING)("%s says so", async (address) => {
    const { container } = show(address);
    expect((await screen.findAllByRole("alert")).length).toBeGreaterThan(0);
    expect(container.textContent).toMatch(said);
    expect(container.textContent).not.toMatch(/undefined|NaN|\[object|Unexpected token|<html/);
    expect(screen.getByRole("heading", { level: 1 })).not.toBeEmptyDOMElement();
  });
});

const FAILED = "This part of the page failed";
const RUN = "/api/v1/runs/{run_id}" as const;
const PAPER = { mode: "paper", status: "running" };

/** Of a page the answer that is none, and a part that stays. */
const FAULTS: [address: string, path: Parameters<typeof broken>[0], stays: string][] = [
  ["/", "/api/v1/risk", "Recent orders"],
  ["/", "/api/v1/portfolio/equity", "Recent orders"],
  ["/", "/api/v1/orders", "Recent fills"],
  ["/", "/api/v1/fills", "Recent orders"],
  ["/", "/api/v1/runs", "Recent orders"],
  ["/", "/api/v1/venues", "Recent orders"],
  ["/strategies/sma-crossover", "/api/v1/strategies/{strategy_id}/source", "Parameters"],
  ["/strategies/sma-crossover", "/api/v1/runs", "Source"],
  ["/data/AAPL/1d", "/api/v1/instruments", "Prices"],
  ["/runs/r-1", `${RUN}/equity`, "Statistics"],
  ["/runs/r-1", `${RUN}/months`, "Statistics"],
  ["/runs/r-1/chart", "/api/v1/candles", "Trades"],
  ["/runs/r-1/chart", `${RUN}/trades`, "AAPL"],
  ["/runs/r-1/orders", `${RUN}/orders`, "Fills"],
  ["/runs/r-1/orders", `${RUN}/fills`, "Orders"],
  ["/compare?run=r-1&run=r-2", `${RUN}/results`, "Equity from 100"],
  ["/orders/o-1", "/api/v1/events", "Fills"],
  ["/account", "/api/v1/positions", "Other accounts"],
  ["/account", "/api/v1/reconciliation", "Other accounts"],
  ["/risk", "/api/v1/risk", "Refusals and breaches"],
  ["/risk", "/api/v1/events", "Kill switch"],
  ["/settings", "/api/v1/healthz", "Venues and feeds"],
  ["/settings", "/api/v1/venues", "Server"],
  ["/settings", "/api/v1/settings", "Server"],
];

function broken(path: keyof ReturnType<typeof import("~/testing/world").world>): void {
  answerAll({ [path]: { strange: true } });
}

describe("a fault in one part", () => {
  it.each(FAULTS)("of %s, where %s is no such answer, leaves %s", async (address, path, stays) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of what is thrown
    broken(path);
    show(address);
    expect((await screen.findAllByText(new RegExp(FAILED)))[0]).toBeVisible();
    const kept = await screen.findByRole("heading", { name: new RegExp(stays) });
    expect(kept).toBeVisible();
    expect(screen.getByRole("heading", { level: 1 })).not.toBeEmptyDOMElement();
    const part = kept.closest("section");
    if (part) expect(within(part).queryByText(new RegExp(FAILED))).toBeNull();
  });

  it.each(["positions", "orders"] as const)("of a run that trades (%s) leaves its curve", async (part) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { aRun } = await import("~/testing/runs");
    answerAll({ [RUN]: aRun({ id: "r-1", ...PAPER } as never), [`${RUN}/${part}`]: { strange: true } });
    show("/runs/r-1");
    expect(await screen.findByText(new RegExp(FAILED))).toBeVisible();
    expect(screen.getByRole("heading", { name: "Equity and drawdown" })).toBeVisible();
    expect(screen.getByRole("heading", { name: "Venue and feed" })).toBeVisible();
  });
});

describe("a page of a world in which all is well", () => {
  it.each(ADDRESSES)("%s shows no fault", async (address) => {
    answerAll();
    const { container } = show(address);
    expect(await screen.findByRole("heading", { level: 1 })).not.toBeEmptyDOMElement();
    await vi.waitFor(() => expect(screen.queryAllByLabelText("Loading")).toEqual([]), { timeout: 5_000 });
    expect(container.textContent).not.toMatch(/undefined|NaN|\[object|failed:/);
    expect(container.querySelectorAll("[aria-invalid=true]")).toHaveLength(0); // nobody has typed anything yet
  });
});
