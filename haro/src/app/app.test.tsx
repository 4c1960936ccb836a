import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { createMemoryRouter, Link, Outlet, type RouteObject, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { api } from "~/api/client";
import { Problem } from "~/api/problem";
import * as connection from "~/live/connection";
import { answers, type Asked, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { health, listedRun, risk, strategy } from "~/testing/samples";
import { server } from "~/testing/server";

import { Banners } from "~/app/frame/Banners";
import { Frame } from "~/app/frame/Frame";
import { queryClient } from "./queries";
import { SignedIn } from "./SignIn";

beforeEach(() => {
  vi.spyOn(connection, "connect").mockImplementation(({ onLink }) => {
    onLink({ state: "live" });
    return () => undefined;
  });
  answers("get", "/api/v1/healthz", health());
  answers("get", "/api/v1/risk", risk());
  answers("get", "/api/v1/runs", ({ url }: Asked) =>
    url.searchParams.has("status")
      ? { ...page(), total: url.searchParams.getAll("mode")[0] === "paper" ? 2 : 0 }
      : page(listedRun()),
  );
  answers("get", "/api/v1/strategies", page(strategy()));
});

const show = () => renderAt("/risk", "/risk", <Frame />);

describe("the frame", () => {
  it("says on every page how the stream stands, the storage, and what trades", async () => {
    show();
    expect(await screen.findByText("SQLite")).toBeInTheDocument();
    expect(await screen.findByText("2 paper")).toHaveClass("text-paper");
    expect(screen.getByRole("status", { name: "Event stream: live" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Orders" })).toHaveAttribute("href", "/orders");
  });

  it("goes places by keys, but not while somebody types", async () => {
    const { address } = show();
    await screen.findByText("SQLite");
    await userEvent.keyboard("x");
    await userEvent.keyboard("go");
    expect(address()).toBe("/orders");
  });

  it("finds pages, runs, strategies and commands by their names", async () => {
    const { address } = show();
    await userEvent.keyboard("{Control>}k{/Control}");
    const palette = await screen.findByRole("dialog");
    expect(await within(palette).findByText("apple on paper")).toBeInTheDocument();
    await userEvent.type(within(palette).getByRole("combobox"), "sma cross");
    expect(within(palette).queryByText("Orders")).not.toBeInTheDocument();
    await userEvent.keyboard("{Enter}");
    expect(address()).toBe("/strategies/sma-crossover");
  });

  it("kills with one click and one confirmation", async () => {
    const asked = answers("post", "/api/v1/risk/kill-switch", risk().kill_switch);
    show();
    await userEvent.click(screen.getByRole("button", { name: "Kill" }));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Kill" }));
    await expect.poll(() => asked[0]?.body).toMatchObject({ flatten: false });
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
  });
});

describe("a page in the frame", () => {
  function inFrame(address: string, children: RouteObject[]) {
    const router = createMemoryRouter([{ path: "/", element: <Frame />, children }], { initialEntries: [address] });
    render(
      <QueryClientProvider client={queryClient()}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    );
  }
  const Kept = () => (
    <>
      <input aria-label="Typed" />
      <Link to="more">More</Link>
      <Outlet />
    </>
  );
  const Odd = () => {
    throw new Error("it is odd");
  };

  it("stays as it is, and so does the focus, where a part of it is gone to", async () => {
    inFrame("/kept/1", [
      {
        path: "kept/:id",
        element: <Kept />,
        children: [
          { index: true, element: "one part" },
          { path: "more", element: "another part" },
        ],
      },
    ]);
    await userEvent.type(await screen.findByLabelText("Typed"), "something");
    await userEvent.click(screen.getByRole("link", { name: "More" }));
    expect(await screen.findByText("another part")).toBeInTheDocument();
    expect(screen.getByLabelText("Typed")).toHaveValue("something");
    expect(screen.getByRole("link", { name: "More" })).toHaveFocus();
  });

  it("gives the focus to the next, and leaves its fault behind", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    inFrame("/odd", [
      { path: "odd", element: <Odd /> },
      { path: "orders", element: "all orders" },
    ]);
    expect(await screen.findByText(/it is odd/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("link", { name: "Orders" }));
    expect(await screen.findByText("all orders")).toBeInTheDocument();
    expect(screen.queryByText(/it is odd/)).not.toBeInTheDocument();
    expect(screen.getByRole("main")).toHaveFocus();
  });
});

it("stays with the question where the kill switch did not turn, and says why", async () => {
  refuses("post", "/api/v1/risk/kill-switch", 503, "the database does not answer");
  show();
  await userEvent.click(screen.getByRole("button", { name: "Kill" }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByLabelText("Flatten: close every position too"));
  await userEvent.click(dialog.getByRole("button", { name: "Kill and flatten" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("the database does not answerrefused · c-1");
  expect(dialog.getByRole("button", { name: "Kill and flatten" })).toBeEnabled();
});

describe("banners", () => {
  it("say what must be known, and nothing else", async () => {
    answers("get", "/api/v1/healthz", health({ storage: "memory", read_only: true }));
    answers("get", "/api/v1/risk", risk({ kill_switch: { ...risk().kill_switch, is_on: true } }));
    answers("get", "/api/v1/runs", { ...page(), total: 1 });
    renderAt("/", "/", <Banners />);
    expect(await screen.findByText(/Nothing is kept/)).toBeInTheDocument();
    expect(screen.getByText(/read-only/)).toBeInTheDocument();
    expect(await screen.findByText(/The kill switch is on/)).toBeInTheDocument();
    expect(await screen.findByText(/LIVE trading: 1 run trades with real money/)).toBeInTheDocument();
  });

  it("are not there where all is well", async () => {
    const asked = answers("get", "/api/v1/healthz", health());
    renderAt("/", "/", <Banners />);
    await expect.poll(() => asked.length).toBe(1);
    expect(screen.queryByRole("status")).not.toBeInTheDocument();
  });
});

describe("signing in", () => {
  const behind = <SignedIn>inside</SignedIn>;

  it("is not asked for without a token", async () => {
    answers("get", "/api/v1/session", { token_needed: false, signed_in: true });
    renderAt("/", "/", behind);
    expect(await screen.findByText("inside")).toBeInTheDocument();
  });

  it("is asked for by 401, says what is wrong with a token, and lets in with a right one", async () => {
    refuses("get", "/api/v1/session", 401, "a token is needed");
    refuses("post", "/api/v1/session", 401, "the token is wrong");
    renderAt("/", "/", behind);
    const field = await screen.findByLabelText("Token");
    expect(screen.getByRole("button", { name: "Sign in" })).toBeDisabled();
    await userEvent.type(field, "no{Enter}");
    expect(await screen.findByText("the token is wrong")).toBeInTheDocument();
    expect(field).toBeInvalid();
    const asked = answers("post", "/api/v1/session", { token_needed: true, signed_in: true }, 201);
    answers("get", "/api/v1/session", { token_needed: true, signed_in: true });
    await userEvent.type(field, "yes{Enter}");
    expect(await screen.findByText("inside")).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ token: "noyes" });
  });

  it("asks at once where the page says that it is needed, and whether it worked only then", async () => {
    const told = document.head.appendChild(Object.assign(document.createElement("meta"), { name: "weaver-sign-in" }));
    const asked = answers("get", "/api/v1/session", { token_needed: true, signed_in: true, newest_seq: 0 });
    answers("post", "/api/v1/session", { token_needed: true, signed_in: true, newest_seq: 0 }, 201);
    renderAt("/", "/", behind);
    told.remove();
    const field = await screen.findByLabelText("Token");
    expect(asked).toEqual([]);
    await userEvent.type(field, "yes{Enter}");
    expect(await screen.findByText("inside")).toBeInTheDocument();
    expect(asked).toHaveLength(1);
  });

  it("says why the server cannot be asked, and asks again", async () => {
    refuses("get", "/api/v1/session", 500, "a fault of the server");
    renderAt("/", "/", behind);
    expect(await screen.findByRole("alert")).toHaveTextContent("a fault of the server");
    answers("get", "/api/v1/session", { token_needed: false, signed_in: true });
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("inside")).toBeInTheDocument();
  });
});

it("says beside the token that the server is away, or that it is too strange", async () => {
  answers("get", "/api/v1/session", { token_needed: true, signed_in: false });
  server.use(http.post("*/api/v1/session", () => HttpResponse.error()));
  renderAt("/", "/", <SignedIn>inside</SignedIn>);
  const field = await screen.findByLabelText("Token");
  await userEvent.type(field, `${"x".repeat(500)}{Enter}`);
  expect(await screen.findByText(/The server does not answer/)).toBeInTheDocument();
  refuses("post", "/api/v1/session", 422, "body.token: a text with a NUL character in it");
  await userEvent.type(field, "{Enter}");
  expect(await screen.findByText(/NUL character/)).toBeInTheDocument();
  expect(field).toBeInvalid();
});

it("asks to sign in once a session is over while the page is open", async () => {
  answers("get", "/api/v1/session", { token_needed: true, signed_in: true });
  function Inside() {
    const runs = api.useQuery("get", "/api/v1/runs");
    return (
      <button type="button" onClick={() => void runs.refetch()}>
        {runs.data?.total} runs
      </button>
    );
  }
  renderAt("/", "/", <SignedIn>{<Inside />}</SignedIn>);
  const inside = await screen.findByRole("button", { name: "1 runs" });
  refuses("get", "/api/v1/runs", 401, "the session is over");
  answers("get", "/api/v1/session", { token_needed: true, signed_in: false });
  await userEvent.click(inside);
  expect(await screen.findByRole("heading", { name: "Sign in to Weaver" })).toBeInTheDocument();
});

describe("what is asked again", () => {
  const retry = queryClient().getDefaultOptions().queries?.retry as (count: number, error: unknown) => boolean;
  const problem = (status: number) => new Problem(status, "x", "x", [], "");

  it.each([
    [0, 0, true],
    [503, 2, true],
    [503, 3, false],
    [404, 0, false],
    [500, 0, false],
  ])("after status %i and %i tries is %s", (status, count, expected) =>
    expect(retry(count, problem(status))).toBe(expected),
  );
});
