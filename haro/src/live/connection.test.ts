import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { connect, type Link, type LiveEvent } from "./connection";
import { EVENT_TYPES } from "./table";

/** A stream that a test speaks on. */
class FakeSource extends EventTarget {
  static CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    FakeSource.made.push(this);
  }

  close() {
    this.readyState = FakeSource.CLOSED;
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  fail(isOver: boolean) {
    this.readyState = isOver ? FakeSource.CLOSED : 0;
    this.onerror?.();
  }

  say(type: string, payload: unknown, id: string) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(payload), lastEventId: id }));
  }
}

/** Tabs of one browser: what one says, the others hear. */
class FakeChannel {
  static open: FakeChannel[] = [];
  onmessage: ((message: { data: unknown }) => void) | null = null;

  constructor(readonly name: string) {
    FakeChannel.open.push(this);
  }

  postMessage(data: unknown) {
    FakeChannel.open.filter((one) => one !== this).forEach((one) => one.onmessage?.({ data: structuredClone(data) }));
  }

  close() {
    FakeChannel.open = FakeChannel.open.filter((one) => one !== this);
  }
}

/** One holder at a time, in the order of their asking. */
class FakeLocks {
  private queue: Promise<unknown> = Promise.resolve();

  request(_: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>): Promise<unknown> {
    const turn = this.queue.then(() => {
      if (signal.aborted) throw new DOMException("gone", "AbortError");
      return hold();
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}

interface Tab {
  events: LiveEvent[];
  links: Link["state"][];
  reloads: number;
  close: () => void;
}

function tab(after: number | null = null): Tab {
  const seen: Tab = { events: [], links: [], reloads: 0, close: () => undefined };
  const listener = {
    onEvent: (event: LiveEvent) => seen.events.push(event),
    onLink: ({ state }: Link) => seen.links.push(state),
    onReload: () => (seen.reloads += 1),
  };
  seen.close = connect(listener, after);
  return seen;
}

const stream = () => {
  const found = FakeSource.made.at(-1);
  if (!found) throw new Error("no stream was opened");
  return found;
};
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.made = [];
  FakeChannel.open = [];
  vi.stubGlobal("EventSource", FakeSource);
  vi.stubGlobal("BroadcastChannel", FakeChannel);
  Object.defineProperty(navigator, "locks", { value: new FakeLocks(), configurable: true });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "locks");
});

describe("one tab", () => {
  it("asks for everything once the stream stands, and hears every type of event", async () => {
    const one = tab();
    await settled();
    expect(stream().url).toBe("/api/v1/events/stream");
    stream().open();
    expect([one.reloads, one.links]).toEqual([1, ["live"]]);
    EVENT_TYPES.filter((type) => type !== "stream.Reset").forEach((type, at) => stream().say(type, {}, String(at + 1)));
    expect(one.events).toHaveLength(EVENT_TYPES.length - 1);
    expect(one.events[0]).toEqual({ seq: 1, type: EVENT_TYPES[0], payload: {} });
  });

  it("that knows where to begin asks for nothing again: the stream tells what happened since", async () => {
    const one = tab(40);
    await settled();
    expect(stream().url).toBe("/api/v1/events/stream?after=40");
    stream().open();
    stream().say("run.Created", {}, "41");
    expect([one.reloads, one.links, one.events.map(({ seq }) => seq)]).toEqual([0, ["live"], [41]]);
    stream().say("stream.Reset", { reason: "behind" }, "99");
    expect(one.reloads).toBe(1);
  });

  it("of an empty log begins with its first event", async () => {
    tab(0);
    await settled();
    expect(stream().url).toBe("/api/v1/events/stream?after=0");
  });

  it("goes on after the newest event that it heard, and waits longer each time", async () => {
    const one = tab();
    await settled();
    stream().open();
    stream().say("run.Created", {}, "41");
    stream().fail(true);
    expect(one.links).toEqual(["live", "lost"]);
    await vi.advanceTimersByTimeAsync(499);
    expect(FakeSource.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(stream().url).toBe("/api/v1/events/stream?after=41");
    stream().fail(true);
    await vi.advanceTimersByTimeAsync(999);
    expect(FakeSource.made).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSource.made).toHaveLength(3);
    stream().open();
    expect([one.reloads, one.links]).toEqual([1, ["live", "lost", "live"]]);
  });

  it("leaves it to the browser to come back where that goes on by itself", async () => {
    tab();
    await settled();
    stream().open();
    stream().fail(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSource.made).toHaveLength(1);
  });

  it("asks for everything after a reset, and forgets where it stood", async () => {
    const one = tab();
    await settled();
    stream().open();
    stream().say("run.Created", {}, "41");
    stream().say("stream.Reset", { reason: "behind" }, "99");
    expect([one.reloads, one.events]).toEqual([2, [expect.objectContaining({ seq: 41 })]]);
    stream().fail(true);
    await vi.advanceTimersByTimeAsync(500);
    expect(stream().url).toBe("/api/v1/events/stream");
  });

  it("without locks has a stream of its own", () => {
    Reflect.deleteProperty(navigator, "locks");
    tab();
    expect(FakeSource.made).toHaveLength(1);
  });
});

describe("two tabs", () => {
  it("share one stream", async () => {
    const [first, second] = [tab(), tab()];
    await settled();
    expect(FakeSource.made).toHaveLength(1);
    stream().open();
    stream().say("run.Created", { run_id: "r" }, "7");
    expect(second.events).toEqual(first.events);
    expect([second.reloads, second.links]).toEqual([1, ["live"]]);
  });

  it("go on with the other's when the one that has it is closed, where it stood", async () => {
    const [first, second] = [tab(), tab()];
    await settled();
    stream().open();
    stream().say("run.Created", {}, "7");
    const old = stream();
    first.close();
    await settled();
    expect(old.readyState).toBe(FakeSource.CLOSED);
    expect(stream().url).toBe("/api/v1/events/stream?after=7");
    stream().open();
    expect(second.reloads).toBe(1);
  });

  it("have one that opens later ask again only where it was told of less than the others", async () => {
    tab(40);
    await settled();
    stream().open();
    stream().say("run.Created", {}, "41");
    const [behind, level] = [tab(40), tab(41)];
    expect([behind.reloads, level.reloads]).toEqual([1, 0]);
    tab(41);
    expect([behind.reloads, level.reloads]).toEqual([1, 0]);
  });

  it("tell one that opens later how the stream stands", async () => {
    tab();
    await settled();
    stream().open();
    const late = tab();
    expect(late.links).toEqual(["live"]);
  });
});
