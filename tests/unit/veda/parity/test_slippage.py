"""Price differences in basis points, by hand; their distribution against the standard library."""

import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.veda.parity.builders import a_fill
from weaver.veda.parity.pairing import match_fills
from weaver.veda.parity.slippage import BINS_MAX, distribution, price_difference


@pytest.mark.parametrize(
    ("side", "live", "backtest", "slippage", "told"),
    [
        ("buy", "100.07", "100", "0", (0.0, 7.0, 7.0)),
        ("sell", "99.93", "100", "0", (0.0, 7.0, 7.0)),
        ("buy", "99.95", "100", "0", (0.0, -5.0, -5.0)),
        ("buy", "100.09", "100.02", "0.02", (2.0, 9.0, 7.0)),  # of 100, before slippage
        ("sell", "99.91", "99.98", "0.02", (2.0, 9.0, 7.0)),
    ],
)
def test_worse_prices_are_above_zero(
    side: str, live: str, backtest: str, slippage: str, told: tuple[float, float, float]
) -> None:
    [pair] = match_fills([a_fill(side, 3, live)], [a_fill(side, 3, backtest, slippage=Decimal(slippage))]).pairs
    found = price_difference(4, pair)
    assert (found.assumed_bps, found.realised_bps, found.drift_bps) == told
    assert (found.order, found.quantity, found.live_price) == (4, Decimal(3), Decimal(live))
    assert found.backtest_price == Decimal(backtest)


def test_prices_before_a_split_are_compared_as_they_were_paid() -> None:
    fills = [[a_fill("buy", 2, price, ratio=Fraction(3))] for price in ("300.21", "300")]
    [pair] = match_fills(*fills).pairs
    found = price_difference(1, pair)
    assert (found.drift_bps, found.quantity, found.live_price) == (7.0, Decimal(2), Decimal("300.21"))


def test_nothing_has_no_distribution() -> None:
    assert distribution([], []) is None


@example([(499.99999999999994, 1.0), (500.0, 1.0)])  # next to each other, as floats
@example([(0.0, 1.0), (5e-324, 1.0)])
@example([(1e12, 1.0), (1e12 + 1e-4, 1.0)])
@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(0.1, 1e6)), min_size=2, max_size=60))
def test_distribution_is_the_standard_librarys(drawn: list[tuple[float, float]]) -> None:
    values, weights = [one for one, _ in drawn], [weight for _, weight in drawn]
    found = distribution(values, weights)
    assert found is not None
    twentieths = statistics.quantiles(values, n=20, method="inclusive")
    wanted = {
        "count": len(values), "mean": statistics.fmean(values), "median": statistics.median(values),
        "p05": twentieths[0], "p95": twentieths[-1], "least": min(values), "most": max(values),
        "weighted_mean": sum(one * weight for one, weight in drawn) / sum(weights),
    }  # fmt: skip
    assert {name: getattr(found, name) for name in wanted} == pytest.approx(wanted, rel=1e-12, abs=2e-6)
    assert sum(one.count for one in found.bins) == len(values)
    assert len(found.bins) <= BINS_MAX


def test_equal_values_are_one_bar() -> None:
    found = distribution([7.0] * 40, [1.0] * 40)
    assert found is not None
    assert (found.mean, found.median, found.p05, found.p95) == (7.0, 7.0, 7.0, 7.0)
    assert [one.count for one in found.bins if one.count] == [40]
