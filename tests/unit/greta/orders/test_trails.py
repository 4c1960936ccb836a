"""Trailing stops over many bars at once: the mark, the first bar that may reach the level; by hand, bar for bar."""

import copy
import pickle
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.builders import FIRST_DAY, backtest, crypto_bars, told
from weaver import Strategy
from weaver.greta.ledger.prices import Prices, scale_of
from weaver.greta.orders.trails import NEVER, Side, Trail, Trails, is_trailing
from weaver.model.account.costs import Costs
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import DAY, HOUR, MINUTE
from weaver.model.numbers.amount import Amount
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderEvent
from weaver.model.orders.trailing import set_level

HIGHS = [100.0, 103, 108, 107, 112, 111, 109, 130]
LOWS = [100.0, 99, 104, 105, 108, 107, 104, 100]


def prices_of(bars: Bars) -> Prices:
    listing = Listing(instrument=Instrument.default(bars.symbol, AssetClass.CRYPTO), bars=bars)
    return Prices(listing, Costs(), scale_of(listing, Costs()))


def market(highs: list[float] = HIGHS, lows: list[float] = LOWS) -> Prices:
    """Eight hourly bars, which the clock ticks with."""
    return prices_of(crypto_bars(lows, opens=lows, highs=highs, lows=lows))


def trailing(prices: Prices, sign: int = -1, *, mark: float = 100, **terms: Any) -> Order:
    """A trailing stop of one unit that has started, five away unless it is said otherwise."""
    order = Order(1, prices.scale, sign, prices.scale.quantity_one, 0)
    order.order_type, order.is_plain = OrderType.TRAILING_STOP, False
    order.mark = int(mark * prices.scale.price_one)
    order.trail_units = 5 * prices.scale.price_one
    for name, value in terms.items():
        setattr(order, name, value)
    set_level(order)
    return order


def search(prices: Prices, order: Order, bar: int = 1) -> Trail:
    """A search that begins with a bar."""
    trail = Trail(prices, Side(prices, order.sign), order, bar)
    trail.begin(0)
    return trail


def first(prices: Prices, order: Order, start: int, stop: int, *, now: int = 0) -> int:
    """Of a search from the tick after `now` on, which has come as far as `start` and found nothing."""
    trail = search(prices, order, now + 1)
    assert trail.first(now + 1, start) == NEVER
    return trail.first(start, stop)


def test_first_bar_that_reaches_the_level_is_found_wherever_the_search_begins() -> None:
    # Levels in force at bars 1 to 7: 95 98 103 103 107 107 107, five below the highest high before each.
    prices = market()
    order = trailing(prices)
    assert first(prices, order, 1, 8) == 5  # its low of 107 is the level that the 112 of the bar before has set
    assert [first(prices, order, start, 8) for start in range(1, 6)] == [5, 5, 5, 5, 5]
    assert first(prices, order, 1, 5) == NEVER
    assert first(prices, order, 4, 4) == NEVER
    assert first(prices, order, 8, 20, now=7) == NEVER


def by_hand(highs: list[float], lows: list[float], sign: int, mark: float, away: Decimal, *, is_percent: bool) -> int:
    """The first bar after the first that reaches the level, bar by bar."""
    ahead, behind = (highs, lows) if sign < 0 else (lows, highs)
    best = Decimal(str(mark))
    for bar in range(1, len(ahead)):
        level = best * (1 + sign * away / 100) if is_percent else best + sign * away
        level = level.quantize(Decimal("1e-8"), ROUND_HALF_EVEN)
        if sign * (Decimal(str(behind[bar])) - level) >= 0:
            return bar
        best = min(best * sign, Decimal(str(ahead[bar])) * sign) * sign
    return NEVER


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("is_percent", [True, False])
def test_search_finds_what_going_bar_by_bar_does(sign: int, is_percent: bool) -> None:
    found = Counter[int]()
    for seed in range(150):
        chance = np.random.default_rng(seed)
        closes = 100 + np.cumsum(chance.integers(-20, 21, 150)) / 100
        spread = chance.integers(0, 15, (2, 150)) / 100
        highs, lows = (np.round(column, 2).tolist() for column in (closes + spread[0], closes - spread[1]))
        prices, away = market(highs, lows), Decimal(int(chance.integers(5, 150))) / 100
        mark, terms = float(round(closes[0], 2)), {"trail_units": None, "trail_percent": Amount(away)}
        if not is_percent:
            terms = {"trail_units": int(away * prices.scale.price_one)}
        order = trailing(prices, sign, mark=0, **terms)
        order.mark = round(mark * 100) * prices.scale.price_one // 100
        trail, stops = search(prices, order), sorted({1, *chance.integers(2, 150, 3).tolist(), 150})
        touches = (trail.first(start, stop) for start, stop in pairwise(stops))
        expected = by_hand(highs, lows, sign, mark, away, is_percent=is_percent)
        assert next((touch for touch in touches if touch < NEVER), NEVER) == expected, seed
        found[expected] += 1
    assert len(found) > 30


