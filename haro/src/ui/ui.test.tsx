import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { answers, page, refuses } from "~/testing/answers";
import { renderAt } from "~/testing/render";
import { api } from "~/api/client";

import { Answer } from "~/ui/pages/Answer";
import { ModeBadge, OrderStatusBadge, SideBadge, StatusBadge } from "~/ui/values/Badge";
import { Button, IconButton } from "~/ui/forms/Button";
import { DataTable } from "~/ui/tables/DataTable";
import { Confirm } from "~/ui/dialogs/Dialog";
import { CheckField, TextField } from "~/ui/forms/Field";
import { Exact, Pnl, Return } from "~/ui/values/Figure";
import { Filters, FilterSelect, FilterText } from "~/ui/tables/Filters";
import { Menu } from "~/ui/dialogs/Menu";
import { Meter } from "~/ui/values/Meter";
import { useNotices } from "~/ui/pages/notices";
import { Panel } from "~/ui/pages/Panel";
import { useTableState } from "~/ui/tables/tableState";
import { Tabs } from "~/ui/pages/Tabs";
import { Ago, Moment, Since } from "~/ui/values/Time";

describe("an answer", () => {
  function Shown() {
    const runs = api.useQuery("get", "/api/v1/runs");
    return (
      <>
        <Answer of={runs} loading={<p>wait</p>} empty={<p>none</p>} isEmpty={({ total }) => total === 0}>
          {({ total }) => <p>{total} there</p>}
        </Answer>
        <button type="button" onClick={() => void runs.refetch()}>
          again
        </button>
      </>
    );
  }

  it("loads, fails in words, is asked for again, and is empty", async () => {
    refuses("get", "/api/v1/runs", 400, "it is odd", [{ field: "query.sort", message: "no such column" }]);
    renderAt("/", "/", <Shown />);
    expect(screen.getByText("wait")).toBeInTheDocument();
    expect(await screen.findByRole("alert")).toHaveTextContent("it is odd");
    expect(screen.getByRole("alert")).toHaveTextContent("query.sort no such column");
    answers("get", "/api/v1/runs", page());
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("none")).toBeInTheDocument();
  });

  it("that was there stays while it cannot be had", async () => {
    answers("get", "/api/v1/runs", page(1, 2));
    renderAt("/", "/", <Shown />);
    expect(await screen.findByText("2 there")).toBeInTheDocument();
    const asked = refuses("get", "/api/v1/runs", 503, "away");
    await userEvent.click(screen.getByRole("button", { name: "again" }));
    await expect.poll(() => asked.length).toBe(1);
    expect(screen.getByText("2 there")).toBeInTheDocument();
  });
});

