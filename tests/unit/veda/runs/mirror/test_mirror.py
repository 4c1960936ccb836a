"""The account that a live strategy sees, where a backtest has nothing to compare it with: races, overfills, fees."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from weaver.marvin.orders.closed_trades import ClosedTrades
from weaver.marvin.series.feed import WholeFeed
from weaver.marvin.series.timeline import Clock
from weaver.model.account.margin import AccountRules
from weaver.model.calendar.days.new_york import extended_from
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import RunFailed
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import ExitGroup, Order
from weaver.model.orders.status import OrderStatus
from weaver.model.orders.venue import VENUES
from weaver.veda.inputs import (
    CashMoved,
    HouseFilled,
    InputBar,
    LateBar,
    OrderFilled,
    OrderMoved,
    SplitSeen,
    TickInputs,
    Update,
)
from weaver.veda.runs.mirror.mirror import AccountMirror

S = OrderStatus
STOCK = Instrument.default("AAA", AssetClass.STOCK).scale()
COIN = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO, tick=Decimal("0.01"), lot=Decimal("0.0001")).scale()
ONE = STOCK.price_one


def mirror(**given: Any) -> AccountMirror:
    usual = {
        "rules": AccountRules(cash=Decimal(1000)),
        "scales": {"AAA": STOCK, "BTC/USD": COIN},
        "closes": {"AAA": 10.0},
        "venue": None,
    }
    return AccountMirror(**{**usual, **given})


def order_of(number: int = 1, units: int = 10, sign: int = 1, scale: Any = STOCK) -> Order:
    return Order(number, scale, sign, units, 0)


def tell(account: AccountMirror, *updates: Update, bars: tuple[InputBar, ...] = ()) -> list[Order | Fill]:
    return list(account.apply(TickInputs(number=1, time=100, updates=updates, bars=bars)))


def filled(number: int = 1, quantity: str = "10", price: str = "10", status: S = S.FILLED, **more: Any) -> OrderFilled:
    given = {"commission": Decimal(0), "time": 90, "bar_time": 60, **more}
    return OrderFilled(number=number, status=status, quantity=Decimal(quantity), price=Decimal(price), **given)


def closed_by_weaver(time: int) -> HouseFilled:
    return HouseFilled(
        symbol="AAA", side=Side.SELL, quantity=Decimal(10), price=Decimal(11), commission=Decimal(1), time=time
    )


def moved(status: S, number: int = 1, **more: Any) -> OrderMoved:
    return OrderMoved(number=number, status=status, **more)


def bar_of(close: float, *, symbol: str = "AAA", **more: Any) -> InputBar:
    return InputBar(symbol=symbol, start=0, end=1, open=close, high=close, low=close, close=close, volume=1.0, **more)


def entry_with_exits(account: AccountMirror) -> tuple[Order, Order, Order]:
    entry, profit, loss = order_of(1), order_of(2, sign=-1), order_of(3, sign=-1)
    group = ExitGroup(entry=entry)
    entry.exits = group
    for leg in (profit, loss):
        leg.group, leg.waiting, leg.reduce_only, leg.order_class = group, True, True, OrderClass.BRACKET
        group.legs.append(leg)
    for order in (entry, profit, loss):
        account.place(order)
    return entry, profit, loss


def test_cash_and_equity_move_with_fills_and_closes() -> None:
    account = mirror()
    account.place(order_of())
    tell(account, filled(price="10.5", commission=Decimal("0.25")), bars=(bar_of(11.0),))
    assert account.cash() == 89_475_000_000  # 1000 - 105 - 0.25
    assert account.equity() == 100_475_000_000  # and 10 at 11
    assert account.position("AAA").average_price == Decimal("10.5")
    assert account.held == {"AAA": 10, "BTC/USD": 0}


def test_a_price_of_more_decimals_than_are_counted_is_paid_exactly() -> None:
    account = mirror()
    account.place(order_of(units=3))
    (_, fill) = tell(account, filled(quantity="3", price="10.1234567891"))
    assert isinstance(fill, Fill)
    assert fill.price == Decimal("10.1234567891")
    assert account.cash() == 96_962_962_963  # 1000 - 30.3703703673, to 1e-8


def test_missed_bars_count_and_late_ones_do_not() -> None:
    account = mirror()
    account.apply(
        TickInputs(
            number=1,
            time=1,
            bars=(bar_of(11.0, is_missed=True), bar_of(12.0)),
            late=(LateBar(bar=bar_of(99.0), is_correction=True),),
        )
    )
    assert account.close("AAA") == 12 * ONE


def test_a_cancelled_order_has_ended_at_once_with_the_legs_that_wait_for_it() -> None:
    account = mirror()
    entry, profit, loss = entry_with_exits(account)
    account.cancel(entry, "cancelled by the strategy")
    assert [order.status for order in (entry, profit, loss)] == [S.CANCELLED] * 3
    assert profit.reason == "its entry was cancelled"
    assert account.working() == []


def test_what_was_on_its_way_does_not_bring_a_cancelled_order_back() -> None:
    account, order = mirror(), order_of()
    account.place(order)
    account.cancel(order, "cancelled by the strategy")
    assert tell(account, moved(S.SUBMITTED), moved(S.ACCEPTED)) == [order, order]
    assert order.status is S.CANCELLED
    assert tell(account, moved(S.CANCELLED)) == [order]
    assert account.working() == []


def test_a_fill_that_beats_the_cancel_is_booked_and_the_venue_has_the_last_word() -> None:
    account, order = mirror(), order_of()
    account.place(order)
    account.cancel(order, "cancelled by the strategy")
    tell(account, filled(quantity="4", status=S.PARTIAL))
    assert (order.status, order.filled, account.held["AAA"]) == (S.CANCELLED, 4, 4)
    tell(account, filled(quantity="6"))
    assert (order.status, order.filled, account.held["AAA"]) == (S.FILLED, 10, 10)


def test_an_order_that_could_not_be_cancelled_works_again() -> None:
    account, order, younger = mirror(), order_of(), order_of(2)
    account.place(order)
    account.place(younger)
    order.cancel_asked = True
    account.cancel(order, "cancelled by the strategy")
    tell(account, moved(S.ACCEPTED, reason="the venue refused to cancel it"))
    assert (order.status, order.cancel_asked) == (S.ACCEPTED, False)
    assert account.working() == [order, younger]


def test_an_order_whose_replacement_was_refused_stands_in_its_old_place() -> None:
    account = mirror()
    entry, profit, loss = entry_with_exits(account)
    new = order_of(4, sign=-1)
    new.take_over(profit)
    account.place(new)
    account.replaced(profit, new)
    assert entry.legs == (new, loss)
    tell(
        account, moved(S.REJECTED, 4, reason="no"), moved(S.PENDING, 2, reason="order 4, its replacement, was refused")
    )
    assert entry.legs == (profit, loss)
    assert (profit.status, profit.replaced_by) == (S.PENDING, None)
    assert account.working() == [entry, profit, loss]


def test_exits_of_an_entry_that_filled_before_its_cancel_work_again() -> None:
    account = mirror()
    entry, profit, loss = entry_with_exits(account)
    tell(account, moved(S.ACCEPTED, number=1))
    account.cancel(entry, "no more")  # it has filled already, and the strategy does not know
    assert list(account.working()) == []
    tell(account, filled(number=1), moved(S.ACCEPTED, number=2))
    assert entry.status is S.FILLED
    assert list(account.working()) == [profit, loss], "the venue holds both, though it told of one only"
    assert [(leg.units, leg.waiting, leg.reason) for leg in (profit, loss)] == [(10, False, "")] * 2
    account.cancel(profit, "close")
    account.cancel(loss, "close")
    tell(account, moved(S.ACCEPTED, number=3))  # on its way before: what it cancelled itself stays so
    assert list(account.working()) == []


def test_exits_that_show_themselves_work_again_though_their_entry_was_cancelled() -> None:
    account = mirror()
    entry, profit, loss = entry_with_exits(account)
    account.cancel(entry, "no more")
    tell(account, moved(S.ACCEPTED, number=2))
    assert list(account.working()) == [profit, loss]
    tell(account, filled(number=1))
    assert [(leg.units, leg.waiting) for leg in (profit, loss)] == [(10, False)] * 2


def test_exits_that_are_told_to_be_over_stay_so_when_their_entry_fills_late() -> None:
    account = mirror()
    entry, profit, loss = entry_with_exits(account)
    account.cancel(entry, "no more")
    tell(account, moved(S.CANCELLED, number=2), moved(S.CANCELLED, number=3), filled(number=1, status=S.CANCELLED))
    assert list(account.working()) == []
    assert [leg.status for leg in (profit, loss)] == [S.CANCELLED] * 2


def test_legs_follow_what_entered() -> None:
    account = mirror()
    entry, profit, loss = entry_with_exits(account)
    tell(account, filled(quantity="4", status=S.PARTIAL))
    assert [leg.waiting for leg in entry.legs] == [False, False]
    assert [leg.units for leg in entry.legs] == [10, 10]
    account.cancel(entry, "cancelled by the strategy")
    assert [leg.units for leg in entry.legs] == [4, 4]
    tell(account, filled(2, quantity="3", status=S.PARTIAL))
    assert (profit.remaining, loss.units, account.held["AAA"]) == (1, 1, 1)


def test_legs_wait_for_the_whole_entry_where_the_venue_has_it_so() -> None:
    account = mirror(venue=VENUES["alpaca-stocks"])
    entry, _, _ = entry_with_exits(account)
    tell(account, filled(quantity="4", status=S.PARTIAL))
    assert [leg.waiting for leg in entry.legs] == [True, True]
    tell(account, moved(S.ACCEPTED, 2))
    assert [leg.waiting for leg in entry.legs] == [False, False]


def test_what_the_venue_takes_not_is_refused_at_once() -> None:
    account, order = mirror(venue=VENUES["alpaca-crypto"]), order_of(units=1, scale=COIN)
    order.order_type, order.stop_units = OrderType.STOP, 5
    account.place(order)
    assert (order.status, order.reason) == (S.REJECTED, "alpaca-crypto takes no stop orders")
    assert account.working() == []
    assert tell(account, moved(S.REJECTED, reason="alpaca-crypto takes no stop orders")) == [order]


def test_more_than_was_ordered_is_booked() -> None:
    account, order = mirror(), order_of()
    account.place(order)
    tell(account, filled(quantity="12"))
    assert (order.filled, order.remaining, account.held["AAA"]) == (12, 0, 12)
    tell(account, filled(quantity="1"))
    assert (order.filled, order.status, account.held["AAA"]) == (13, S.FILLED, 13)


def test_a_fill_of_a_rejected_order_is_booked() -> None:
    account, order = mirror(), order_of()
    account.place(order)
    tell(account, moved(S.REJECTED, reason="unknown to the venue"), filled(quantity="2", status=S.REJECTED))
    assert (order.status, order.filled, account.held["AAA"]) == (S.REJECTED, 2, 2)


def test_a_fee_in_the_asset_is_not_held() -> None:
    account = mirror()
    account.place(order_of(units=10_000, scale=COIN))
    tell(account, filled(quantity="1", price="100", fee_quantity=Decimal("0.00251")))
    held = account.position("BTC/USD")
    assert account.held["BTC/USD"] == held.units == 9_974  # 1 - 0.00251, the fee rounded up to 0.0026
    assert account.cash() == 90_000_000_000
    assert held.cost + -held.realised == 10_000_000_000  # what the fee had cost is lost
    assert account.equity() == 90_000_000_000 + 9_974_000_000  # at the fill's price: no bar has closed


def test_what_weaver_closes_by_itself_is_told_to_nobody() -> None:
    account = mirror()
    account.place(order_of())
    tell(account, filled())
    assert tell(account, closed_by_weaver(5)) == []
    assert (account.held["AAA"], account.cash()) == (0, 100_900_000_000)
    assert account.position("AAA").realised == 1_000_000_000


def test_what_weaver_closes_is_closed_in_the_newest_bar_of_its_symbol_however_late() -> None:
    account = mirror()
    account.place(order_of())
    bar = bar_of(10.0)
    tell(account, filled(), bars=(bar,))
    house = closed_by_weaver(bar.end + 10**15)
    tell(account, house)
    assert account.deals(0)[-1].made == (house.time, bar.start, False)


def test_what_was_entered_in_a_bar_that_never_came_was_held_for_no_bar() -> None:
    account = mirror()
    account.place(order_of())
    bar = bar_of(10.0)
    tell(account, filled(time=bar.end + 1, bar_time=bar.end), bars=(bar,))
    tell(account, closed_by_weaver(bar.end + 10**15))
    trades, clock = closed_trades(account, [(10.0, 10.0)])
    clock.tick = 0
    [trade] = trades.all()
    assert (trade.bars, trade.mae, trade.mfe) == (0, 0.0, pytest.approx(0.1))


def closed_trades(account: AccountMirror, ranges: Sequence[tuple[float, float]]) -> tuple[ClosedTrades, Clock]:
    """Of bars an instant long, from 0 on, of these lows and highs; none has closed."""
    starts, (low, high) = np.arange(len(ranges), dtype=np.int64), np.array(ranges).T
    bars = Bars(
        symbol="AAA", timeframe=Timeframe.parse("1m"), timestamp=starts, end=starts + 1,
        open=low, high=high, low=low, close=high, volume=low,
    )  # fmt: skip
    listing = Listing(instrument=Instrument.default("AAA", AssetClass.STOCK), bars=bars)
    clock = Clock(bars.end, start=0)
    feed = WholeFeed({"AAA": listing}, clock, lambda _symbol, _timeframe: bars)
    return ClosedTrades(account, {"AAA": feed.group("AAA")}, {"AAA": calendar_of(listing.instrument)}), clock


def test_a_trades_excursions_are_those_of_the_bars_that_have_closed_by_now() -> None:
    account = mirror()
    trades, clock = closed_trades(account, [(8.0, 11.0), (7.0, 13.0), (1.0, 99.0)])
    account.place(order_of())
    account.place(order_of(2, sign=-1))
    tell(account, filled(time=1, bar_time=0), filled(2, price="12", time=2, bar_time=1))
    clock.tick = 0
    [trade] = trades.all()
    assert (trade.bars, trade.mae, trade.mfe) == (1, pytest.approx(-0.2), pytest.approx(0.2))
    clock.tick = 1
    [trade] = trades.all()
    assert (trade.bars, trade.mae, trade.mfe) == (1, pytest.approx(-0.3), pytest.approx(0.3))


def test_what_was_bought_at_a_close_has_seen_nothing_of_that_bar() -> None:
    account, order = mirror(), order_of()
    trades, clock = closed_trades(account, [(8.0, 11.0), (9.0, 10.5)])
    order.tif = TimeInForce.CLS
    account.place(order)
    account.place(order_of(2, sign=-1))
    tell(account, filled(time=1, bar_time=0), filled(2, price="10", time=2, bar_time=1))
    clock.tick = 1
    [trade] = trades.all()
    assert (trade.bars, trade.mae, trade.mfe) == (1, pytest.approx(-0.1), pytest.approx(0.05))


def test_cash_moves_by_what_is_told() -> None:
    account = mirror()
    account.place(order_of())
    tell(
        account,
        filled(),
        CashMoved(symbol="AAA", kind="dividend", amount=Decimal("1.5")),
        CashMoved(symbol="AAA", kind="fee", amount=Decimal("-0.5"), quantity=Decimal(-1)),
        CashMoved(symbol="", kind="fee", amount=Decimal("-0.1")),
    )
    held = account.position("AAA")
    assert account.cash() == 90_090_000_000
    assert (held.units, held.income, held.fees) == (9, 150_000_000, 50_000_000)


def test_after_a_split_a_holding_is_worth_what_it_was_until_a_bar_closes() -> None:
    account, order = mirror(), order_of(2)
    order.limit_units = 9 * ONE
    account.place(order_of())
    account.place(order)
    tell(account, filled(), bars=(bar_of(10.0),))
    before = account.equity()
    tell(account, SplitSeen(symbol="AAA", numerator=3, denominator=1, ex_date=date(2024, 1, 2)))
    assert account.held["AAA"] == 30
    assert account.equity() == before
    assert account.close("AAA") == 333_333_333
    assert (order.units, order.limit_units) == (30, 3 * ONE)


def test_a_split_that_is_told_late_leaves_what_was_bought_since_as_it_is() -> None:
    account, day = mirror(), date(2024, 1, 2)
    account.place(order_of())
    account.place(order_of(2))
    tell(account, filled(time=extended_from(day) - 1), filled(2, time=extended_from(day)))
    assert account.held["AAA"] == 20
    tell(account, SplitSeen(symbol="AAA", numerator=3, denominator=1, ex_date=day))
    assert account.held["AAA"] == 40


def test_a_level_that_trails_goes_over_to_the_order_that_replaces_it() -> None:
    account, order = mirror(), order_of(sign=-1)
    order.order_type, order.trail_percent = OrderType.TRAILING_STOP, Decimal(10)  # type: ignore[assignment]
    account.place(order)
    assert order.stop == 9
    tell(account, moved(S.ACCEPTED, stop=Decimal("10.80")))
    assert order.stop == Decimal("10.80")
    assert order.mark == 12 * ONE


def test_an_update_about_an_order_that_was_not_placed_is_an_error() -> None:
    with pytest.raises(RunFailed, match="order 7, which the strategy did not place"):
        tell(mirror(), moved(S.ACCEPTED, 7))


def test_only_news_is_told() -> None:
    account, order = mirror(), order_of()
    account.place(order)
    assert tell(account, moved(S.PENDING), moved(S.ACCEPTED), moved(S.ACCEPTED, limit=Decimal(3))) == [order]
    assert order.limit == 3


def test_what_was_asked_for_is_forgotten_with_the_next_tick() -> None:
    account, order = mirror(), order_of()
    account.take(order)
    assert account.fresh == [order]
    tell(account)
    assert account.fresh == []
    assert account.working("AAA") == [order]
    assert account.working("BTC/USD") == []
    assert account.scale("AAA") is STOCK
    assert replace(account.position("AAA"), realised=1).units == 0
