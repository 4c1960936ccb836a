import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { NoticesProvider } from "~/ui/pages/notices";

import * as connection from "./connection";
import { Live, useEvents, useLink } from "./Live";
import { secondsLeft, useProgress } from "./progress";

let listener: connection.Listener;
let begun: number | null;
const end = vi.fn();

beforeEach(() => {
  end.mockClear();
  vi.spyOn(connection, "connect").mockImplementation((given, after) => {
    listener = given;
    begun = after;
    return end;
  });
});
afterEach(() => vi.restoreAllMocks());

const heard: string[] = [];
const hear = ({ type }: connection.LiveEvent) => void heard.push(type);

function Shown() {
  useEvents(hear);
  const progress = useProgress("r-1");
  return (
    <p>
      {useLink().state} {progress ? `${progress.stage} ${progress.fraction}` : "no progress"}
    </p>
  );
}

function show(queries = new QueryClient()) {
  const shown = render(
    <QueryClientProvider client={queries}>
      <MemoryRouter>
        <NoticesProvider>
          <Live>
            <Shown />
          </Live>
        </NoticesProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return { ...shown, queries };
}
const say = (type: string, payload: object) =>
  act(() => listener.onEvent({ seq: 1, type, payload } as unknown as connection.LiveEvent));

it("passes on how the stream stands, and each event to who listens", () => {
  const { unmount } = show();
  expect(screen.getByText(/^connecting/)).toBeInTheDocument();
  act(() => listener.onLink({ state: "live" }));
  expect(screen.getByText(/^live/)).toBeInTheDocument();
  say("run.Created", { run_id: "r-1" });
  expect(heard).toEqual(["run.Created"]);
  unmount();
  expect(end).toHaveBeenCalledOnce();
});

it("begins where the answer did that came before all others", () => {
  const queries = new QueryClient();
  queries.setQueryData(["get", "/api/v1/session"], { signed_in: true, token_needed: false, newest_seq: 7 });
  show(queries);
  expect(begun).toBe(7);
});

it("begins now where nothing was asked before", () => {
  show();
  expect(begun).toBeNull();
});

it("keeps a run's progress until its end", () => {
  show();
  say("run.Progress", { run_id: "r-1", fraction: 0.5, stage: "bars" });
  expect(screen.getByText(/bars 0.5/)).toBeInTheDocument();
  say("run.Completed", { run_id: "r-1", trades: 3, warnings: 0 });
  expect(screen.getByText(/no progress/)).toBeInTheDocument();
  expect(screen.getByText("3 trades, 0 warnings")).toBeInTheDocument();
});

it("asks for everything again where events may have been missed", () => {
  const { queries } = show();
  const invalidate = vi.spyOn(queries, "invalidateQueries");
  act(() => listener.onReload());
  expect(invalidate).toHaveBeenCalledWith();
});

it("tells the time that is left by the pace so far", () => {
  const progress = { stage: "bars", began: 0, at: 2_000, beganFraction: 0.2, fraction: 0.6 };
  expect(secondsLeft(progress)).toBeCloseTo(2);
  expect(secondsLeft({ ...progress, fraction: 0.2 })).toBeUndefined();
});