describe("a table", () => {
  const NAMES = ["kind", "word"] as const;
  const rows = { items: [{ id: "a" }, { id: "b" }], total: 120, page: 2, page_size: 50 };
  const hovered = vi.fn();

  function Shown() {
    const state = useTableState(NAMES, "t.");
    return (
      <>
        <Filters state={state}>
          <FilterSelect state={state} name="kind" label="Kind" options={["x", { value: "y", text: "why" }]} />
          <FilterText state={state} name="word" label="Word" />
        </Filters>
        <DataTable
          caption="Things"
          columns={[{ id: "id", header: "Id", meta: { sort: "id" }, cell: ({ row }) => row.original.id }]}
          page={{ ...rows, page: state.page }}
          state={state}
          rowKey={({ id }) => id}
          onRowHover={hovered}
        />
      </>
    );
  }
  const show = (query = "") => renderAt(`/${query}`, "/", <Shown />);

  it("pages by the address", async () => {
    const { address } = show("?t.page=2&other=1");
    expect(screen.getByText("51–52 of 120")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Next page" }));
    expect(address()).toBe("/?t.page=3&other=1");
    expect(screen.getByRole("button", { name: "Next page" })).toBeDisabled();
    await userEvent.click(screen.getByRole("button", { name: "Previous page" }));
    await userEvent.click(screen.getByRole("button", { name: "Previous page" }));
    expect(address()).toBe("/?other=1");
  });

  it("sorts down, up, and as the server has it; each begins at the first page", async () => {
    const { address } = show("?t.page=2");
    const heading = screen.getByRole("button", { name: "Id" });
    await userEvent.click(heading);
    expect(address()).toBe("/?t.sort=-id");
    expect(screen.getByRole("columnheader")).toHaveAttribute("aria-sort", "descending");
    await userEvent.click(heading);
    expect(address()).toBe("/?t.sort=id");
    await userEvent.click(heading);
    expect(address()).toBe("/");
  });

  it("keeps several values that the address names until another is chosen", async () => {
    const { address } = show("?t.kind=x&t.kind=y&t.page=oops");
    expect(screen.getByLabelText("Kind")).toHaveValue("x, y");
    await userEvent.selectOptions(screen.getByLabelText("Kind"), "why");
    expect(address()).toContain("t.kind=y");
    await userEvent.type(screen.getByLabelText("Word"), "a b");
    await userEvent.tab();
    expect(address()).toContain("t.word=a&t.word=b");
    await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    expect(address()).toBe("/");
  });

  it("tells which row is pointed at", async () => {
    show();
    await userEvent.hover(screen.getByText("b"));
    expect(hovered).toHaveBeenLastCalledWith({ id: "b" });
    await userEvent.unhover(screen.getByText("b"));
    expect(hovered).toHaveBeenLastCalledWith(null);
  });
});

describe("a question", () => {
  const show = (act: () => Promise<unknown>, word?: string) => {
    const closed = vi.fn();
    render(
      <Confirm
        open
        onOpenChange={closed}
        title="Start?"
        description="It trades."
        action="Start run"
        onConfirm={act}
        {...(word ? { typed: { word, label: "Its name" } } : {})}
      />,
    );
    return closed;
  };

  it("that wants a word typed does nothing before", async () => {
    const act = vi.fn(() => Promise.resolve());
    const closed = show(act, "momentum");
    await userEvent.type(screen.getByLabelText("Its name"), "momentu");
    expect(screen.getByRole("button", { name: "Start run" })).toBeDisabled();
    await userEvent.type(screen.getByLabelText("Its name"), "m{Enter}");
    expect(act).toHaveBeenCalledOnce();
    await expect.poll(() => closed.mock.calls).toEqual([[false]]);
  });

  it("stays open with the reason where it fails, and closes where it is not wanted", async () => {
    const closed = show(() => Promise.reject(new Error("not now")));
    await userEvent.click(screen.getByRole("button", { name: "Start run" }));
    expect(await screen.findByText("not now")).toBeInTheDocument();
    expect(closed).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Keep as it is" }));
    expect(closed).toHaveBeenCalledWith(false);
  });
});

describe("a panel", () => {
  it("keeps a fault to itself, and tries again", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    let isBroken = true;
    const Part = () => {
      if (isBroken) throw new Error("odd data");
      return <p>well</p>;
    };
    render(
      <>
        <Panel title="One">
          <Part />
        </Panel>
        <Panel label="Two">fine</Panel>
      </>,
    );
    expect(screen.getByRole("alert")).toHaveTextContent("This part of the page failed: odd data");
    expect(screen.getByText("fine")).toBeInTheDocument();
    isBroken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(screen.getByText("well")).toBeInTheDocument();
  });
});

describe("notices", () => {
  function Sayer() {
    const { show } = useNotices();
    return (
      <button type="button" onClick={() => show({ tone: "bad", title: "Run failed", text: "why", to: "/runs/r-1" })}>
        say
      </button>
    );
  }

  it("that are said again are counted, lead somewhere, and are dismissed", async () => {
    renderAt("/", "/", <Sayer />);
    await userEvent.click(screen.getByRole("button", { name: "say" }));
    await userEvent.click(screen.getByRole("button", { name: "say" }));
    expect(await screen.findByText("×2")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Run failed" })).toHaveAttribute("href", "/runs/r-1");
    await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText("×2")).not.toBeInTheDocument();
  });
});

