"""What is said on the sockets of bars, and what is made of what cannot be understood."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgpack
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from tests.unit.veda.adapters.alpaca.streams.sockets import Told, access, around, server
from weaver.model.calendar.instants import instant_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.adapters.alpaca.streams.bar_line import BarLine
from weaver.veda.adapters.alpaca.streams.socket import SignInRefused
from weaver.veda.exchange.market import HaltChanged, LiveBar
from weaver.veda.exchange.orders import Source

pytestmark = pytest.mark.anyio
OPEN = datetime(2024, 3, 4, 15, tzinfo=UTC)
CONNECTED = {"T": "success", "msg": "connected"}
AUTHENTICATED = {"T": "success", "msg": "authenticated"}
SUBSCRIBED = {"T": "subscription", "bars": ["AAPL"]}


class History:
    """Minutes that can be asked for."""

    def __init__(self, minutes: Sequence[int] = ()) -> None:
        self.starts = [instant_of(OPEN) + minute * MINUTE for minute in minutes]
        self.asked = 0

    async def __call__(self, symbol: str, start: datetime, end: datetime) -> Bars:
        self.asked += 1
        stamps = np.array([one for one in self.starts if instant_of(start) <= one <= instant_of(end)], dtype=np.int64)
        ones = np.ones(len(stamps))
        return Bars(symbol=symbol, timeframe=Timeframe(MINUTE), timestamp=stamps, end=stamps + MINUTE, open=ones,
                    high=ones, low=ones, close=ones, volume=ones)  # fmt: skip


def line(
    history: History | None = None,
    *,
    asset_class: AssetClass = AssetClass.STOCK,
    wall: SleepingWall | None = None,
    told: Told | None = None,
    port: int = 1,
) -> BarLine:
    symbol = "AAPL" if asset_class is AssetClass.STOCK else "BTC/USD"
    surroundings = around(wall or SleepingWall(OPEN), told)
    return BarLine(access(port), asset_class, [symbol], surroundings, history or History(), lambda _stamp: None)


def frame(*messages: object) -> bytes:
    packed: bytes = msgpack.packb(list(messages), datetime=True)
    return packed


def bar(minute: int = 0, **fields: object) -> dict[str, object]:
    time = datetime(2024, 3, 4, 15, minute, tzinfo=UTC)
    return {"T": "b", "S": "AAPL", "o": 1.0, "h": 2.0, "l": 0.5, "c": 1.5, "v": 10, "t": time} | fields


async def signed_in(*answers: object, asset_class: AssetClass = AssetClass.STOCK) -> list[Any]:
    heard: list[Any] = []

    async def answer(socket: ServerConnection) -> None:
        for number, said in enumerate(answers):
            if number:
                heard.append(msgpack.unpackb(await socket.recv()))
            await socket.send(frame(said))

    async with server(answer) as port, connect(f"ws://127.0.0.1:{port}") as socket:
        await line(port=port, asset_class=asset_class).sign_in(socket)
    return heard


async def test_signing_in_waits_for_each_answer_and_asks_for_bars_corrections_and_halts() -> None:
    assert await signed_in(CONNECTED, AUTHENTICATED, SUBSCRIBED) == [
        {"action": "auth", "key": "PKX", "secret": "hidden"},
        {"action": "subscribe", "bars": ["AAPL"], "updatedBars": ["AAPL"], "statuses": ["AAPL"]},
    ]


async def test_pairs_have_no_halts() -> None:
    heard = await signed_in(CONNECTED, AUTHENTICATED, SUBSCRIBED, asset_class=AssetClass.CRYPTO)
    assert heard[1] == {"action": "subscribe", "bars": ["BTC/USD"], "updatedBars": ["BTC/USD"]}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (
            [{"T": "error", "code": 406, "msg": "connection limit exceeded"}],
            "Alpaca says 406 connection limit exceeded",
        ),
        ([CONNECTED, {"T": "error", "code": 402, "msg": "auth failed"}], "Alpaca says 402 auth failed"),
        ([CONNECTED, AUTHENTICATED, {"T": "error", "code": 405, "msg": "symbol limit exceeded"}], "405 symbol limit"),
        ([AUTHENTICATED], "Alpaca did not say connected"),
        ([CONNECTED, CONNECTED], "Alpaca did not say authenticated"),
    ],
)
async def test_refusal_is_told_with_the_venues_words_and_no_key(answers: list[object], told: str) -> None:
    with pytest.raises(SignInRefused, match=told) as caught:
        await signed_in(*answers)
    assert "hidden" not in str(caught.value)


def test_bars_are_read_with_their_minute() -> None:
    first, second = line().read(frame(bar(0), bar(1)))
    assert isinstance(first, LiveBar)
    assert isinstance(second, LiveBar)
    assert (first.start, first.end) == (instant_of(OPEN), instant_of(OPEN) + MINUTE)
    assert (first.open, first.high, first.low, first.close, first.volume) == (1.0, 2.0, 0.5, 1.5, 10.0)
    assert (first.is_correction, first.source, second.start) == (False, Source.STREAM, first.end)


def test_bar_that_comes_twice_is_told_once_and_another_of_its_minute_is_a_correction() -> None:
    one = line()
    assert len(one.read(frame(bar()))) == 1
    assert one.read(frame(bar())) == []
    (corrected,) = one.read(frame(bar(c=1.6)))
    (updated,) = one.read(frame(bar(c=1.7, T="u")))
    assert [isinstance(each, LiveBar) and each.is_correction for each in (corrected, updated)] == [True, True]


@pytest.mark.parametrize(
    "broken", [{"S": "MSFT"}, {"o": None}, {"o": "1.0"}, {"t": "soon"}, {"t": None}, {"v": None}, {"S": None}]
)
def test_bar_that_is_not_understood_is_told_to_the_log_and_stops_nothing(broken: dict[str, object]) -> None:
    told = Told()
    found = line(told=told).read(frame(bar(**broken), bar(1)))
    assert len(found) == 1
    assert [what for what, _ in told] == ["bar not understood"]


@pytest.mark.parametrize(
    "nothing", ["text", b"\xc1", b"", frame()[:0], msgpack.packb({"T": "b"}), msgpack.packb([1, None])]
)
def test_frame_that_tells_nothing_stops_nothing(nothing: str | bytes) -> None:
    assert line().read(nothing) == []


def test_errors_and_other_messages_are_told_or_passed_over() -> None:
    told = Told()
    found = line(told=told).read(frame({"T": "error", "code": 407, "msg": "slow client"}, {"T": "t"}, {"T": "q"}))
    assert found == []
    assert told == [("feed error", {"feed": "stock_bars", "code": 407, "message": "slow client"})]


@pytest.mark.parametrize(("code", "halted"), [("H", True), ("2", True), ("P", True), ("T", False), ("3", False)])
def test_halts_and_resumptions_of_both_tapes(code: str, halted: bool) -> None:
    (found,) = line().read(frame({"T": "s", "S": "AAPL", "sc": code, "sm": "why", "t": OPEN}))
    assert found == HaltChanged(symbol="AAPL", is_halted=halted, reason="why", time=OPEN)


def test_status_that_is_neither_says_nothing() -> None:
    assert line().read(frame({"T": "s", "S": "AAPL", "sc": "Q", "t": OPEN}, {"T": "s", "S": None, "sc": "H"})) == []


async def test_gap_is_filled_from_the_newest_bar_on() -> None:
    wall = SleepingWall(datetime(2024, 3, 4, 15, 4, 30, tzinfo=UTC))
    one = line(History(range(6)), wall=wall)
    one.read(frame(bar(1)))
    found = await one.repair(OPEN)
    assert [(each.start - instant_of(OPEN)) // MINUTE for each in found] == [2, 3]
    assert {each.source for each in found} == {Source.POLL}
    assert await one.repair(OPEN) == []


async def test_silence_is_asked_after_in_hours_once_in_its_time() -> None:
    wall, history = SleepingWall(OPEN), History()
    one = line(history, wall=wall)
    silent = wall.now()
    wall.pass_by(89)
    assert await one.missed(silent) == []
    assert history.asked == 0
    wall.pass_by(2)
    for _ in range(3):
        assert await one.missed(silent) == []  # there was nothing to be said
    assert history.asked == 1
    history.starts = [instant_of(OPEN) + minute * MINUTE for minute in range(3)]
    wall.pass_by(90)
    assert [(each.start - instant_of(OPEN)) // MINUTE for each in await one.missed(silent)] == [0, 1]


@pytest.mark.parametrize(
    ("time", "asset_class", "asks"),
    [
        (datetime(2024, 3, 9, 15, tzinfo=UTC), AssetClass.STOCK, False),  # a Saturday
        (datetime(2024, 3, 9, 15, tzinfo=UTC), AssetClass.CRYPTO, True),
        (datetime(2024, 3, 4, 3, tzinfo=UTC), AssetClass.STOCK, False),  # at night
        (datetime(2024, 3, 4, 9, 30, tzinfo=UTC), AssetClass.STOCK, True),  # before the open
        (datetime(2024, 3, 5, 0, 30, tzinfo=UTC), AssetClass.STOCK, True),  # after the close, before 20:00 New York
        (datetime(2024, 3, 29, 15, tzinfo=UTC), AssetClass.STOCK, False),  # Good Friday
    ],
)
async def test_market_that_is_closed_is_left_alone(time: datetime, asset_class: AssetClass, asks: bool) -> None:
    wall, history = SleepingWall(time), History()
    one = line(history, asset_class=asset_class, wall=wall)
    silent = wall.now()
    wall.pass_by(100)
    await one.missed(silent)
    assert (history.asked > 0) is asks


async def test_feed_whose_symbols_are_all_halted_is_left_alone() -> None:
    wall, history = SleepingWall(OPEN), History()
    one = line(history, wall=wall)
    one.read(frame({"T": "s", "S": "AAPL", "sc": "H", "t": OPEN}))
    silent = wall.now()
    wall.pass_by(600)
    await one.missed(silent)
    assert history.asked == 0
    one.read(frame({"T": "s", "S": "AAPL", "sc": "T", "t": OPEN}))
    await one.missed(silent)
    assert history.asked == 1
