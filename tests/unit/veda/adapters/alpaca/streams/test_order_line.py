"""What is said on the socket of order updates, and what is made of what cannot be understood."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from tests.unit.veda.adapters.alpaca.streams.sockets import Told, access, around, server
from weaver.veda.adapters.alpaca.known_orders import KnownOrders
from weaver.veda.adapters.alpaca.streams.order_line import OrderLine
from weaver.veda.adapters.alpaca.streams.socket import SignInRefused
from weaver.veda.adapters.alpaca.wire.orders import fill_of_activity, order_of
from weaver.veda.exchange.orders import Source, VenueFill, VenueOrder

pytestmark = pytest.mark.anyio
AUTHORISED = {"stream": "authorization", "data": {"status": "authorized", "action": "authenticate"}}
LISTENING = {"stream": "listening", "data": {"streams": ["trade_updates"]}}
ORDER = {"id": "o1", "status": "filled", "client_order_id": "r-1", "qty": "2", "filled_qty": "2", "side": "buy",
         "symbol": "AAPL", "asset_class": "us_equity", "updated_at": "2024-03-04T15:00:00Z"}  # fmt: skip


class Asked:
    """An account that can be asked."""

    def __init__(self, *orders: VenueOrder, fills: tuple[VenueFill, ...] = ()) -> None:
        self.orders, self.fills = {order.venue_id: order for order in orders}, fills
        self.listed: tuple[VenueOrder, ...] = ()
        self.count = 0

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        return self.orders.get(venue_id)

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        self.count += 1
        return self.listed

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        return ()

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        return self.fills


def line(asked: Asked | None = None, *, known: KnownOrders | None = None, wall: SleepingWall | None = None,
         told: Told | None = None, port: int = 1) -> OrderLine:  # fmt: skip
    surroundings = around(wall or SleepingWall(), told)
    questions: Any = asked or Asked()
    return OrderLine(access(port), known or KnownOrders(), questions, surroundings, lambda _stamp: None)


def order(**fields: object) -> VenueOrder:
    found = order_of({**ORDER, **fields})
    assert found is not None
    return found


async def signed_in(*answers: object) -> list[Any]:
    """Sign in at a server with these answers; what it was sent."""
    heard: list[Any] = []

    async def answer(socket: ServerConnection) -> None:
        for said in answers:
            if said is AUTHORISED or said is LISTENING or "status" in str(said):
                heard.append(json.loads(await socket.recv()))
            await socket.send(json.dumps(said).encode())  # in binary frames, as on paper

    async with server(answer) as port, connect(f"ws://127.0.0.1:{port}") as socket:
        await line(port=port).sign_in(socket)
    return heard


async def test_signing_in_sends_nothing_before_the_answer_to_the_keys() -> None:
    assert await signed_in(AUTHORISED, LISTENING) == [
        {"action": "authenticate", "data": {"key_id": "PKX", "secret_key": "hidden"}},
        {"action": "listen", "data": {"streams": ["trade_updates"]}},
    ]


@pytest.mark.parametrize(
    "data", [{"status": "unauthorized", "action": "authenticate"}, {"status": None}, {"status": ["odd"]}]
)
async def test_refused_keys_are_told_without_them(data: object) -> None:
    with pytest.raises(SignInRefused, match="check the keys of this mode") as caught:
        await signed_in({"stream": "authorization", "data": data})
    assert "hidden" not in str(caught.value)


async def test_account_without_updates_is_told() -> None:
    with pytest.raises(SignInRefused, match="does not send order updates"):
        await signed_in(AUTHORISED, {"stream": "listening", "data": {"streams": [], "status": ""}})


@pytest.mark.parametrize(
    "frame",
    [
        "", "no json", "[]", "5", '{"stream":"trade_updates"}', '{"stream":"trade_updates","data":null}',
        '{"stream":"other","data":{}}', b"\xff\xfe", '{"stream":"trade_updates","data":{"event":"fill"}}',
    ],
)  # fmt: skip
def test_frame_that_tells_nothing_stops_nothing(frame: str | bytes) -> None:
    assert line().read(frame) == []


def test_update_that_is_not_understood_is_told_to_the_log() -> None:
    told = Told()
    line(told=told).read('{"stream":"trade_updates","data":{"event":"fill","order":{}}}')
    assert told == [("order update not understood", {"event": "fill"})]


def test_update_is_read_from_text_and_from_bytes() -> None:
    frame = json.dumps({"stream": "trade_updates", "data": {"event": "new", "order": ORDER}})
    for written in (frame, frame.encode()):
        (update,) = line().read(written)
        assert (update.order.venue_id, update.event, update.source) == ("o1", "new", Source.STREAM)


FILL = fill_of_activity({"id": "1::e1", "order_id": "o1", "symbol": "AAPL", "side": "buy", "qty": "2", "cum_qty": "2",
                         "price": "10", "transaction_time": "2024-03-04T15:00:00Z"})  # fmt: skip
assert FILL is not None
SINCE = datetime(2024, 3, 4, 14, tzinfo=UTC)


async def test_working_order_that_no_list_shows_is_asked_for_by_its_id() -> None:
    known = KnownOrders()
    known.note([order(status="new", filled_qty="0")])
    (update,) = await line(Asked(order(status="canceled", filled_qty="0")), known=known).repair(SINCE)
    assert (update.order.venue_status, update.source, update.fill) == ("canceled", Source.POLL, None)
    assert known.working() == []


async def test_fill_of_an_order_that_no_list_shows_brings_its_order() -> None:
    (update,) = await line(Asked(order(), fills=(FILL,))).repair(SINCE)
    assert (update.fill, update.order.venue_id) == (FILL, "o1")


async def test_what_was_told_is_not_told_again() -> None:
    asked = Asked(order(), fills=(FILL,))
    one = line(asked)
    assert len(await one.repair(SINCE)) == 1
    assert await one.repair(SINCE) == []


async def test_silence_is_asked_after_once_in_its_time_and_only_where_something_works() -> None:
    wall, known, asked = SleepingWall(), KnownOrders(), Asked()
    one = line(asked, known=known, wall=wall)
    silent = wall.now()
    wall.pass_by(31)
    assert await one.missed(silent) == []
    assert asked.count == 0  # nothing works
    known.note([order(status="new", filled_qty="0")])
    for _ in range(3):
        assert await one.missed(silent) == []
    assert asked.count == 1
    wall.pass_by(31)
    await one.missed(silent)
    assert asked.count == 2


async def test_what_happened_just_now_may_still_be_on_its_way() -> None:
    wall, known = SleepingWall(datetime(2024, 3, 4, 15, 0, 40, tzinfo=UTC)), KnownOrders()
    known.note([order(status="new", filled_qty="0")])
    asked = Asked(order(status="canceled", filled_qty="0", updated_at="2024-03-04T15:01:09Z"))
    one, silent = line(asked, known=known, wall=wall), wall.now()
    wall.pass_by(31)  # 15:01:11, two seconds after the cancel
    assert await one.missed(silent) == []
    assert len(await one.repair(silent)) == 1  # after a gap nothing is on its way any more