describe("times", () => {
  afterEach(() => vi.useRealTimers());

  it("go on by themselves, with the exact time on hover", () => {
    vi.useFakeTimers({ now: new Date("2026-11-28T10:00:00Z") });
    renderAt(
      "/",
      "/",
      <>
        <Ago at="2026-11-28T09:57:00Z" />
        <Since at="2026-11-28T09:00:00Z" />
        <Moment at={null} />
      </>,
    );
    act(() => void vi.advanceTimersByTime(5_000));
    expect(screen.getByText("3 min. ago").title).toMatch(/2026-11-28 09:57:00 UTC$/);
    expect(screen.getByText("1 h")).toBeInTheDocument();
    act(() => void vi.advanceTimersByTime(60_000));
    expect(screen.getByText("4 min. ago")).toBeInTheDocument();
    expect(screen.getByText("–")).toBeInTheDocument();
  });
});

it("says mode, status and side in words, not by colour alone", () => {
  render(
    <>
      <ModeBadge mode="live" />
      <StatusBadge status="running" queued />
      <StatusBadge status="error" />
      <OrderStatusBadge status="partial" />
      <SideBadge side="short" />
    </>,
  );
  for (const word of ["live", "queued", "error", "partial", "short"])
    expect(screen.getByText(word)).toBeInTheDocument();
  expect(screen.getByText("live")).toHaveClass("border-2", "font-bold");
});

it("shows figures with sign and colour, the full value on hover", () => {
  render(
    <>
      <Pnl value="-87.123456" />
      <Return value={0.0431} />
      <Exact value={null} />
    </>,
  );
  expect(screen.getByText("−87.12")).toHaveAttribute("title", "-87.123456");
  expect(screen.getByText("−87.12")).toHaveClass("text-loss");
  expect(screen.getByText("+4.31 %")).toHaveClass("text-gain");
  expect(screen.getByText("–")).not.toHaveAttribute("title");
});

it("ties a field to its help and to what is wrong with it", () => {
  render(
    <>
      <TextField label="Name" help="For people." error="It is taken." />
      <CheckField label="Flatten" help="Close all." error="Not now." />
    </>,
  );
  expect(screen.getByLabelText("Name")).toHaveAccessibleDescription("For people. It is taken.");
  expect(screen.getByLabelText("Name")).toBeInvalid();
  expect(screen.getByText("Not now.")).toHaveAttribute("role", "alert");
});

it("takes no click while it is busy", async () => {
  const click = vi.fn();
  render(
    <>
      <Button busy onClick={click}>
        Save
      </Button>
      <IconButton label="Close" icon="x" onClick={click} />
    </>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(click).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(click).toHaveBeenCalledOnce();
});

it("opens a menu by keys, and does what is chosen", async () => {
  const chosen = vi.fn();
  render(
    <Menu
      trigger={<button type="button">More</button>}
      items={[
        { label: "Clone", onSelect: chosen },
        { label: "Delete", onSelect: vi.fn(), danger: true, disabled: true },
      ]}
    />,
  );
  screen.getByRole("button", { name: "More" }).focus();
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByRole("menuitem", { name: "Delete" })).toHaveAttribute("aria-disabled", "true");
  await userEvent.keyboard("{Enter}");
  expect(chosen).toHaveBeenCalledOnce();
});

it("marks the tab that is shown", () => {
  renderAt(
    "/a",
    "/a",
    <Tabs
      label="Parts"
      tabs={[
        { label: "A", to: "/a" },
        { label: "B", to: "/b" },
      ]}
    />,
  );
  expect(screen.getByRole("link", { name: "A" })).toHaveAttribute("aria-current", "page");
  expect(screen.getByRole("link", { name: "B" })).not.toHaveAttribute("aria-current");
});

it.each([
  [null, "0"],
  [0.5, "50"],
  [7, "100"],
  [-1, "0"],
])("shows %s of a whole as %s per cent", (fraction, expected) => {
  render(<Meter label="Used" fraction={fraction} />);
  expect(screen.getByRole("meter", { name: "Used" })).toHaveAttribute("aria-valuenow", expected);
});
