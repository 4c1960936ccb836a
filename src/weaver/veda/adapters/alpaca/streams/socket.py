"""A socket that is kept up: connected, signed in, read, watched; connected anew with growing waits when it is lost.

Waits between attempts and the limits of connecting are the network's matter and count the wall's seconds; silence is
the market's and counts the venue's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from weaver.model.errors import WeaverError
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale
from weaver.veda.exchange.setup import Wall

Message = TypeVar("Message")
Said = TypeVar("Said", covariant=True)
OPEN_SECONDS, SIGN_IN_SECONDS, CLOSE_SECONDS = 10.0, 10.0, 1.0
PING_SECONDS = 30.0
"""How often the network is tried, and how long an answer may take."""
WAIT_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Between attempts, the last for ever; each is shortened by up to a half, by chance."""
LOOK_SECONDS = 1.0
"""How often (wall) a quiet socket is looked after."""
FRAMES_MAX = 1024
"""How much is kept while its reader is busy; past it the socket is not read, and the venue may cut it as too slow."""
FRAME_BYTES_MAX = 2**24


class SignInRefused(Exception):
    """The venue does not let us in: not with these keys, not now, or not once more."""


class Mute(Exception):
    """The socket is open, and does not say what it should have said."""


class Line(Protocol[Said]):
    """What is spoken on a socket, and what can be asked instead of it."""

    @property
    def feed(self) -> Feed: ...

    @property
    def address(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def is_in_order(self) -> bool:
        """Whether what did not come has to be told before what comes next."""
        ...

    async def sign_in(self, socket: ClientConnection) -> None:
        """Authenticate and subscribe. Raises SignInRefused."""
        ...

    def read(self, frame: str | bytes) -> Sequence[Said]:
        """What a frame tells. What cannot be read is told to the log, and stops nothing."""
        ...

    async def repair(self, since: datetime) -> Sequence[Said]:
        """What should have come since then, by asking. Raises WeaverError."""
        ...

    async def missed(self, silent_since: datetime) -> Sequence[Said]:
        """Of a socket that has said nothing since then: what it should have said. Empty where that is nothing, or where
        it is too early to say."""
        ...


class Freshen(Protocol):
    """Has the venue's time looked at, where it has one of its own: now and then, or at once."""

    async def __call__(self, *, at_once: bool = False) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What every socket needs of its adapter."""

    wall: Wall
    now: Callable[[], datetime]
    """The venue's time."""
    chance: Callable[[], float]
    told: Callable[[str, Mapping[str, object]], None]
    freshen: Freshen


class KeptSocket(Generic[Message]):
    """Runs a line for ever: `run` ends by being cancelled."""

    def __init__(
        self,
        line: Line[Message],
        around: Around,
        put: Callable[[Message | FeedStale | FeedRestored], Awaitable[None]],
    ) -> None:
        """put: takes a message, and lets the socket wait while there is no room."""
        self._line, self._around, self._put = line, around, put
        self._heard = around.now()
        """When something came last."""
        self._since: datetime | None = None
        """From when on the feed cannot be relied on; None: it never was there."""
        self._attempt = 0

    async def run(self) -> None:
        """Connect, and connect again."""
        while True:
            await self._wait()
            reason = await self._connection()
            self._since = self._since or self._heard
            self._around.told("feed lost", {"feed": str(self._line.feed), "reason": reason})
            await self._put(FeedStale(feed=self._line.feed, since=self._since, reason=reason))

    async def _wait(self) -> None:
        seconds = WAIT_SECONDS[min(self._attempt, len(WAIT_SECONDS) - 1)]
        self._attempt += 1
        await self._around.wall.sleep(seconds * (1 - self._around.chance() / 2))

    async def _connection(self) -> str:
        """One connection from its start to its end. Returns why it ended."""
        try:
            async with connect(
                self._line.address,
                additional_headers=self._line.headers,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=PING_SECONDS,
                ping_timeout=PING_SECONDS,
                max_queue=FRAMES_MAX,
                max_size=FRAME_BYTES_MAX,
            ) as socket:
                async with asyncio.timeout(SIGN_IN_SECONDS):
                    await self._line.sign_in(socket)
                await self._restore()
                await self._read(socket)
        except SignInRefused as error:
            return f"signing in was refused: {error}"
        except Mute as error:
            return str(error)
        except InvalidStatus as error:
            return f"the connection was refused with HTTP {error.response.status_code}"
        except ConnectionClosed as error:
            return f"the connection was closed ({type(error).__name__})"
        except TimeoutError:
            return "connecting took too long"
        except (OSError, WebSocketException) as error:
            return f"no connection ({type(error).__name__})"
        return "the connection was closed"

    async def _restore(self) -> None:
        """The feed is there: make up for what it missed, and say so."""
        since, repaired, failed = self._since, 0, ""
        if since is not None:
            await self._around.freshen(at_once=True)
            repaired, failed = await self._repair(since)
        restored = FeedRestored(
            feed=self._line.feed, since=since, repaired=repaired, is_complete=not failed, reason=failed
        )
        self._heard = self._around.now()
        if not failed:
            self._since = None
        await self._put(restored)

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    frame = await socket.recv()
            except TimeoutError:
                await self._look()
                continue
            if self._line.is_in_order:
                await self._told_before()
            self._heard, self._attempt = self._around.now(), 0
            for message in self._line.read(frame):
                await self._put(message)

    async def _look(self) -> None:
        """Nothing came for a while: is something missing? Raises Mute."""
        await self._around.freshen()
        if self._since is not None:
            await self._restore()
            return
        if missed := await self._missed():
            raise Mute(f"it was mute: {missed} messages did not come")

    async def _told_before(self) -> None:
        """Something came. After a long silence, what should have come in it goes first."""
        if self._since is None and (missed := await self._missed()):
            self._around.told("feed made up for", {"feed": str(self._line.feed), "messages": missed})

    async def _missed(self) -> int:
        """How many messages should have come since something did, and were put now. It costs no question unless the
        silence is a long one."""
        try:
            missed = await self._line.missed(self._heard)
        except WeaverError as error:
            self._around.told("feed not checked", {"feed": str(self._line.feed), "reason": str(error)})
            return 0
        for message in missed:
            await self._put(message)
        return len(missed)

    async def _repair(self, since: datetime) -> tuple[int, str]:
        """How many messages were made up for, and why that failed, if it did."""
        try:
            messages = await self._line.repair(since)
        except WeaverError as error:
            return 0, str(error)
        for message in messages:
            await self._put(message)
        return len(messages), ""
