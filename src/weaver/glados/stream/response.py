"""One client's event stream: what it missed, out of the log; then what happens, as it happens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from weaver.events.filter import EventFilter
from weaver.events.log.ports import EventReader
from weaver.glados.http.errors import BodyTooLarge
from weaver.glados.ports import Wait
from weaver.glados.stream.hub import Client, Ending, Hub, frame_of, reset_frame
from weaver.model.errors import WeaverError
from weaver.model.fit_text import fit_to_send

REPLAY_BATCH = 500
PATIENCE_SECONDS = {Ending.FELL_BEHIND: 5.0, Ending.CLOSED: 0.5}
"""How long a stream that has ended may take to write its last frames before it is cut off."""
STALLED_SECONDS = 30.0
"""How long one write may take."""

Put = Callable[[bytes], Awaitable[None]]

_log = structlog.get_logger("weaver.glados.stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Where a client's stream begins."""

    after: int
    """The newest event that it needs no more."""
    replays: bool
    """What came since is sent out of the log first. False: it is live already."""
    greeting: bytes
    """What it is sent at once."""


async def beginning(log: EventReader, client: Client, after: int | str | None) -> Beginning:
    """Of a client that has seen everything up to `after`; 0: nothing, None: it starts now, a text: it gave that, which
    is no event's seq. Raises Unavailable.

    One that starts now is live when this returns: it is told of all that it sets in motion afterwards.
    """
    if isinstance(after, int) and (after == 0 or await _is_known(log, after)):
        return Beginning(after=after, replays=True, greeting=b": connected\n\n")
    client.go_live()
    newest = (await log.bounds()).newest
    if after is None:
        return Beginning(after=newest, replays=False, greeting=b": connected\nid: %d\n\n" % newest)
    if isinstance(after, int):
        what = f"event {after} is not in the log (any more)"
    else:
        what = f"Last-Event-ID {after!r} is no event's id, which is a number"
    reason = fit_to_send(f"{what}: reload, and go on from the newest event")
    return Beginning(after=newest, replays=False, greeting=reset_frame(reason, newest))


async def _is_known(log: EventReader, seq: int) -> bool:
    bounds = await log.bounds()
    return bounds.oldest <= seq <= bounds.newest and await log.contains(seq)


class EventStream(Response):
    """Streams until the client goes, falls behind, or the server ends it."""

    media_type = "text/event-stream"

    def __init__(self, *, hub: Hub, log: EventReader, client: Client, begin: Beginning, wait: Wait) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]  # a stream has none
        self._hub, self._log, self._client, self._wait = hub, log, client, wait
        self._begin = begin
        self._writes = 0
        """Odd while one is under way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        try:
            async with anyio.create_task_group() as tasks:

                async def until(over: Awaitable[None]) -> None:
                    await over
                    tasks.cancel_scope.cancel()

                tasks.start_soon(until, self._gone(receive))
                tasks.start_soon(until, self._out_of_patience())
                tasks.start_soon(self._watch)
                await until(self._write(send))
        finally:
            self._hub.leave(self._client)

    async def _gone(self, receive: Receive) -> None:
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except BodyTooLarge:
            return  # whoever sends so much with a question for events is no client to keep

    async def _watch(self) -> None:
        """A client that takes nothing for so long has fallen behind, also while it is sent what it missed."""
        while self._client.ending is None:
            before = self._writes
            await self._wait(STALLED_SECONDS)
            if before % 2 and self._writes == before:
                self._client.end(Ending.FELL_BEHIND)

    async def _out_of_patience(self) -> None:
        """A client that does not read blocks its own writer only, and not for ever."""
        await self._client.ended.wait()
        assert self._client.ending is not None
        await self._wait(PATIENCE_SECONDS[self._client.ending])

    async def _write(self, send: Send) -> None:
        async def put(piece: bytes) -> None:
            self._writes += 1
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            self._writes += 1

        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            await put(self._begin.greeting)
            after = self._begin.after
            await self._follow(await self._replay(after, put) if self._begin.replays else after, put)
        except OSError:
            return  # the client went while it was being written to
        except WeaverError as error:  # the log cannot be read now; the client comes back with its last id
            _log.warning("event stream cut off", reason=str(error))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _replay(self, after: int, put: Put) -> int:
        """What the log holds past an event. The client goes live before the last look at the log, so that whatever is
        committed after that look waits for it in its queue."""
        chosen, is_live = self._client.filter, False
        wanted = EventFilter(types=chosen.named, run_id=chosen.run_id)
        while self._client.ending is None:
            events = await self._log.read(wanted, after=after, limit=REPLAY_BATCH)
            frames = [frame_of(event) for event in events if chosen.takes(event.type, event.run_id)]
            after = max((event.seq or after for event in events), default=after)
            if frames:
                await put(b"".join(frame.data for frame in frames))
            if len(events) < REPLAY_BATCH:
                if is_live:
                    break
                self._client.go_live()
                is_live = True
        return after

    async def _follow(self, cursor: int, put: Put) -> None:
        while frames := await self._client.take():
            fresh = [frame.data for frame in frames if frame.seq > cursor or not frame.seq]
            if fresh:
                await put(b"".join(fresh))
        if self._client.ending is Ending.FELL_BEHIND:
            await put(reset_frame(Ending.FELL_BEHIND, (await self._log.bounds()).newest))
