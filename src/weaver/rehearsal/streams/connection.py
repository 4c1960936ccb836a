"""One open socket: it carries a conversation, and sends what is published, as fast as the client reads."""

import asyncio
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from weaver.rehearsal.market.wire import Instant
from weaver.rehearsal.ports import SocketJournal
from weaver.rehearsal.streams.codecs import Codec, NotUnderstood
from weaver.rehearsal.streams.conversation import Answers, Conversation, Message
from weaver.rehearsal.streams.noted import noted, summary
from weaver.rehearsal.streams.protocol import abort_of
from weaver.rehearsal.streams.send_queue import SendQueue
from weaver.rehearsal.time.wall import WallTime

AUTH_SECONDS = 10
"""How long a client may take to authenticate itself."""
STALLED_SECONDS = 3
"""How long the wall's time may pass while a client takes nothing of what waits for it."""


class SocketConnection:
    """A client's. `on_sent` is called whenever something has gone out; `is_mute` says whether nothing does."""

    def __init__(
        self,
        websocket: WebSocket,
        conversation: Conversation,
        codec: Codec,
        *,
        number: str,
        since: int,
        wall: WallTime,
        journal: SocketJournal,
        is_mute: Callable[[], bool],
        on_sent: Callable[[], None],
    ) -> None:
        self.conversation, self.number, self.since = conversation, number, since
        self.path: str = websocket.scope["path"]
        self._websocket, self._codec = websocket, codec
        self._wall, self._journal, self._is_mute, self._on_sent = wall, journal, is_mute, on_sent
        self._queue = SendQueue()
        self._abort = abort_of(websocket)
        self._moved = wall.seconds()
        """When something last went out, or there was nothing to."""
        self._settled = asyncio.Event()
        """The client has authenticated itself, or the connection is over."""

    async def run(self) -> None:
        """Carry the conversation until one of the two ends it."""
        await self._websocket.accept()
        self._say(self.conversation.begin(self._websocket.headers))
        tasks = [asyncio.create_task(work) for work in (self._receive(), self._send())]
        watch = asyncio.create_task(self._watch())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.conversation.end()
            for task in (*tasks, watch):
                task.cancel()
            await asyncio.gather(*tasks, watch, return_exceptions=True)
            self._on_sent()
        for task in tasks:
            _raise_but_for_goodbyes(task)

    @property
    def is_behind(self) -> bool:
        """Whether something is still to be sent, and is going to be."""
        return not (self._queue.is_empty or self._queue.finished.is_set())

    def publish(self, message: Message) -> None:
        """A message of market data, in a frame with others; a client that is too far behind is cut off."""
        if not self._is_mute():
            self._note_move()
            self._queue.put_message(message)
        self._cut_if_full()

    def publish_alone(self, message: Message) -> None:
        """A message in a frame of its own."""
        self._say(Answers(frames=[message]))
        self._cut_if_full()

    def _cut_if_full(self) -> None:
        if self._queue.is_full:
            self.cut()

    def cut_if_stalled(self) -> None:
        """End it where the client has taken nothing for too long."""
        if self.is_behind and self._wall.seconds() - self._moved > STALLED_SECONDS:
            self.cut()

    def cut(self) -> None:
        """End it with what is said to a client that does not read."""
        self._queue.drop()
        self._say(self.conversation.too_slow())

    def give_up(self) -> None:
        """End it if the client has not authenticated itself."""
        if not (self.conversation.is_authenticated or self._queue.finished.is_set()):
            self._say(self.conversation.too_late())

    def abort(self) -> None:
        """End it without a word."""
        self._queue.drop()
        self._queue.finish()
        self._abort()

    def as_json(self) -> dict[str, object]:
        """As the control tells of it."""
        return {
            "id": self.number,
            "path": self.path,
            "since": str(Instant(self.since)),
            "authenticated": self.conversation.is_authenticated,
            "subscribed": self.conversation.subscribed(),
        }

    async def _receive(self) -> None:
        while True:
            frame = await self._websocket.receive()
            if frame["type"] == "websocket.disconnect":
                return
            self._hear(frame.get("text") or frame.get("bytes") or b"")

    def _hear(self, frame: str | bytes) -> None:
        try:
            message = self._codec.decode(frame)
        except NotUnderstood:
            message = None
        self._journal.message(self.path, "in", noted(message))
        self._say(self.conversation.hear(message))

    def _say(self, answers: Answers) -> None:
        if not self._is_mute():
            self._note_move()
            for frame in answers.frames:
                self._queue.put_frame(frame)
        if answers.is_last:
            self._queue.finish()
        if self.conversation.is_authenticated or answers.is_last:
            self._settled.set()

    def _note_move(self) -> None:
        if self._queue.is_empty:
            self._moved = self._wall.seconds()

    async def _send(self) -> None:
        """Send what there is; at the end close, however long the client takes to read that."""
        while True:
            frame = self._queue.take()
            if frame is None:
                self._on_sent()
                if self._queue.finished.is_set():
                    await self._websocket.close(1000)
                    return
                await self._queue.filled.wait()
                continue
            self._journal.message(self.path, "out", summary(frame))
            encoded = self._codec.encode(frame)
            if isinstance(encoded, str):
                await self._websocket.send_text(encoded)
            else:
                await self._websocket.send_bytes(encoded)
            self._moved = self._wall.seconds()

    async def _watch(self) -> None:
        """Give up a client that does not authenticate itself, and tear down what does not end by itself."""
        await self._wall.wait(self._settled, AUTH_SECONDS)
        self.give_up()
        await self._queue.finished.wait()
        await self._wall.wait(asyncio.Event(), STALLED_SECONDS)
        self._abort()


def _raise_but_for_goodbyes(task: asyncio.Task[None]) -> None:
    """Raise what a task ended with, unless the client has gone or the task was no longer needed."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, WebSocketDisconnect):
        raise error
