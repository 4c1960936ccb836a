"""Amounts past int64 and past the doubles' whole numbers, against exact fractions."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

import weaver
from weaver import Strategy
from weaver.greta.ledger.exact_sums import levels, quotients, total, whole
from weaver.greta.result import BacktestResult
from weaver.marvin.series.bar import Bar

counts = st.one_of(
    st.integers(-(10**6), 10**6),
    st.integers(2**53 - 3, 2**53 + 3),
    st.integers(-(2**60) - 3, -(2**60) + 3),
    st.integers(2**63 - 3, 2**63 + 3),
    st.integers(-(10**40), 10**40),
)
ones = st.sampled_from([1, 10**2, 10**8, 10**18])


@given(st.lists(counts, max_size=6), ones)
def test_quotients_are_the_doubles_next_to_the_fractions(drawn: list[int], one: int) -> None:
    assert quotients(whole(drawn), one).tolist() == [float(Fraction(count, one)) for count in drawn]


@given(counts, st.lists(counts, max_size=6), ones)
def test_levels_are_the_doubles_next_to_the_sums(start: int, drawn: list[int], one: int) -> None:
    expected = [float(Fraction(start + sum(drawn[:k]), one)) for k in range(len(drawn) + 1)]
    assert levels(start, whole(drawn), one).tolist() == expected


@given(st.lists(counts, max_size=6), ones)
def test_total_is_the_double_next_to_the_sum(drawn: list[int], one: int) -> None:
    assert total(whole(drawn), one) == float(Fraction(sum(drawn), one))


class Turning(Strategy):
    """In and out, bar by bar, with nearly all there is."""

    def on_bar(self, bar: Bar) -> None:
        self.order_target_percent(bar.symbol, 0 if self.position(bar.symbol).quantity else 0.9)


class Counting(Strategy):
    """The same in whole units, by plain orders."""

    def on_bar(self, bar: Bar) -> None:
        held = self.position(bar.symbol).quantity
        if held:
            self.sell(bar.symbol, held)
        else:
            self.buy(bar.symbol, int(self.cash / 2 / bar.close))


@pytest.mark.parametrize("strategy", [Turning, Counting])
@pytest.mark.parametrize(
    ("price", "cash"),
    [(100.0, "1e9"), (100.0, "1e11"), (100.0, "1e25"), (1e-12, "1e9"), (1e-17, "1e6"), (1e18, "1e21")],
)
def test_sums_of_any_size_are_those_of_the_fills(strategy: type[Strategy], price: float, cash: str) -> None:
    result = run(strategy, price, cash)
    one = 10**8
    left, paid, moves = Fraction(Decimal(cash)), Fraction(0), []
    for fill in result.fills:
        commission = Fraction(fill.commission)
        worth = Fraction(round(Fraction(fill.price) * Fraction(fill.quantity) * one), one)
        left += (-worth if fill.side == "buy" else worth) - commission
        paid += commission
        moves.append(float(left))
    assert len(moves) > 100
    assert result.stats["commission"] == float(paid)
    curve = set(result.equity.to_polars()["cash"].to_list()) - {float(cash)}
    assert curve <= set(moves)
    assert len(curve) >= len(moves) - 1  # two fills close the last bar
    ended = sum((Fraction(trade.pnl) for trade in result.trades), Fraction(Decimal(cash)))
    assert ended == left


@pytest.mark.parametrize("strategy", [Turning, Counting])
@pytest.mark.parametrize("cash", ["1e9", "1e11", "1e25"])
def test_turnover_is_that_of_a_smaller_account(strategy: type[Strategy], cash: str) -> None:
    small, large = (run(strategy, 100.0, one).stats["turnover"] for one in ("1e7", cash))
    assert large == pytest.approx(small, rel=1e-4)


def run(strategy: type[Strategy], price: float, cash: str) -> BacktestResult:
    return weaver.backtest(
        strategy, market(price), symbols=["BTCUSD"], asset="crypto", cash=Decimal(cash), close_at_end=True,
        lookahead_check=False,
    )  # fmt: skip


def market(price: float) -> polars.DataFrame:
    """200 hours around a price, of few decimals."""
    close = np.array([float(f"{price * (1 + 0.1 * np.sin(k / 7)):.4g}") for k in range(200)])
    time = np.datetime64("2024-01-02T00:00", "ns") + np.arange(200) * np.timedelta64(1, "h")
    return polars.DataFrame(
        {"timestamp": time, "open": close, "high": close, "low": close, "close": close, "volume": np.full(200, 1e30)}
    ).with_columns(polars.col("timestamp").dt.replace_time_zone("UTC"))
