"""All sockets of the exchange: where clients connect, and who is there."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import count

from starlette.responses import Response
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from weaver.rehearsal.ports import HOLD, Accepts, FeedFaults, SocketJournal, VenueClock
from weaver.rehearsal.streams.codecs import codec_for
from weaver.rehearsal.streams.connection import AUTH_SECONDS, STALLED_SECONDS, SocketConnection
from weaver.rehearsal.streams.conversation import Conversation
from weaver.rehearsal.streams.data_stream import DataStream, Seat
from weaver.rehearsal.streams.hubs import DataHub, UpdateHub
from weaver.rehearsal.streams.update_stream import UpdateStream
from weaver.rehearsal.time.wall import WallTime

ORDERS = "/stream"
STOCKS, PAIRS = ("/v2/iex", "/v2/sip"), ("/v1beta3/crypto/us",)
_SECOND = 1_000_000_000


class VenueSockets:
    """The sockets. `stocks`, `pairs`: how many of them trade."""

    def __init__(
        self,
        *,
        accepts: Accepts,
        clock: VenueClock,
        faults: FeedFaults,
        journal: SocketJournal,
        wall: WallTime,
        stocks: int,
        pairs: int,
    ) -> None:
        self.updates, self.data = UpdateHub(), DataHub()
        self._accepts, self._clock, self._faults = accepts, clock, faults
        self._journal, self._wall = journal, wall
        self._stocks, self._pairs = stocks, pairs
        self._numbers = count(1)
        self._seats = {path: Seat() for path in (*STOCKS, *PAIRS)}
        self._sent = asyncio.Event()

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Where clients connect."""
        data = [WebSocketRoute(path, self._serve_data) for path in (*STOCKS, *PAIRS)]
        return [WebSocketRoute(ORDERS, self._serve_updates), *data]

    def connections(self) -> Sequence[Mapping[str, object]]:
        """Those that are open."""
        return [connection.as_json() for connection in self._open()]

    def disconnect(self, path: str | None) -> None:
        """Close those of a path, or all, without a word."""
        for connection in self._open():
            if path in (None, connection.path):
                connection.abort()

    async def sent(self) -> None:
        """Wait until all that was published has gone out; clients that take nothing for too long are cut off."""
        await self._wall.wait(self._sent, 0)
        while behind := [connection for connection in self._open() if connection.is_behind]:
            self._sent.clear()
            await self._wall.wait(self._sent, STALLED_SECONDS)
            for connection in behind:
                connection.cut_if_stalled()

    def _open(self) -> list[SocketConnection]:
        return [*self.data.connections, *self.updates.connections]

    async def _serve_updates(self, websocket: WebSocket) -> None:
        if await self._refuse(websocket):
            return
        stream = UpdateStream(self._accepts)
        connection = self._connection(websocket, stream, is_binary=True)
        self.updates.connections[connection] = stream
        try:
            await connection.run()
        finally:
            del self.updates.connections[connection]

    async def _serve_data(self, websocket: WebSocket) -> None:
        if await self._refuse(websocket):
            return
        path: str = websocket.scope["path"]
        is_stock = path in STOCKS
        symbols = self._stocks if is_stock else self._pairs
        stream = DataStream(is_stock=is_stock, accepts=self._accepts, seat=self._seats[path], symbols=symbols)
        connection = self._connection(websocket, stream, is_binary=False)
        self.data.connections[connection] = stream
        try:
            await connection.run()
        finally:
            del self.data.connections[connection]

    async def _refuse(self, websocket: WebSocket) -> bool:
        """Whether an upgrade was refused."""
        status = self._faults.refuses_connection(websocket.scope["path"])
        if status is not None:
            await websocket.send_denial_response(Response(status_code=status))
        return status is not None

    def _connection(self, websocket: WebSocket, stream: Conversation, *, is_binary: bool) -> SocketConnection:
        path: str = websocket.scope["path"]
        connection = SocketConnection(
            websocket,
            stream,
            codec_for(websocket.headers.get("content-type", ""), is_binary=is_binary),
            number=str(next(self._numbers)),
            since=self._clock.now,
            wall=self._wall,
            journal=self._journal,
            is_mute=lambda: self._faults.is_mute(path),
            on_sent=self._sent.set,
        )
        if self._clock.pace == HOLD:  # nothing but the control moves its time: that counts beside the wall's
            self._clock.schedule(self._clock.now + AUTH_SECONDS * _SECOND, connection.give_up)
        return connection
