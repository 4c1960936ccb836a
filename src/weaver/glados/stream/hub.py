"""The event stream's frames, who gets which, and the one place that hands them out."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

import orjson

from weaver.events.event import Event
from weaver.events.log.ports import Subscriptions
from weaver.events.payloads import ALL_EVENT_TYPES, NOT_STREAMED, StreamReset, plain
from weaver.glados.ports import Wait
from weaver.model.errors import InputError, Unavailable

KEEP_ALIVE_SECONDS = 15.0
QUEUE_SIZE_MAX = 1_000
"""Frames that may wait for one client; past it the client is told to reload."""
CLIENTS_MAX = 1_000
BATCH_MAX = 64
"""Frames that go out in one write."""


@dataclass(frozen=True, slots=True)
class StreamFrame:
    """An event as it goes over the wire, built once for all clients."""

    seq: int
    type: str
    run_id: str | None
    data: bytes


KEEP_ALIVE = StreamFrame(0, "", None, b": keep-alive\n\n")


def frame_of(event: Event) -> StreamFrame:
    """The frame of an event of the log."""
    assert event.seq is not None, "only events that have their place in the log are streamed"
    return StreamFrame(event.seq, event.type, event.run_id, _frame(event.seq, event.type, orjson.dumps(event.payload)))


def reset_frame(reason: str, newest: int) -> bytes:
    """Tells one client to reload; it can go on from `newest`."""
    payload = plain(StreamReset(reason=reason, newest=newest))
    return _frame(newest, StreamReset.type, orjson.dumps(payload))


def _frame(seq: int, type_: str, payload: bytes) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, type_.encode(), payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFilter:
    """Which events a client gets."""

    types: frozenset[str]
    named: tuple[str, ...] | None
    """The types as they were asked for, for reading the log; None: all."""
    run_id: str | None

    @classmethod
    def parse(cls, types: Sequence[str] | None, run_id: str | None) -> "StreamFilter":
        """Of `types`, each comma-separated names or `namespace.*`; None: all. Raises InputError for a type that does
        not exist.

        Ticks and windows come only where their own name, or a namespace that has nothing else, is given.
        """
        names = None if types is None else names_in(",".join(types))
        if names is None or "*" in names:
            return cls(types=frozenset(ALL_EVENT_TYPES) - NOT_STREAMED, named=None, run_id=run_id)
        chosen = frozenset[str]().union(*map(_streamed_types, names))
        return cls(types=chosen, named=tuple(sorted(chosen)), run_id=run_id)

    def takes(self, type_: str, run_id: str | None) -> bool:
        """Whether an event is for this client. With a run chosen: no other run's, and none without a run."""
        return type_ in self.types and (self.run_id is None or run_id == self.run_id)


def names_in(text: str) -> list[str]:
    """The names in a comma-separated text."""
    return [name.strip() for name in text.split(",") if name.strip()]


def named_types(name: str) -> frozenset[str]:
    """The types that an exact name or `namespace.*` stands for. Raises InputError where there are none."""
    if name in ALL_EVENT_TYPES:
        return frozenset({name})
    namespace, _, rest = name.partition(".")
    found = frozenset(type_ for type_ in ALL_EVENT_TYPES if type_.startswith(f"{namespace}."))
    if rest != "*" or not found:
        known = ", ".join(sorted({f"{type_.partition('.')[0]}.*" for type_ in ALL_EVENT_TYPES}))
        raise InputError(f"there is no event type {name!r}: give a type's exact name, or one of {known}")
    return found


def _streamed_types(name: str) -> frozenset[str]:
    found = named_types(name)
    return found - NOT_STREAMED or found


class Ending(StrEnum):
    """Why a client's stream ends before the client wants it to."""

    FELL_BEHIND = "this client fell too far behind: reload, and go on from the newest event"
    CLOSED = "the server is shutting down"


