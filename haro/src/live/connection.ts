/** One stream of events for a browser: the tab that holds the lock has it, and tells the others.
 *
 * Where there are no locks (a page that was not served from this machine or over TLS), each tab has its own. */
import type { EventType, Payloads } from "~/api/types";

import { EVENT_TYPES } from "./table";

const STREAM = "/api/v1/events/stream";
const NAME = "weaver.events";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export type LiveEvent = { [T in EventType]: { seq: number; type: T; payload: Payloads[T] } }[EventType];
export type Link = { state: "connecting" | "live" } | { state: "lost"; since: number };

type Told =
  | { what: "event"; event: LiveEvent }
  | { what: "link"; link: Link; seq: number | null } // with the newest event that was told of
  | { what: "reload" }
  | { what: "who" }; // a tab that has just opened asks how the stream stands

export interface Listener {
  onEvent: (event: LiveEvent) => void;
  onLink: (link: Link) => void;
  /** Events may have been missed: whatever is shown has to be asked for again. */
  onReload: () => void;
}

/** Hear what happens after the event `after` (null: from now on), until the returned function is called. */
export function connect(listener: Listener, after: number | null): () => void {
  const ending = new AbortController();
  const channel = new BroadcastChannel(NAME);
  const leading = new Leading(listener, channel, ending.signal, after);
  channel.onmessage = ({ data }: MessageEvent<Told>) => leading.heard(data);
  channel.postMessage({ what: "who" } satisfies Told);
  if ("locks" in navigator)
    navigator.locks.request(NAME, { signal: ending.signal }, () => leading.untilEnded()).catch(ignoreAbort);
  else void leading.untilEnded();
  return () => {
    ending.abort();
    channel.close();
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}

class Leading {
  private source: EventSource | null = null;
  private link: Link = { state: "connecting" };
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly listener: Listener,
    private readonly channel: BroadcastChannel,
    private readonly ended: AbortSignal,
    /** The newest event that this tab has heard, or needs not. */
    private seq: number | null,
  ) {}

  /** What another tab says: the one that leads, or one that has just opened. */
  heard(told: Told): void {
    if (told.what === "who") {
      if (this.source) this.channel.postMessage(this.standing());
    } else this.take(told);
  }

  /** Have the stream for as long as this tab lives. */
  untilEnded(): Promise<void> {
    return new Promise((resolve) => {
      this.ended.addEventListener("abort", () => {
        this.source?.close();
        clearTimeout(this.timer);
        resolve();
      });
      this.open();
    });
  }

  private open(): void {
    const source = new EventSource(this.seq === null ? STREAM : `${STREAM}?after=${this.seq}`);
    this.source = source;
    source.onopen = () => {
      this.wait = FIRST_WAIT_MS;
      // Of what happened before the first frame, a stream that begins now tells nothing: ask once.
      if (this.seq === null) this.tell({ what: "reload" });
      this.tellLink({ state: "live" });
    };
    source.onerror = () => {
      if (this.link.state !== "lost") this.tellLink({ state: "lost", since: Date.now() });
      if (source.readyState === EventSource.CLOSED) this.again();
    };
    for (const type of EVENT_TYPES)
      source.addEventListener(type, (message: MessageEvent<string>) => this.frame(type, message));
  }

  /** A browser gives up on any answer but a stream (a server that is starting has others): go on where it ended. */
  private again(): void {
    this.source?.close();
    this.timer = setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }

  private frame(type: EventType, message: MessageEvent<string>): void {
    const seq = Number(message.lastEventId);
    if (message.lastEventId !== "" && Number.isSafeInteger(seq)) this.seq = seq;
    if (type === "stream.Reset") {
      this.seq = null;
      this.tell({ what: "reload" });
      return;
    }
    const event = { seq, type, payload: JSON.parse(message.data) as unknown } as LiveEvent;
    this.tell({ what: "event", event });
  }

  private tellLink(link: Link): void {
    this.link = link;
    this.tell(this.standing());
  }

  private standing(): Told {
    return { what: "link", link: this.link, seq: this.seq };
  }

  private tell(told: Told): void {
    this.channel.postMessage(told);
    this.take(told);
  }

  private take(told: Told): void {
    switch (told.what) {
      case "event":
        this.seq = Math.max(this.seq ?? 0, told.event.seq); // should this tab lead one day
        this.listener.onEvent(told.event);
        return;
      case "link":
        this.link = told.link;
        this.listener.onLink(told.link);
        if (this.seq !== null && told.seq !== null && told.seq > this.seq) this.catchUp(told.seq);
        return;
      case "reload":
        this.listener.onReload();
        return;
      case "who":
        return;
    }
  }

  /** The other tabs were told of events before this one listened. */
  private catchUp(seq: number): void {
    this.seq = seq;
    this.listener.onReload();
  }
}
