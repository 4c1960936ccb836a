"""The market as it goes through time: who hears what, and when."""

import asyncio
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.rehearsals.hand_market import MINUTE, MarketByHand, Row, at, listed, nothing_to_send
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.session_bar import SessionBar
from weaver.rehearsal.market.bars.timeframes import parse_timeframe
from weaver.rehearsal.market.publication import Channel
from weaver.rehearsal.market.wire import Instant
from weaver.rehearsal.ports import MAX, Correction

ROWS: list[Row] = [(10, 12, 9, 11, 100), (11, 13, 10.5, 12, 200), (12, 12.5, 11.5, 12.25, 300), (12, 14, 12, 13, 400)]
NOON = "2024-03-13T16:00Z"


def one_stock(now: str = NOON) -> MarketByHand:
    return MarketByHand(listed("AAA", ROWS, start=NOON), now=now)


def bar_times(market: MarketByHand) -> list[str]:
    return [str(fields["t"]) for fields in market.heard.of(Channel.BARS)]


def closes(market: MarketByHand) -> list[float]:
    bars = market.market.history["AAA"].bars(parse_timeframe("1Min"), 0, market.clock.now)
    return bars.close.tolist()


def test_a_bar_becomes_public_at_its_end() -> None:
    market = one_stock()
    market.advance(59.998)
    assert bar_times(market) == []
    assert closes(market) == []
    market.advance(0.002)
    assert bar_times(market) == ["2024-03-13T16:00:00Z"]
    assert closes(market) == [11]
    market.advance(180)
    assert closes(market) == [11, 12, 12.25, 13]
    market.advance(3600)
    assert len(bar_times(market)) == 4