def test_level_of_a_percentage_and_of_a_short_position() -> None:
    prices = market()
    percent = {"trail_units": None, "trail_percent": Amount(3)}
    # 3 % below: 97, 99.91, 104.76, 104.76, 108.64; the lows 99, 104, 105 stay above, the 108 of bar 4 does too.
    assert first(prices, trailing(prices, **percent), 1, 8) == 5
    mirrored = market(highs=[200 - low for low in LOWS], lows=[200 - high for high in HIGHS])
    assert first(mirrored, trailing(mirrored, 1), 1, 8) == 5
    assert first(mirrored, trailing(mirrored, 1), 1, 5) == NEVER


class Standing:
    """A clock that somebody moves."""

    def __init__(self, tick: int = 0) -> None:
        self.tick = tick
        self.ticks = np.empty(0, dtype=np.int64)
        self.now = 0


def trails_of(book: list[Order], prices: Prices, clock: Standing) -> Trails:
    """They have all had a turn at the clock's tick."""
    trails = Trails(book, {"BTC/USD": prices}, clock)
    trails.begin(clock.tick)
    trails.end(clock.tick, are_moved=True)
    return trails


def test_mark_follows_the_bars_since_the_last_look() -> None:
    prices, clock = market(), Standing()
    order = trailing(prices)
    trails = trails_of([order], prices, clock)
    levels = []
    for clock.tick in (1, 3, 3, 4):
        levels.append(order.stop)
    assert levels == [98, 103, 103, 107]
    trails.begin(7)
    trails.stand_still()
    order.mark = 120 * prices.scale.price_one
    set_level(order)
    clock.tick = 7
    trails.end(7, are_moved=True)  # the turn has taken the mark along, whatever that bar's high of 130 says
    assert order.stop == 115


def test_level_is_where_the_clock_is_whenever_somebody_looks_but_for_while_bars_have_their_turn() -> None:
    prices, clock = market(), Standing()
    order = trailing(prices)
    trails = trails_of([order], prices, clock)
    levels = []
    for clock.tick in (1, 4):
        levels.append(order.stop)
    assert levels == [98, 107]
    clock.tick = 7
    trails.begin(7)  # up to the bar before
    assert order.stop == 107
    trails.end(7, are_moved=False)
    assert (order.stop, order.mark) == (125, 130 * prices.scale.price_one)


def test_level_of_one_that_is_cancelled_stays_what_it_was_then() -> None:
    prices, clock = market(), Standing()
    order = trailing(prices)
    book = [order]
    trails_of(book, prices, clock)
    clock.tick = 4
    order.happen(OrderEvent.CANCEL)
    book.clear()
    clock.tick = 7
    assert order.stop == 107


def test_copy_is_an_order_like_any_other_at_the_level_of_now() -> None:
    prices, clock = market(), Standing()
    order = trailing(prices)
    trails_of([order], prices, clock)
    assert type(order) is not Order
    clock.tick = 4
    for copied in (copy.copy(order), pickle.loads(pickle.dumps(order))):
        clock.tick = 7
        assert type(copied) is Order
        assert (copied.stop, copied.trail, copied.order_type) == (107, 5, OrderType.TRAILING_STOP)
        clock.tick = 4


def test_bar_that_comes_within_a_tick_of_the_level_does_not_reach_it() -> None:
    # Levels of 95 in force at bar 1, and of 98 after its high of 103; bar 1 stops a cent above its own.
    near = market(highs=[100.0, 103, 103, 103], lows=[100.0, 95.01, 98.01, 98.0])
    order = trailing(near)
    assert first(near, order, 1, 4) == 3
    assert first(near, order, 1, 3) == NEVER


