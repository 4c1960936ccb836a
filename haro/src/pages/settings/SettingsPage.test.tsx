import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";

import { answers, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { health, notifications, venue } from "~/testing/samples";

import SettingsPage from "./SettingsPage";

beforeEach(() => {
  answers("get", "/api/v1/session", { token_needed: false, signed_in: true });
  answers("get", "/api/v1/venues", { items: [venue({ problem: "its clock is off" })], reason: null });
  answers("get", "/api/v1/healthz", health());
  answers("get", "/api/v1/settings", {
    items: [
      { name: "ALPACA_PAPER_API_KEY", value: true },
      { name: "SECURITY_API_TOKEN", value: false },
      { name: "SERVER_PORT", value: 8420 },
      { name: "WEAVER_WORKERS", value: null },
    ],
    notifications: notifications(),
  });
});

const show = () => renderAt("/settings", "/settings", <SettingsPage />);

it("shows what the server is set to, of a secret only whether it is", async () => {
  show();
  const row = async (name: string) => (await screen.findByRole("cell", { name })).closest("tr");
  expect(await row("ALPACA_PAPER_API_KEY")).toHaveTextContent(/KEYset$/);
  expect(await row("SECURITY_API_TOKEN")).toHaveTextContent(/not set$/);
  expect(await row("SERVER_PORT")).toHaveTextContent("8420");
  expect(await screen.findByText("SQLite, on this machine")).toBeInTheDocument();
  expect(await screen.findByText("its clock is off")).toBeInTheDocument();
  expect(screen.getByText("Its settings: 1 of 2 are set")).toBeInTheDocument();
});

it("says what does not work", async () => {
  const { checks } = health();
  answers(
    "get",
    "/api/v1/healthz",
    health({ read_only: true, checks: { ...checks, disk: { ok: false, message: "full" } } }),
  );
  show();
  expect(await screen.findByText("full")).toBeInTheDocument();
  expect(screen.getByText("owned by another server: read-only here")).toBeInTheDocument();
});

it("changes how this browser shows things at once, and keeps it", async () => {
  show();
  await userEvent.selectOptions(await screen.findByLabelText("Theme"), "light");
  await userEvent.selectOptions(screen.getByLabelText("Density"), "compact");
  await userEvent.selectOptions(screen.getByLabelText("Gain and loss"), "blue");
  await userEvent.selectOptions(screen.getByLabelText("Time zone"), "Europe/Berlin");
  expect(document.documentElement.dataset).toMatchObject({ theme: "light", density: "compact", gains: "blue" });
  expect(JSON.parse(localStorage.getItem("weaver.preferences") ?? "")).toEqual({
    theme: "light",
    density: "compact",
    gains: "blue",
    zone: "Europe/Berlin",
  });
});

it("offers to sign out only where somebody signed in", async () => {
  const { unmount } = show();
  await screen.findByText("SQLite, on this machine");
  expect(screen.queryByRole("button", { name: "Sign out" })).not.toBeInTheDocument();
  unmount();
  answers("get", "/api/v1/session", { token_needed: true, signed_in: true });
  answers("delete", "/api/v1/session", { code: "x", message: "it is busy", details: [], correlation_id: "" }, 503);
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Sign out" }));
  expect((await screen.findAllByText("it is busy")).length).toBeGreaterThan(0);
});

it("shows who is notified, of what, and what was not taken", async () => {
  show();
  const channels = await screen.findByRole("list", { name: "Channels" });
  expect(channels).toHaveTextContent("1 mailto12 sent");
  expect(channels).toHaveTextContent(/2 tgram3 sentdoes not take messages: the service refused it with HTTP 401/);
  expect(screen.getByText("Told of: kill switch, run error.")).toBeInTheDocument();
});

it("sends a test, and says of each channel what became of it", async () => {
  const refused = "the service refused it with HTTP 401";
  const asked = answers("post", "/api/v1/notifications/test", {
    items: [
      { number: 1, scheme: "mailto", ok: true, reason: null },
      { number: 2, scheme: "tgram", ok: false, reason: refused },
    ],
  });
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Send a test" }));
  expect(await screen.findByText("The test was taken.")).toBeInTheDocument();
  expect(screen.getByText(`The test failed: ${refused}.`)).toBeInTheDocument();
  expect(asked).toHaveLength(1);
});

it("says why no test was sent", async () => {
  refuses("post", "/api/v1/notifications/test", 409, "a test is being sent already: wait for it");
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Send a test" }));
  expect(await screen.findByText("a test is being sent already: wait for it")).toBeInTheDocument();
});

it("says what to set where nobody is notified", async () => {
  answers("get", "/api/v1/settings", { items: [], notifications: notifications({ channels: [] }) });
  show();
  expect(await screen.findByText("Nobody is notified.")).toBeInTheDocument();
  expect(screen.getByText("NOTIFY_URLS")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Send a test" })).not.toBeInTheDocument();
});
