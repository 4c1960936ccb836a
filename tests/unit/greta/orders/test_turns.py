"""Whose turn it is on a tick's bars, and how a trailing stop goes along with them; by hand, through an exchange."""

from decimal import Decimal

import pytest

from tests.exchanges import MINUTE, ONE, OTHER, Bench
from weaver.greta.orders.exchange import Exchange
from weaver.model.account.costs import CostModel, Costs
from weaver.model.numbers.amount import Amount
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.order import ExitGroup, Order
from weaver.model.orders.trailing import set_level, start_trailing

GTC = TimeInForce.GTC
EXITS = {"profit": {"limit": 110, "tif": GTC}, "loss": {"stop": 90, "tif": GTC}}


def with_replaced_entry(**terms: object) -> Bench:
    """Entry 1 with legs 2 and 3, which order 4 has replaced: its legs are older than it is."""
    bench = Bench()
    entry, _ = bench.bracket(10, limit=95, exits=EXITS, tif=GTC)
    bench.exchange.replace(entry, bench.order(10, tif=GTC, **terms))
    return bench


def test_leg_older_than_the_entry_that_starts_it_has_its_turn_after_it_inside_the_bar() -> None:
    bench = with_replaced_entry(limit=97)
    assert [line for line in bench.bar("100 100 89 92") if "filled" in line] == [
        "4 filled: buy 10 @ 97",
        "3 filled: sell 10 @ 90",
    ]


def test_leg_older_than_the_entry_that_starts_it_has_its_turn_after_it_at_the_open() -> None:
    bench = with_replaced_entry()
    assert [line for line in bench.bar("111 112 105 108") if "filled" in line] == [
        "4 filled: buy 10 @ 111",
        "2 filled: sell 10 @ 111",  # its limit of 110 is met by the open
    ]


def test_stop_of_a_group_goes_in_the_place_of_its_oldest_leg() -> None:
    bench = Bench()
    bench.place(10)
    bench.bar("100 100 100 100")
    group = ExitGroup(entry=None, entered=10)
    terms = {"group": group, "reduce_only": True, "tif": GTC}
    profit = bench.order(-10, limit=105, **terms)
    single = bench.order(-10, limit=101, tif=GTC)
    loss = bench.order(-10, stop=95, **terms)
    group.legs += [profit, loss]
    for order in (profit, single, loss):
        bench.exchange.place(order)
    # The bar touches the stop and the order between the legs, and what is held is there for one of them.
    assert bench.bar("100 102 94 100")[3:] == ["4 filled: sell 10 @ 95", "2 cancelled", "3 rejected"]


def test_orders_placed_by_the_begin_act_on_a_bar_that_had_opened_and_later_ones_do_not() -> None:
    bench = Bench()
    models = {symbol: CostModel(Costs(), scale) for symbol, scale in bench.means.scales.items()}
    bench.exchange = Exchange(bench.means, models, begin=MINUTE // 2)
    for number, placed in ((1, MINUTE // 2), (2, MINUTE // 2 + 1)):
        early = bench.order(number)
        early.placed = placed  # the first bar opens at 0
        bench.exchange.place(early)
    assert bench.bar("100 100 100 100") == ["1 accepted", "2 accepted", "1 filled: buy 1 @ 100"]
    assert bench.bar("101 101 101 101") == ["2 filled: buy 2 @ 101"]


def test_bars_of_other_symbols_give_an_order_no_turn() -> None:
    bench = Bench(scales=(Bench().means.scales["AAA"], OTHER))
    bench.place(10, tif=TimeInForce.IOC)
    assert bench.bars({"BBB": "1 1 1 1"}) == ["1 accepted"]
    assert bench.bar("100 100 100 100") == ["1 filled: buy 10 @ 100"]


# Trailing stops


def test_trailing_leg_starts_at_the_close_of_the_bar_in_which_its_entry_filled() -> None:
    bench = Bench()
    _, (leg,) = bench.bracket(10, limit=95, exits={"loss": {"trail": 5, "tif": GTC}})
    bench.bar("100 104 94 98")
    assert (leg.mark, leg.stop) == (98 * ONE, 93)  # neither 104, which came before, nor the entry's 95
    assert bench.bar("96 101 94 100") == []
    assert leg.stop == 96
    assert bench.bar("99 99 95 97") == ["2 filled: sell 10 @ 96"]


def test_trailing_stop_of_a_short_position_falls_with_the_lows() -> None:
    bench = Bench(account="margin", shorting=True)
    bench.place(-10)
    bench.bar("100 100 100 100")
    order = bench.place(10, trail_percent=Amount("2.5"), tif=GTC)
    assert order.stop == Decimal("102.5")
    bench.bar("100 101 97.99 99")
    assert order.stop == Decimal("100.44")  # 97.99 x 1.025 = 100.43975
    assert bench.bar("99 100.44 98 100") == ["2 filled: buy 10 @ 100.44"]


def test_trailing_stop_that_has_triggered_trails_no_more() -> None:
    bench = Bench(costs=Costs(max_participation=Decimal("0.01")))
    bench.place(10)
    bench.bar("100 100 100 100")
    order = bench.place(-10, trail=5, tif=GTC)
    assert bench.bar("96 99 94 95", volume=600.0) == ["2 accepted", "2 partial: sell 6 @ 95"]
    assert (order.triggered, order.mark, order.stop) == (True, 100 * ONE, 95)
    assert bench.bar("120 121 119 120") == ["2 filled: sell 4 @ 120"]  # what is left is a market order


def test_bar_without_volume_moves_no_mark() -> None:
    bench = Bench()
    bench.place(10)
    bench.bar("100 100 100 100")
    order = bench.place(-10, trail=5, tif=GTC)
    bench.bar("130 130 90 100", volume=0.0)
    bench.bar("130 130 90 100", regular=False)
    assert order.stop == 95


@pytest.mark.parametrize(
    ("mark", "sign", "percent", "level"),
    [
        ("101.01", -1, "2.5", "98.48"),  # 98.48475
        ("101.01", 1, "2.5", "103.54"),  # 103.53525
        ("1.005", -1, "1", "0.995"),  # 0.99495, where the tick is 0.0001: half to even
        ("0.00005", -1, "50", "0.0001"),  # at least one tick
    ],
)
def test_level_is_at_the_nearest_tick(mark: str, sign: int, percent: str, level: str) -> None:
    order = Bench().order(sign, trail_percent=Amount(percent))
    order.mark = int(Decimal(mark) * ONE)
    set_level(order)
    assert order.stop == Decimal(level)


def started(order: Order, close: int | None) -> tuple[object, object]:
    start_trailing(order, close)
    return order.mark, order.stop


def test_trailing_stop_starts_once_and_not_before_it_has_a_price() -> None:
    bench = Bench()
    order, leg = bench.order(-10, trail=5), bench.order(-10, trail=5, waiting=True)
    assert started(order, None) == (None, None)
    assert started(leg, 100 * ONE) == (None, None)  # it starts in the bar in which its entry fills
    assert started(order, 100 * ONE) == (100 * ONE, 95)
    assert started(order, 200 * ONE) == (100 * ONE, 95)
