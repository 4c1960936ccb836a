"""Which orders are one in both runs, and which of their units."""

from datetime import timedelta
from decimal import Decimal

from tests.unit.veda.parity.builders import TICKS, a_fill, an_order
from weaver.veda.parity.pairing import match_fills, match_orders


def test_orders_of_one_tick_are_paired_in_turn_whatever_their_numbers_are() -> None:
    live = [an_order(7, tick=2), an_order(8, tick=2), an_order(9, tick=3)]
    backtest = [an_order(3, tick=2), an_order(4, tick=2), an_order(5, tick=3)]
    found = match_orders(live, backtest, TICKS)
    assert [(one.number, other.number) for one, other in found.pairs] == [(7, 3), (8, 4), (9, 5)]
    assert found.only_live == found.only_backtest == ()


def test_orders_that_differ_in_what_they_are_stand_alone() -> None:
    live = [an_order(1), an_order(2, side="sell"), an_order(3, order_type="limit"), an_order(4, order_class="oco")]
    backtest = [an_order(5, tick=2), an_order(6, side="sell", symbol="MSFT")]
    found = match_orders(live, backtest, TICKS)
    assert found.pairs == ()
    assert [one.number for one in found.only_live] == [1, 2, 3, 4]
    assert [one.number for one in found.only_backtest] == [5, 6]


def test_order_that_is_not_the_strategys_has_no_match() -> None:
    found = match_orders([an_order(0), an_order(1)], [an_order(1)], TICKS)
    assert [(one.number, other.number) for one, other in found.pairs] == [(1, 1)]
    assert [one.number for one in found.only_live] == [0]


def test_orders_of_the_start_are_paired_though_their_instants_differ() -> None:
    early = an_order(1, placed_at=TICKS[0] - timedelta(hours=3))
    other = an_order(1, placed_at=TICKS[0] - timedelta(seconds=1))
    assert match_orders([early], [other], TICKS).pairs == ((early, other),)


def test_units_stand_beside_units_in_the_order_in_which_they_filled() -> None:
    live = [a_fill("buy", 3, 10), a_fill("buy", 7, 11)]
    backtest = [a_fill("buy", 5, 20), a_fill("buy", 5, 21)]
    found = match_fills(live, backtest)
    told = [(pair.live.fill.price, pair.live.begin, pair.live.size, pair.backtest.price) for pair in found.pairs]
    assert told == [
        (Decimal(10), 0, 3, Decimal(20)), (Decimal(11), 0, 2, Decimal(20)), (Decimal(11), 2, 5, Decimal(21)),
    ]  # fmt: skip
    assert found.only_live == found.only_backtest == ()


def test_what_one_filled_more_is_left() -> None:
    found = match_fills([a_fill("buy", 4, 10)], [a_fill("buy", 1, 20)])
    [left] = found.only_live
    assert (left.begin, left.size, found.only_backtest) == (1, 3, ())
    [other] = match_fills([a_fill("buy", 1, 10)], [a_fill("buy", "1.5", 20), a_fill("buy", 1, 21)]).only_backtest[:1]
    assert (other.begin, float(other.size)) == (1, 0.5)
    assert len(match_fills([], [a_fill("buy", 1, 1)]).only_backtest) == 1
