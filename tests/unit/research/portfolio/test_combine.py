"""Joined accounts against loops over rows, against a result alone, and what cannot be joined."""

import pickle
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weaver
from weaver.model.errors import InputError
from weaver.research.portfolio.combine import LEAST
from weaver.research.portfolio.weights import hierarchical_risk_parity, inverse_volatility


class Trader(weaver.Strategy):
    """In for some bars and out for as many, with a share of its equity."""

    span: int = 7
    share: float = 0.9

    def on_bar(self, bar: Any) -> None:
        if len(self.close) % self.span == 1:
            held = self.position(bar.symbol)
            self.order_target_percent(bar.symbol, 0.0 if held else self.share)


class Idle(weaver.Strategy):
    """Never trades."""

    def on_bar(self, bar: Any) -> None:
        del bar


def prices(start: str, count: int, seed: int, freq: str = "B") -> pandas.DataFrame:
    index = pandas.date_range(start, periods=count, freq=freq, tz="UTC")
    close = 100.0 * np.exp(np.cumsum(np.random.default_rng(seed).standard_normal(count) * 0.02))
    columns = {name: close.round(2) for name in ("open", "high", "low", "close")}
    return pandas.DataFrame({**columns, "volume": 1e9}, index=index)


def backtest(frame: pandas.DataFrame, symbol: str = "AAA", **more: Any) -> weaver.BacktestResult:
    strategy = more.pop("strategy", Trader)
    options = {"lookahead_check": False, "asset": "stock", "cash": 50_000, **more}
    return weaver.backtest(strategy, {symbol: frame}, **options)


@pytest.fixture(scope="module")
def two() -> dict[str, weaver.BacktestResult]:
    """A year and a half each, of different prices."""
    return {
        "fast": backtest(prices("2020-01-01", 390, 1), params={"span": 3}),
        "slow": backtest(prices("2020-01-01", 390, 2), "BBB", params={"span": 11}, cash=20_000),
    }


def test_a_result_alone_keeps_its_statistics(two: dict[str, weaver.BacktestResult]) -> None:
    alone = weaver.combine([two["fast"]])
    assert {name: alone.stats[name] for name in alone.stats} == pytest.approx(
        dict(two["fast"].stats), rel=1e-9, abs=1e-9
    )
    assert alone.title == two["fast"].strategy
    assert alone.warnings == []
    assert alone.returns_per_year == two["fast"].returns_per_year


def by_rows(
    results: Mapping[str, weaver.BacktestResult], cash: float, shares: list[float], begins: set[int]
) -> tuple[list[float], list[float]]:
    """Equity row by row, and what each added, of results with the same stamps."""
    curves = [one.curve.equity.tolist() for one in results.values()]
    before = [float(one.stats["initial_equity"] or 0) for one in results.values()]
    equity, parts, gained = [], [cash * share for share in shares], [0.0] * len(shares)
    idle = cash - sum(parts)
    for row in range(len(curves[0])):
        if row in begins and row:
            total = sum(parts) + idle
            parts = [total * share for share in shares]
            idle = total - sum(parts)
        for k, curve in enumerate(curves):
            grown = parts[k] * curve[row] / before[k]
            gained[k] += grown - parts[k]
            parts[k], before[k] = grown, curve[row]
        equity.append(sum(parts) + idle)
    return equity, gained


@pytest.mark.parametrize("rebalance", ["never", "daily", "weekly", "monthly", "quarterly", "yearly"])
@pytest.mark.parametrize("weights", ["equal", {"fast": 0.25, "slow": Decimal("0.5")}])
def test_equity_is_that_of_loops_over_rows(two: dict[str, weaver.BacktestResult], rebalance: str, weights: Any) -> None:
    joined = weaver.combine(two, weights=weights, rebalance=rebalance, cash=10_000)
    days = [datetime.fromtimestamp(row.timestamp / 1e9, UTC) for row in joined.equity]
    period = {
        "never": lambda _: 0,
        "daily": lambda day: day.date(),
        "weekly": lambda day: day.isocalendar()[:2],
        "monthly": lambda day: (day.year, day.month),
        "quarterly": lambda day: (day.year, (day.month - 1) // 3),
        "yearly": lambda day: day.year,
    }[rebalance]
    begins = {row for row, day in enumerate(days) if row == 0 or period(day) != period(days[row - 1])}
    shares = [0.5, 0.5] if weights == "equal" else [0.25, 0.5]
    equity, gained = by_rows(two, 10_000.0, shares, begins)
    assert [row.equity for row in joined.equity] == pytest.approx(equity, rel=1e-10)
    assert [float(one) for one in joined.contributions.values()] == pytest.approx(gained, abs=1e-6)
    assert joined.profit == sum(joined.contributions.values())
    assert float(joined.profit) == pytest.approx(equity[-1] - 10_000, abs=1e-6)
    assert len(joined.weights) == len(begins)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.sampled_from(["never", "weekly", "daily"]), st.floats(0.01, 1e9))
