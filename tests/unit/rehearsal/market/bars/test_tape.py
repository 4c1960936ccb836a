"""Trades and quotes that follow from bars, by hand."""

import numpy as np
import pytest

from tests.rehearsals.hand_market import at, listed
from weaver.rehearsal.market.bars.tape import half_spread, vwap
from weaver.rehearsal.market.symbol_bars import SymbolBars


def series(*rows: tuple[float, float, float, float, float]) -> SymbolBars:
    return SymbolBars(listed("AAA", rows, start="2024-03-13T14:30Z"), at("2024-03-13T15:00Z"))


def test_a_bars_trades_are_its_prices_in_the_order_in_which_they_can_have_been() -> None:
    tape = series((10, 12, 9, 11, 103), (11, 13, 8, 9, 4)).tape(0, 2)
    assert tape.price.tolist() == [10, 9, 12, 11, 11, 13, 8, 9]
    assert tape.size.tolist() == [25, 25, 25, 28, 1, 1, 1, 1]
    assert tape.id.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    seconds = (tape.time - at("2024-03-13T14:30Z")) / 1e9
    assert seconds.tolist() == [12, 24, 36, 59.999, 72, 84, 96, 119.999]


def test_the_average_price_is_that_of_the_trades() -> None:
    bars = series((10, 12, 9, 11, 103), (11, 11, 11, 11, 0)).bars
    by_hand = (10 * 25 + 9 * 25 + 12 * 25 + 11 * 28) / 103
    assert vwap(bars, is_whole=True).tolist() == pytest.approx([by_hand, 11])


def test_a_part_of_the_bars_has_the_same_trades_as_the_whole() -> None:
    three = series((10, 12, 9, 11, 103), (11, 13, 8, 9, 4), (9, 9.5, 8.5, 9.2, 77))
    whole, part = three.tape(0, 3), three.tape(1, 2)
    assert np.array_equal(whole.id[4:8], part.id)
    assert np.array_equal(whole.price[4:8], part.price)


@pytest.mark.parametrize(
    ("price", "is_pair", "half"), [(150.0, False, 0.01), (0.8, False, 0.0001), (40_000.0, True, 20.0)]
)
def test_quotes_are_a_tick_around_a_stocks_price_and_a_share_around_a_pairs(
    price: float, is_pair: bool, half: float
) -> None:
    assert half_spread(price, is_pair=is_pair) == pytest.approx(half)