def test_bars_of_one_instant_are_told_together_and_before_anybody_else_hears() -> None:
    late = listed("CCC", ROWS[:2], start=NOON, minutes=[0, 2])
    market = MarketByHand(listed("AAA", ROWS, start=NOON), listed("BBB", ROWS, start=NOON), late, now=NOON)
    told: list[tuple[int, list[str], int]] = []

    def on_bars(instant: int, bars: dict[str, SessionBar]) -> None:
        told.append(((instant - at(NOON)) // MINUTE, list(bars), len(market.heard.of(Channel.BARS))))

    market.market.subscribe(on_bars)  # type: ignore[arg-type]
    market.advance(180)
    assert told == [(1, ["AAA", "BBB", "CCC"], 0), (2, ["AAA", "BBB"], 3), (3, ["AAA", "BBB", "CCC"], 5)]


def test_a_bar_for_orders_counts_prices_exactly_and_knows_its_session() -> None:
    market = MarketByHand(listed("AAA", [(10.01, 10.07, 9.99, 10.03, 5)], start="2024-03-13T19:59Z"), now=NOON)
    seen: list[SessionBar] = []
    market.market.subscribe(lambda _, bars: seen.extend(bars.values()))
    market.advance(4 * 3600)
    one, scale = seen[0], market.market.assets["AAA"].scale
    assert [scale.price_decimal(price) for price in one[:4]] == [
        Decimal(p) for p in ("10.01", "10.07", "9.99", "10.03")
    ]
    assert one.volume == 5
    assert (one.start, one.opened, one.end) == (
        at("2024-03-13T19:59Z"),
        at("2024-03-13T19:59Z"),
        at("2024-03-13T20:00Z"),
    )
    assert (one.session.close, one.session.extended_close) == (at("2024-03-13T20:00Z"), at("2024-03-14T00:00Z"))
    assert one.is_regular


def test_trades_and_quotes_come_while_their_bar_is_in_the_making() -> None:
    market = one_stock()
    market.advance(30)
    assert [fields["p"] for fields in market.heard.of(Channel.TRADES)] == [10, 9]
    assert [(fields["bp"], fields["ap"]) for fields in market.heard.of(Channel.QUOTES)] == [(9.99, 10.01), (8.99, 9.01)]
    assert market.market.history["AAA"].newest_trade().price.tolist() == [9]
    market.advance(30)
    assert market.market.history["AAA"].newest_trade().price.tolist() == [11]
    assert str(market.heard.of(Channel.TRADES)[-1]["t"]) == "2024-03-13T16:00:59.999Z"


def test_the_price_is_the_newest_close_or_trade() -> None:
    market = one_stock()
    assert market.market.price("AAA") is None
    market.advance(60)
    assert market.market.price("AAA") == Decimal(11)
    market.market.trade("AAA", Decimal("20.5"))
    assert market.market.price("AAA") == Decimal("20.5")
    assert market.heard.of(Channel.TRADES)[-1]["p"] == 20.5
    assert market.market.history["AAA"].newest_trade().price.tolist() == [20.5]
    market.advance(60)
    assert market.market.price("AAA") == Decimal(12)
    assert closes(market) == [11, 12]
    assert 20.5 in market.market.history["AAA"].trades(0, market.clock.now).price.tolist()


def test_the_previous_close_is_the_last_regular_one_of_a_session_before() -> None:
    rows: list[Row] = [(10, 10, 10, 10, 1), (11, 11, 11, 11, 1), (12, 12, 12, 12, 1)]
    minutes = [0, 240, 24 * 60]  # noon, 16:00 New York, noon of the next day
    market = MarketByHand(listed("AAA", rows, start=NOON, minutes=minutes), now="2024-03-14T16:05Z")
    assert market.market.previous_close("AAA") == Decimal(10)
    assert one_stock("2024-03-13T17:00Z").market.previous_close("AAA") is None


def test_a_late_bar_reaches_orders_in_time_and_everybody_else_late() -> None:
    market, told = one_stock(), list[int]()
    market.market.subscribe(lambda instant, _: told.append((instant - at(NOON)) // MINUTE))
    market.faults.delays["AAA"] = 90
    market.advance(149)
    assert told == [1, 2]
    assert bar_times(market) == ["2024-03-13T16:01:00Z"]
    assert closes(market) == [12]
    market.advance(1)
    assert bar_times(market) == ["2024-03-13T16:01:00Z", "2024-03-13T16:00:00Z"]
    assert closes(market) == [11, 12]


@pytest.mark.parametrize(
    ("values", "close", "high"), [({}, 11.01, 12), ({"c": Decimal("11.5"), "h": Decimal(13)}, 11.5, 13)]
)
def test_a_corrected_bar_is_told_anew_and_history_has_it_from_then_on(
    values: dict[str, Decimal], close: float, high: float
) -> None:
    market = one_stock()
    market.faults.corrections["AAA"] = Correction(seconds=30, values=values)
    market.advance(89)
    assert closes(market) == [11]
    market.advance(1)
    assert closes(market) == [close]
    updated = market.heard.of(Channel.UPDATED_BARS)
    assert [(str(one["t"]), one["c"], one["h"]) for one in updated] == [("2024-03-13T16:00:00Z", close, high)]
    assert [one["c"] for one in market.heard.of(Channel.BARS)] == [11]


def test_a_halted_symbol_has_no_bars_until_it_goes_on_and_says_so() -> None:
    market, told = one_stock(), list[int]()
    market.market.subscribe(lambda instant, _: told.append((instant - at(NOON)) // MINUTE))
    market.advance(60)
    market.faults.halt("AAA", is_halted=True)
    market.advance(120)
    market.faults.halt("AAA", is_halted=False)
    market.advance(60)
    assert told == [1, 4]
    assert closes(market) == [11, 13]
    assert [fields["sc"] for fields in market.heard.of(Channel.STATUSES)] == ["H", "T"]
    assert market.market.history["AAA"].trades(at("2024-03-13T16:01Z"), at("2024-03-13T16:03Z")).price.tolist() == []


def test_after_a_halt_the_newest_is_what_was_before_it() -> None:
    market = MarketByHand(listed("AAA", ROWS * 3, start=NOON), now=NOON)
    market.advance(60)
    market.faults.halt("AAA", is_halted=True)
    market.advance(600)
    market.faults.halt("AAA", is_halted=False)
    market.advance(1)
    history = market.market.history["AAA"]
    assert market.market.price("AAA") == Decimal(11)
    assert history.newest_bar().close.tolist() == [11]
    assert history.newest_trade().price.tolist() == [11]
    assert str(market.heard.of(Channel.STATUSES)[-1]["t"]) == "2024-03-13T16:11:00Z"


def test_the_previous_close_follows_a_split() -> None:
    rows: list[Row] = [(100, 100, 100, 100, 1), (99, 99, 99, 99, 1)]
    market = MarketByHand(listed("AAA", rows, start=NOON, minutes=[0, 24 * 60]), now="2024-03-14T16:05Z")
    market.market.split("AAA", Fraction(3))
    assert market.market.previous_close("AAA") == Decimal("33.3333")
    assert market.market.price("AAA") == Decimal(33)


def test_a_split_divides_what_is_to_come_and_becomes_a_corporate_action() -> None:
    market = one_stock()
    market.advance(60)
    market.market.split("AAA", Fraction(4))
    assert market.market.price("AAA") == Decimal("2.75")
    market.advance(60)
    assert closes(market) == [11, 3]
    assert market.heard.of(Channel.BARS)[-1]["v"] == 800
    (action,) = market.market.history["AAA"].actions()
    assert str(action.ex_date) == "2024-03-13"


def test_the_days_bar_grows_with_each_bar() -> None:
    market = one_stock()
    market.advance(120)
    days = market.heard.of(Channel.DAILY_BARS)
    assert [(one["o"], one["h"], one["c"], one["v"]) for one in days] == [(10, 12, 11, 100), (10, 13, 12, 300)]
    assert isinstance(days[0]["t"], Instant)
    assert str(days[0]["t"]) == "2024-03-13T04:00:00Z"


def test_pairs_have_order_books_and_stocks_have_none() -> None:
    pair = listed("BTC/USD", ROWS, start=NOON, asset_class=AssetClass.CRYPTO)
    market = MarketByHand(listed("AAA", ROWS, start=NOON), pair, now=NOON)
    market.advance(15)
    assert [symbol for channel, symbol, _ in market.heard.messages if channel is Channel.ORDERBOOKS] == ["BTC/USD"]


def test_before_the_open_there_is_no_days_bar_yet() -> None:
    early = listed("AAA", ROWS, start="2024-03-13T12:00Z")
    market = MarketByHand(early, now="2024-03-13T12:00Z")
    market.advance(240)
    assert len(market.heard.of(Channel.BARS)) == 4
    assert market.heard.of(Channel.DAILY_BARS) == []


def test_a_clock_that_does_not_wait_stops_at_the_last_bar() -> None:
    market = one_stock()
    market.clock.schedule(at("2030-01-01T00:00Z"), lambda: None)
    market.clock.set_pace(MAX)

    async def scenario() -> None:
        task = asyncio.create_task(market.clock.run(nothing_to_send))
        for _ in range(200):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(scenario())
    assert market.clock.now == at("2024-03-13T16:04Z")
    assert len(market.heard.of(Channel.BARS)) == 4