class Client:
    """One stream's place to wait for frames. Never blocks who offers them."""

    def __init__(self, chosen: StreamFilter) -> None:
        self.filter = chosen
        self._waiting: deque[StreamFrame] = deque()
        self._changed = asyncio.Event()
        self._is_live = False
        self.ending: Ending | None = None
        self.ended = asyncio.Event()

    def go_live(self) -> None:
        """From now on frames are kept for this client; before, it reads the log itself."""
        self._is_live = True

    def offer(self, frame: StreamFrame) -> None:
        """Keep a frame that the filter takes. One too many ends the stream, and frees what was waiting."""
        if not self._is_live or self.ending is not None or not self.filter.takes(frame.type, frame.run_id):
            return
        if len(self._waiting) >= QUEUE_SIZE_MAX:
            self.end(Ending.FELL_BEHIND)
            return
        self._waiting.append(frame)
        self._changed.set()

    def keep_alive(self) -> None:
        """Have something to send, where nothing else is waiting."""
        if self._is_live and self.ending is None and not self._waiting:
            self._waiting.append(KEEP_ALIVE)
            self._changed.set()

    def end(self, ending: Ending) -> None:
        """Nothing more comes; only the first reason counts."""
        if self.ending is None:
            self.ending = ending
            self._waiting.clear()
            self._changed.set()
            self.ended.set()

    async def take(self) -> list[StreamFrame]:
        """The next frames, at most `BATCH_MAX`, as soon as there are any; empty where the stream has ended."""
        while not self._waiting and self.ending is None:
            self._changed.clear()
            await self._changed.wait()
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_MAX))]


class Hub:
    """Subscribes once to the log and hands each event's frame to every stream that wants it: `async with hub:`.

    A stream that falls behind is ended and nobody else notices. Where the log drops the hub itself for falling behind,
    every stream is told to reload and the hub subscribes anew.
    """

    def __init__(
        self,
        *,
        log: Subscriptions,
        wait: Wait,
        on_event: Callable[[str], None],
        on_reset: Callable[[], None],
    ) -> None:
        self._log, self._wait, self._on_event, self._on_reset = log, wait, on_event, on_reset
        self._clients: set[Client] = set()
        self._subscription: str | None = None
        self._stack = AsyncExitStack()
        self._is_open = False
        self.last_seq = 0
        """The newest event that was handed out; 0 before the first."""

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            self._is_open = True
            self._subscribe()
            stack.push_async_callback(self._unsubscribe)
            beat = tasks.create_task(self._keep_alive())
            stack.callback(beat.cancel)
            stack.callback(self.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def close(self) -> None:
        """End every stream and take no new one. Call it when a shutdown begins: a server waits for open answers."""
        self._is_open = False
        for client in self._clients:
            client.end(Ending.CLOSED)

    @property
    def client_count(self) -> int:
        """How many streams are open."""
        return len(self._clients)

    def enter(self, chosen: StreamFilter) -> Client:
        """A place for a new stream, until it leaves. Raises Unavailable where there is no more room."""
        if not self._is_open:
            raise Unavailable("the server is shutting down: try again when it is back")
        if len(self._clients) >= CLIENTS_MAX:
            raise Unavailable(f"{CLIENTS_MAX} event streams are open, the most there can be: close some")
        client = Client(chosen)
        self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """A stream is over."""
        self._clients.discard(client)
        if client.ending is Ending.FELL_BEHIND:
            self._on_reset()

    async def _hand_out(self, event: Event) -> None:
        frame = frame_of(event)
        self.last_seq = frame.seq
        self._on_event(event.type)
        for client in self._clients:
            client.offer(frame)

    def _subscribe(self) -> None:
        if self._is_open:
            self._subscription = self._log.subscribe(self._hand_out, on_overflow=self._on_overflow)

    async def _unsubscribe(self) -> None:
        if self._subscription is not None:
            await self._log.unsubscribe(self._subscription)

    def _on_overflow(self) -> None:
        for client in self._clients:
            client.end(Ending.FELL_BEHIND)
        asyncio.get_running_loop().call_soon(self._subscribe)  # not within the log's own hand-out

    async def _keep_alive(self) -> None:
        while True:
            await self._wait(KEEP_ALIVE_SECONDS)
            for client in self._clients:
                client.keep_alive()
