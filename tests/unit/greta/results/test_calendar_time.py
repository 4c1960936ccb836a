"""Annual figures count calendar time: by hand, by exchange_calendars, and by empyrical."""

import warnings
from typing import Any

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

import weaver
from tests.shared_data import REPOSITORY, SAMPLES
from weaver import Strategy
from weaver.greta.result import BacktestResult
from weaver.greta.results.calendar_time import sessions_covered
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.instrument import AssetClass

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical

pytestmark = pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")  # exchange_calendars'
CASH = 100_000.0


class Hold(Strategy):
    """Nearly all in, each symbol at its first close."""

    def on_start(self) -> None:
        self.bought: set[str] = set()

    def on_bar(self, bar) -> None:
        if bar.symbol not in self.bought:
            self.bought.add(bar.symbol)
            self.order_target_percent(bar.symbol, 0.9 / len(self.symbols))


def days_of(kind: str, start: str, end: str) -> pd.DatetimeIndex:
    if kind == "stock":
        calendar = exchange_calendars.get_calendar("XNYS", start="2010-01-01", end="2022-12-31")
        return calendar.sessions_in_range(start, end)
    return pd.date_range(start, end, freq="D" if kind == "crypto" else "B")


def path_of(index: pd.DatetimeIndex, seed: int = 1) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(chance.normal(0.0006, 0.01, len(index))))
    open_ = np.concatenate([[100.0], close[:-1]])
    columns = {"open": open_, "high": np.maximum(open_, close), "low": np.minimum(open_, close), "close": close}
    return pd.DataFrame({"timestamp": index, **columns, "volume": 1e9})


def run(bars: dict[str, pd.DataFrame], **options: Any) -> BacktestResult:
    return weaver.backtest(Hold, bars, costs="none", lookahead_check=False, **options)


def edges(result: BacktestResult) -> tuple[str, str]:
    """The days on which the first bar begins and the last ends, which the data may cut."""
    evening = 7 * 3_600_000_000_000  # at which a session of currencies begins
    first = min(int(bars.timestamp[0]) + evening * (symbol == "EURUSD") for symbol, bars in result.bars.items())
    last = max(int(bars.end[-1]) for bars in result.bars.values())
    return str(pd.Timestamp(first).date()), str(pd.Timestamp(last - 1).date())


NAMES = {"stock": "SPY", "crypto": "BTC-USD", "fx": "EURUSD"}
PER_YEAR = {"stock": 252, "crypto": 365, "fx": 260}


@pytest.mark.parametrize("asset", NAMES)
@pytest.mark.parametrize("timeframe", ["1d", "7d", "28d", "1w", "2w", "1mo", "3mo"])
def test_figures_of_longer_bars_equal_empyrical_at_their_rows_a_year(asset: str, timeframe: str) -> None:
    days = days_of(asset, "2017-01-02", "2020-12-31")
    result = run({NAMES[asset]: path_of(days)}, timeframe=timeframe, asset=asset)
    covered = len(days_of(asset, *edges(result)))
    equity = np.array([row.equity for row in result.equity])
    rows_per_year = PER_YEAR[asset] * len(equity) / covered
    returns = equity / np.concatenate([[CASH], equity[:-1]]) - 1
    stats = result.stats
    for name, theirs in {
        "cagr": empyrical.cagr,
        "volatility": empyrical.annual_volatility,
        "sharpe": empyrical.sharpe_ratio,
        "sortino": empyrical.sortino_ratio,
        "calmar": empyrical.calmar_ratio,
    }.items():
        assert stats[name] == pytest.approx(theirs(returns, annualization=rows_per_year), rel=1e-9), name
    close = result.bars[NAMES[asset]].close
    market = np.concatenate([[0.0], close[1:] / close[:-1] - 1])
    assert stats["alpha"] == pytest.approx(
        empyrical.alpha_aligned(returns, market, annualization=rows_per_year), rel=1e-6
    )
    assert stats["cagr"] == pytest.approx((equity[-1] / CASH) ** (PER_YEAR[asset] / covered) - 1, rel=1e-12)
    traded = sum(float(fill.price * fill.quantity) for fill in result.fills)
    assert stats["turnover"] == pytest.approx(traded / equity.mean() / (covered / PER_YEAR[asset]), rel=1e-9)


@pytest.mark.parametrize(
    ("kinds", "per_year"),
    [
        (("stock", "crypto"), 365),
        (("crypto", "stock"), 365),
        (("fx", "stock"), 260),
        (("stock", "fx"), 260),
        (("fx", "crypto"), 365),
        (("stock", "stock"), 252),
    ],
)
@pytest.mark.parametrize("timeframe", ["1d", "1w", "1mo"])
def test_several_calendars_count_as_their_union_in_any_order(
    kinds: tuple[str, str], per_year: int, timeframe: str
) -> None:
    bars = {
        NAMES[kind] + "2" * (number and kinds[0] == kind): path_of(days_of(kind, "2019-01-07", "2020-01-05"), number)
        for number, kind in enumerate(kinds)
    }
    result = run(bars, timeframe=timeframe)
    union = days_of(kinds[0], *edges(result)).union(days_of(kinds[1], *edges(result)))
    growth = result.stats["final_equity"] / CASH
    assert result.stats["cagr"] == pytest.approx(growth ** (per_year / len(union)) - 1, rel=1e-9)
    turned = run(dict(reversed(bars.items())), timeframe=timeframe).stats
    for name in ("sharpe", "sortino", "volatility", "alpha", "psr", "turnover"):
        assert turned[name] == pytest.approx(result.stats[name], rel=2e-2), name  # cash is shared out in another order