def test_mark_of_a_short_position_follows_the_lows() -> None:
    prices = market(highs=[200 - low for low in LOWS], lows=[200 - high for high in HIGHS])
    order, clock = trailing(prices, 1), Standing()
    trails_of([order], prices, clock)
    clock.tick = 4
    assert (order.mark, order.stop) == (88 * prices.scale.price_one, 93)


def test_only_a_trailing_stop_that_has_started_and_still_works_goes_along() -> None:
    prices = market()
    ended = trailing(prices)
    ended.happen(OrderEvent.CANCEL)
    others = [
        trailing(prices, waiting=True),
        trailing(prices, triggered=True),
        trailing(prices, order_type=OrderType.STOP),
        ended,
    ]
    unstarted = trailing(prices)
    unstarted.mark = None
    book, clock = [*others, unstarted], Standing()
    trails_of(book, prices, clock)
    assert not any(map(is_trailing, book))
    clock.tick = 7
    assert {order.mark for order in others} == {100 * prices.scale.price_one}
    assert unstarted.mark is None


def test_ticks_of_other_symbols_between_two_bars_change_nothing() -> None:
    prices = market()
    ends = prices.listing.bars.end
    prices.align(np.unique(np.concatenate([ends, ends - HOUR // 2])))  # bar k closes at tick 2k + 1
    order = trailing(prices)
    assert first(prices, order, 2, 16, now=1) == 11
    assert first(prices, order, 2, 11, now=1) == NEVER
    assert first(prices, order, 10, 11, now=1) == NEVER  # no bar of its own closes at tick 10
    clock = Standing(1)
    trails_of([order], prices, clock)
    clock.tick = 2
    assert order.stop == 95
    clock.tick = 8  # bars 1 to 3
    assert order.stop == 103
    clock.tick = 9
    assert order.stop == 107


# A trailing stop that is placed inside a bar of its symbol, at a tick of another calendar's, with more of them between

OPENING = FIRST_DAY * DAY + 13 * HOUR + HOUR // 2
"""Half past nine in New York: bars of the stock open on half hours, those of the coin on hours."""


class BarByBar(Strategy):
    """Buys the stock at its first close, and guards it at the coin's third, half an hour into a bar of the stock."""

    def on_bar(self, bar: Any) -> None:
        if bar.symbol == "AAA" and bar.close == 99:
            self.enter(bar)
        if bar.symbol == "BTC/USD" and bar.close == 3:
            self.guard(bar)

    def enter(self, _bar: Any) -> None:
        self.buy("AAA", 1)

    def guard(self, _bar: Any) -> None:
        self.sell("AAA", 1, trail=5, tif="gtc")


class BySignal(BarByBar):
    def on_start(self) -> None:
        self.when(self.series("AAA").close == 99, self.enter)
        self.when(self.series("BTC/USD").close == 3, self.guard)

    on_bar = Strategy.on_bar


class Hearing(BarByBar):
    """What happens to its orders is told to it, so none goes the short way."""

    def on_order(self, order: Any) -> None:
        assert order.symbol == "AAA"


@pytest.mark.parametrize("strategy", [BarByBar, BySignal, Hearing])
@pytest.mark.parametrize("low", [90, 96])
def test_trailing_stop_begins_with_the_bar_that_opens_after_it_was_placed(strategy: type[Strategy], low: float) -> None:
    stock = crypto_bars(
        [99, 100, 115, 103, 100, 97], symbol="AAA", first=OPENING,
        opens=[99, 100, 100, 101, 103, 100], highs=[99, 100, 120, 104, 103, 100], lows=[99, 100, low, 99.5, 98, 96],
    )  # fmt: skip
    coin = crypto_bars([1, 2, 3, 4, 5, 6], first=OPENING - HOUR // 2)
    others = [
        crypto_bars([7] * 6, symbol=f"X{minutes}/USD", first=OPENING - HOUR // 2 + minutes * MINUTE)
        for minutes in (5, 15, 25)
    ]
    assert stock.end[1] < coin.end[2] < others[0].end[2] < others[2].end[2] < stock.end[2]
    result = backtest(strategy, [stock, coin, *others])
    # The close when it was placed is 100. The bar that is open then may fall under the level of 95, and rises to 120:
    # neither counts. The next one's 104 moves the level to 99, which the one after reaches from above.
    assert told(result) == ["buy 1 @ 100", "sell 1 @ 99"]
    assert [fill.bar_timestamp.isoformat()[11:16] for fill in result.fills] == ["14:30", "17:30"]
    assert result.orders[-1].stop == Decimal(99)