def test_contributions_sum_to_the_profit_to_the_last_digit(count: int, rebalance: str, cash: float) -> None:
    results = [backtest(prices("2020-01-01", 30, seed), params={"span": 2 + seed}) for seed in range(count)]
    joined = weaver.combine(results, rebalance=rebalance, cash=cash)
    assert sum(joined.contributions.values()) == joined.profit
    assert float(joined.profit) == pytest.approx(joined.equity[-1].equity - cash, rel=1e-9, abs=1e-6)


def test_weights_of_returns_are_of_those_before(two: dict[str, weaver.BacktestResult]) -> None:
    joined = weaver.combine(two, weights="inverse_volatility", rebalance="monthly")
    rows = {row.timestamp: at for at, row in enumerate(joined.equity)}
    curves = [np.concatenate(([one.stats["initial_equity"]], one.curve.equity)).astype(float) for one in two.values()]
    returns = np.stack([curve[1:] / curve[:-1] - 1 for curve in curves], axis=1)
    for shared in joined.weights:
        at = rows[shared.timestamp]
        expected = [0.5, 0.5] if at < LEAST else inverse_volatility(returns[:at]).tolist()
        assert list(shared.weights.values()) == pytest.approx(expected)
    assert joined.warnings == []
    assert joined.correlation["fast"]["slow"] == pytest.approx(np.corrcoef(returns.T)[0, 1])
    assert joined.session_returns == pytest.approx(
        [
            row.equity / before - 1
            for row, before in zip(joined.equity, [70_000.0, *(one.equity for one in joined.equity)], strict=False)
        ]
    )


def test_weights_of_all_returns_are_said_to_be(two: dict[str, weaver.BacktestResult]) -> None:
    joined = weaver.combine(two, weights="hrp")
    assert [warning.code for warning in joined.warnings] == ["weights_in_sample"]
    curves = [np.concatenate(([one.stats["initial_equity"]], one.curve.equity)).astype(float) for one in two.values()]
    returns = np.stack([curve[1:] / curve[:-1] - 1 for curve in curves], axis=1)
    assert list(joined.weights[0].weights.values()) == pytest.approx(hierarchical_risk_parity(returns).tolist())


def test_only_shared_sessions_count_and_trades_in_them() -> None:
    early = backtest(prices("2020-01-01", 200, 3))
    late = backtest(prices("2020-06-01", 200, 4), "BBB")
    joined = weaver.combine({"early": early, "late": late})
    assert [warning.code for warning in joined.warnings] == ["sessions_left_out"]
    assert (
        "only 2020-06-01 to 2020-10-06 is shared by all: the other sessions of early, late"
        in joined.warnings[0].message
    )
    first, last = joined.equity[0].timestamp, joined.equity[-1].timestamp
    within = [
        one for result in (early, late) for one, (_, left) in zip(result.trades, result.trade_bars, strict=True)
        if first <= result.bars[one.symbol].timestamp[left] <= last
    ]  # fmt: skip
    assert joined.stats["trades"] == len(within) > 10
    start = int(np.searchsorted(early.curve.timestamp, first))
    grown = early.curve.equity[-1] / early.curve.equity[start - 1]
    assert float(joined.contributions["early"]) == pytest.approx(50_000 * (grown - 1))


def test_other_calendars_keep_their_value_where_they_have_no_bar() -> None:
    stock = backtest(prices("2020-01-01", 60, 5))
    coin = backtest(prices("2020-01-01", 90, 6, freq="D"), "COIN/USD", asset="crypto")
    joined = weaver.combine({"stock": stock, "coin": coin})
    assert joined.returns_per_year == coin.returns_per_year
    stamps = [row.timestamp for row in joined.equity]
    assert stamps == sorted({*stock.curve.timestamp.tolist(), *coin.curve.timestamp.tolist()} & set(stamps))
    sunday = stamps.index(int(pandas.Timestamp("2020-02-02", tz="UTC").value))
    own = stock.curve.equity[stock.curve.timestamp <= stamps[sunday]][-1] / 50_000
    other = coin.curve.equity[coin.curve.timestamp <= stamps[sunday]][-1] / 50_000
    assert joined.equity[sunday].equity == pytest.approx(50_000 * (own + other))


def test_names_of_a_list_are_told_apart_and_copies_are_as_good(two: dict[str, weaver.BacktestResult]) -> None:
    joined = weaver.combine([two["fast"], two["slow"]])
    name = two["fast"].strategy
    assert joined.title == f"{name}, {name} 2"
    copied = weaver.combine([pickle.loads(pickle.dumps(one)) for one in two.values()])
    assert copied.stats == joined.stats
    assert repr(copied).startswith(f"<CombinedResult {name}, {name} 2: total_return ")