def test_weeks_of_a_stock_and_a_coin_are_one_return_each() -> None:
    bars = {"SPY": path_of(days_of("stock", "2019-01-07", "2019-12-29")), "BTC-USD": None}
    bars["BTC-USD"] = path_of(days_of("crypto", "2019-01-07", "2019-12-29"), 2)
    result = run(bars, timeframe="1w")
    equity = pd.Series([row.equity for row in result.equity], pd.to_datetime([row.timestamp for row in result.equity]))
    weekly = equity.groupby(equity.index.to_period("W-SUN")).last()
    returns = np.diff(np.concatenate([[CASH], weekly])) / np.concatenate([[CASH], weekly[:-1]])
    assert len(returns) == 51
    assert result.stats["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1) * np.sqrt(365 / 7), rel=1e-9)


def test_a_hole_counts_as_the_sessions_that_passed() -> None:
    days = days_of("stock", "2019-01-02", "2019-12-31")
    whole = path_of(days)
    holed = whole[(whole["timestamp"] < "2019-03-01") | (whole["timestamp"] > "2019-10-31")]
    result = run({"SPY": holed})
    rows = len(holed)
    assert (len(days), rows) == (252, 81)
    equity = np.array([row.equity for row in result.equity])
    returns = equity / np.concatenate([[CASH], equity[:-1]]) - 1
    assert result.stats["cagr"] == pytest.approx(equity[-1] / CASH - 1, rel=1e-12)  # a year, whatever is missing
    assert result.stats["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1) * np.sqrt(81), rel=1e-9)


def test_half_a_year_and_one_bar() -> None:
    half = days_of("stock", "2019-01-02", "2019-07-02")
    assert len(half) == 126
    result = run({"SPY": path_of(half)})
    assert result.stats["cagr"] == pytest.approx((result.stats["final_equity"] / CASH) ** 2 - 1, rel=1e-12)
    one = run({"SPY": path_of(half[:1])}, timeframe="1mo").stats
    assert (one["cagr"], one["sharpe"], one["turnover"]) == (0.0, None, 0.0)


def test_hours_of_a_coin_are_grouped_by_days() -> None:
    hours = pd.date_range("2019-01-01", "2019-12-31 23:00", freq="h", tz="UTC")
    result = run({"BTC-USD": path_of(hours)})
    growth = result.stats["final_equity"] / CASH
    assert result.stats["cagr"] == pytest.approx(growth - 1, rel=1e-12)  # 365 days
    equity = np.array([row.equity for row in result.equity])[23::24]
    returns = equity / np.concatenate([[CASH], equity[:-1]]) - 1
    assert result.stats["volatility"] == pytest.approx(returns.std(ddof=1) * np.sqrt(365), rel=1e-9)


@pytest.mark.parametrize(
    ("classes", "first", "last", "count"),
    [
        (("stock",), "2019-01-01", "2019-12-31", 252),
        (("stock", "crypto"), "2019-01-01", "2019-12-31", 365),
        (("stock", "fx"), "2019-01-01", "2019-12-31", 261),
        (("fx",), "2019-01-05", "2019-01-06", 1),  # a weekend, on which there was a row all the same
        (("stock",), "1935-01-01", "1935-12-31", 261),  # of which the holidays are not known: weekdays
    ],
)
def test_sessions_covered_are_days_of_any_calendar(classes: tuple[str, ...], first: str, last: str, count: int) -> None:
    calendars = [calendar_for(AssetClass(one)) for one in classes]
    days = [int(np.datetime64(day).astype(np.int64)) for day in (first, last)]
    assert sessions_covered(calendars, *days) == count


PAGE = (REPOSITORY / "docs" / "architecture" / "statistics.md").read_text(encoding="utf-8")
EXAMPLES = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.partition("| timeframe | rows | cagr |")[2].partition("\n\n")[0].splitlines()[2:]
]


@pytest.mark.parametrize(("timeframe", "rows", "cagr", "volatility", "sharpe"), EXAMPLES)
def test_example_of_the_page_about_statistics_holds(
    timeframe: str, rows: str, cagr: str, volatility: str, sharpe: str
) -> None:
    result = weaver.backtest(
        "buy-and-hold", SAMPLES / "AAPL_1d.csv", timeframe=timeframe, start="2006-01-01", end="2009-12-31",
        costs="none", cash=10_000_000,
    )  # fmt: skip
    assert len(result.equity) == int(rows)
    for name, value in {"cagr": cagr, "volatility": volatility, "sharpe": sharpe}.items():
        assert f"{result.stats[name]:.4f}" == value, name
