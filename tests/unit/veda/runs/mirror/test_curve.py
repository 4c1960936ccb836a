"""A run's curve, by hand: what its account came to at each tick, of inputs alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.unit.glados.deciders.strategies import HOUR, SETUP, START
from weaver.model.orders.actions import Side
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import CashMoved, HouseFilled, InputBar, OrderFilled, OrderMoved, SplitSeen, TickInputs, Update
from weaver.veda.runs.mirror.curve import CashFlow, CurveFold, CurvePoint, Ordered

SYMBOL = "BTC/USD"
ORDERS = {1: Ordered(symbol=SYMBOL, side=Side.BUY), 2: Ordered(symbol=SYMBOL, side=Side.SELL)}


def fold() -> CurveFold:
    return CurveFold(replace(SETUP, cash=Decimal(1000)))


def tick(number: int, close: float | None, *updates: Update, starts_at: int | None = None) -> TickInputs:
    end = START + number * HOUR
    bars = ()
    if close is not None:
        start = end - HOUR if starts_at is None else starts_at
        values = dict.fromkeys(("open", "high", "low", "close"), close)
        bars = (InputBar(symbol=SYMBOL, start=start, end=end, volume=1.0, **values),)
    return TickInputs(number=number, time=end, updates=updates, bars=bars)


def filled(number: int, quantity: str, price: str, commission: str = "0", fee: str = "0") -> OrderFilled:
    return OrderFilled(
        number=number, status=OrderStatus.FILLED, quantity=Decimal(quantity), price=Decimal(price),
        commission=Decimal(commission), fee_quantity=Decimal(fee), time=0, bar_time=0,
    )  # fmt: skip


def amounts(point: CurvePoint | None) -> tuple[Decimal, Decimal, bool]:
    assert point is not None
    return point.equity, point.cash, point.is_invested


def test_equity_is_cash_and_what_is_held_at_the_newest_close() -> None:
    curve = fold()
    assert curve.close(SYMBOL) is None
    assert amounts(curve.take(tick(1, 100.0), ORDERS)) == (1000, 1000, False)
    bought = curve.take(tick(2, 110.0, filled(1, "2", "100", "0.5")), ORDERS)
    assert amounts(bought) == (Decimal("1019.5"), Decimal("799.5"), True)  # 1000 - 200 - 0.5, and 2 at 110
    assert curve.close(SYMBOL) == 110
    sold = curve.take(tick(3, 120.0, filled(2, "2", "115")), ORDERS)
    assert amounts(sold) == (Decimal("1029.5"), Decimal("1029.5"), False)  # and 230 for both


def test_fee_in_the_asset_is_not_held() -> None:
    curve = fold()
    assert amounts(curve.take(tick(1, 100.0, filled(1, "2", "100", fee="0.5")), ORDERS)) == (950, 800, True)


def test_close_that_weaver_placed_counts_and_what_moves_no_holding_does_not() -> None:
    curve = fold()
    curve.take(tick(1, 100.0, filled(1, "2", "100")), ORDERS)
    house = HouseFilled(
        symbol=SYMBOL, side=Side.SELL, quantity=Decimal(2), price=Decimal(90), commission=Decimal(1), time=0
    )
    moved = OrderMoved(number=1, status=OrderStatus.FILLED)
    assert amounts(curve.take(tick(2, 95.0, moved, house), ORDERS)) == (979, 979, False)


def test_split_doubles_what_is_held_and_halves_its_close() -> None:
    curve = fold()
    curve.take(tick(1, 100.0, filled(1, "2", "100")), ORDERS)
    split = SplitSeen(symbol=SYMBOL, numerator=2, denominator=1, ex_date=date(2024, 1, 2))
    assert amounts(curve.take(tick(2, 50.0, split), ORDERS)) == (1000, 800, True)


def test_cash_that_no_fill_moved_is_a_flow_also_where_no_bar_came() -> None:
    curve = fold()
    dividend = CashMoved(symbol=SYMBOL, kind="dividend", amount=Decimal("2.5"))
    assert curve.take(tick(1, None, dividend), ORDERS) is None
    at = datetime.fromtimestamp((START + HOUR) / 1e9, UTC)
    assert curve.flows == [CashFlow(time=at, symbol=SYMBOL, kind="dividend", amount=Decimal("2.5"))]
    assert amounts(curve.take(tick(2, 100.0), ORDERS)) == (Decimal("1002.5"), Decimal("1002.5"), False)


def test_stamp_is_the_bars_begin_which_ticks_of_one_stamp_share() -> None:
    curve = fold()
    points = [curve.take(tick(number, 100.0, starts_at=START), ORDERS) for number in (1, 2)]
    assert [point.stamp - START for point in points if point] == [0, 0]
    assert [point.time for point in points if point] == [START + HOUR, START + 2 * HOUR]


def test_missed_bar_stamps_only_where_there_is_no_other() -> None:
    missed = replace(tick(1, 90.0).bars[0], is_missed=True)
    both = replace(tick(2, 100.0), bars=(missed, tick(2, 100.0).bars[0]))
    point = fold().take(both, ORDERS)
    assert point is not None
    assert point.stamp == START + HOUR
    alone = fold().take(replace(both, bars=(missed,)), ORDERS)
    assert alone is not None
    assert alone.stamp == START
