"""Updates of the account's orders: JSON, in text or binary frames."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from websockets.asyncio.client import ClientConnection

from weaver.model.market.asset_class import AssetClass
from weaver.veda.adapters.alpaca.access import Access
from weaver.veda.adapters.alpaca.hours import is_open
from weaver.veda.adapters.alpaca.known_orders import KnownOrders
from weaver.veda.adapters.alpaca.questions import Questions
from weaver.veda.adapters.alpaca.streams.socket import Around, SignInRefused
from weaver.veda.adapters.alpaca.wire.orders import update_of
from weaver.veda.exchange.market import Feed
from weaver.veda.exchange.orders import OrderUpdate, Source, VenueFill, VenueOrder

SILENCE = timedelta(seconds=30)
"""How long (venue) the stream may say nothing of working orders in their market's hours, before they are asked for."""
IN_FLIGHT = timedelta(seconds=5)
"""What happened less long ago may still be on its way."""
MARGIN = timedelta(seconds=60)
"""How much more than a gap is asked for: clocks differ, and lists lag."""


class OrderLine:
    """The socket `/stream`."""

    feed = Feed.ORDERS

    def __init__(
        self,
        access: Access,
        known: KnownOrders,
        questions: Questions,
        around: Around,
        observe: Callable[[datetime], None],
    ) -> None:
        self.address = access.order_stream
        self.headers: Mapping[str, str] = {}
        self.is_in_order = False  # no update of an order waits for a question; what is older changes nothing
        self._access, self._known, self._questions, self._around = access, known, questions, around
        self._observe = observe
        self._asked = around.now()
        """When the working orders were asked for last, in a silence."""

    async def sign_in(self, socket: ClientConnection) -> None:
        keys = {"key_id": self._access.key, "secret_key": self._access.secret}
        await socket.send(json.dumps({"action": "authenticate", "data": keys}))
        answer = await self._answer(socket, "authorization")
        if answer.get("status") != "authorized":
            raise SignInRefused(f"Alpaca says {answer.get('status') or 'nothing'}: check the keys of this mode")
        await socket.send(json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}))
        listening = await self._answer(socket, "listening")
        streams = listening.get("streams")
        if not isinstance(streams, list) or "trade_updates" not in streams:
            raise SignInRefused("Alpaca does not send order updates to this account")

    async def _answer(self, socket: ClientConnection, stream: str) -> Mapping[str, object]:
        """The next message of a stream; updates do not come before."""
        while True:
            message = _object(await socket.recv())
            if message.get("stream") == stream:
                data = message.get("data")
                return data if isinstance(data, Mapping) else {}

    def read(self, frame: str | bytes) -> Sequence[OrderUpdate]:
        message = _object(frame)
        data = message.get("data")
        if message.get("stream") != "trade_updates" or not isinstance(data, Mapping):
            return []
        update = update_of(data, received=self._around.now())
        if update is None:
            self._around.told("order update not understood", {"event": str(data.get("event"))})
            return []
        self._observe(update.time)
        self._known.tell(update)
        return [update]

    async def repair(self, since: datetime) -> Sequence[OrderUpdate]:
        """Everything that happened since then and was not told: by lists of orders and fills, and by each order that
        was working and stands in neither."""
        updates = await self._untold(since - MARGIN)
        for update in updates:
            self._known.tell(update)
        return updates

    async def missed(self, silent_since: datetime) -> Sequence[OrderUpdate]:
        now = self._around.now()
        if now - max(silent_since, self._asked) < SILENCE or not self._is_something_expected(now):
            return []
        self._asked = now
        updates = [update for update in await self._untold(silent_since - MARGIN) if now - update.time > IN_FLIGHT]
        for update in updates:
            self._known.tell(update)
        return updates

    def _is_something_expected(self, now: datetime) -> bool:
        classes = {order.asset_class or AssetClass.STOCK for order in self._known.working()}
        return any(is_open(asset_class, now) for asset_class in classes)

    async def _untold(self, after: datetime) -> list[OrderUpdate]:
        before = {order.venue_id for order in self._known.working()}
        orders = {order.venue_id: order for order in await self._orders(after)}
        for venue_id in before - orders.keys():
            if (found := await self._questions.find_order(venue_id)) is not None:
                orders[venue_id] = found
        fills = [fill for fill in await self._questions.fills_since(after) if self._known.is_new_fill(fill)]
        for venue_id in {fill.venue_order_id for fill in fills} - orders.keys():
            if (found := await self._questions.find_order(venue_id)) is not None:
                orders[venue_id] = found
        return sorted(self._updates(orders, fills), key=lambda update: update.time)

    async def _orders(self, after: datetime) -> list[VenueOrder]:
        found = [*await self._questions.open_orders(), *await self._questions.orders_since(after)]
        return [*found, *(leg for order in found for leg in order.legs)]

    def _updates(self, orders: Mapping[str, VenueOrder], fills: Sequence[VenueFill]) -> list[OrderUpdate]:
        with_fill = [fill for fill in fills if fill.venue_order_id in orders]
        updates = [
            OrderUpdate(order=orders[fill.venue_order_id], event="poll", fill=fill, time=fill.time, source=Source.POLL)
            for fill in with_fill
        ]
        told = {fill.venue_order_id for fill in with_fill}
        return updates + [
            OrderUpdate(
                order=order,
                event="poll",
                time=order.ended_at or order.updated_at or self._around.now(),
                source=Source.POLL,
            )
            for venue_id, order in orders.items()
            if venue_id not in told and self._known.is_news(order)
        ]


def _object(frame: str | bytes) -> Mapping[str, object]:
    """The JSON object of a frame; an empty one for anything else."""
    try:
        found = json.loads(frame)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