def test_card_and_page_show_weights_contributions_and_correlation(
    two: dict[str, weaver.BacktestResult], tmp_path: Path
) -> None:
    idle = backtest(prices("2020-01-01", 390, 1), "CCC", strategy=Idle)
    joined = weaver.combine({**two, "<idle>": idle})
    card = joined._repr_html_()
    page = joined.to_html(tmp_path / "joined.html").read_text("utf-8")
    assert card in page
    assert "<title>fast, slow, &lt;idle&gt;</title>" in page
    assert "&lt;idle&gt;" in card
    assert "<td>Weight at first</td><td>33.33%</td>" in card
    assert "<td>Contribution (USD)</td>" in card
    assert "<td>Correlation with &lt;idle&gt;</td><td>–</td><td>–</td><td>–</td>" in card


def test_one_that_has_not_traded_yet_leaves_equal_shares(two: dict[str, weaver.BacktestResult]) -> None:
    idle = backtest(prices("2020-01-01", 390, 1), "CCC", strategy=Idle)
    joined = weaver.combine({**two, "idle": idle}, weights="hrp", rebalance="monthly")
    assert all(list(one.weights.values()) == pytest.approx([1 / 3] * 3) for one in joined.weights)
    with pytest.raises(InputError, match="weights: the equity of idle never varies, so hrp has no share for it"):
        weaver.combine({**two, "idle": idle}, weights="hrp")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rebalance": "hourly"}, "rebalance: 'hourly' is none of never, daily, weekly, monthly, quarterly, yearly"),
        ({"weights": "best"}, "weights: 'best' is none of equal, inverse_volatility, hrp"),
        ({"weights": {"fast": 1}}, "weights: they are for fast, and the results are fast, slow"),
        ({"weights": {"fast": 0.6, "slow": 0.6}}, "weights: 0.6, 0.6 are not shares of 0 or more, in sum 1 at most"),
        ({"weights": {"fast": -0.5, "slow": 1}}, "are not shares"),
        ({"weights": {"fast": float("nan"), "slow": 1}}, "are not shares"),
        ({"cash": 0}, "cash: 0 is not an amount above 0"),
        ({"cash": float("inf")}, "cash: inf is not an amount above 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    two: dict[str, weaver.BacktestResult], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        weaver.combine(two, **options)


def test_results_that_do_not_fit_are_refused(two: dict[str, weaver.BacktestResult]) -> None:
    with pytest.raises(InputError, match="there are none to combine"):
        weaver.combine([])
    with pytest.raises(InputError, match=r"one of them is 'fast', not what weaver\.backtest gave"):
        weaver.combine(["fast"])  # type: ignore[list-item]
    later = backtest(prices("2023-01-02", 30, 1))
    with pytest.raises(
        InputError, match="later begins on 2023-01-02 and fast ends on 2021-06-29: combine results that"
    ):
        weaver.combine({"fast": two["fast"], "later": later})
    euros = backtest(prices("2020-01-01", 90, 6, freq="D"), "COIN/EUR", asset="crypto")
    with pytest.raises(InputError, match="fast is in USD and euros in EUR: combine results of one currency"):
        weaver.combine({"fast": two["fast"], "euros": euros})


def changed(result: weaver.BacktestResult, **columns: Any) -> weaver.BacktestResult:
    """A copy with another curve."""
    copy = pickle.loads(pickle.dumps(result))
    copy.curve = replace(copy.curve, **columns)
    return copy


def test_what_has_lost_everything_or_never_ran_is_refused(two: dict[str, weaver.BacktestResult]) -> None:
    lost = changed(two["slow"], equity=np.append(two["slow"].curve.equity[:-1], 0.0))
    with pytest.raises(InputError, match=r"lost has lost all it had \(its equity is not above 0\): leave it out"):
        weaver.combine({"fast": two["fast"], "lost": lost})
    lost.session = lost.session[:0]
    with pytest.raises(InputError, match="results: lost has no rows of equity: leave it out"):
        weaver.combine({"lost": lost})


def test_a_benchmark_that_has_lost_everything_is_none(two: dict[str, weaver.BacktestResult]) -> None:
    nothing = np.zeros(len(two["slow"].session))
    worthless = changed(two["slow"], benchmark_at=lambda rows: nothing[rows])
    late = backtest(prices("2020-06-01", 100, 4), "BBB")
    joined = weaver.combine({"worthless": worthless, "late": late})
    assert joined.stats["benchmark_return"] is None
    assert joined.stats["sharpe"] is not None
