"""Statistics against empyrical, scipy, published figures, a peer's output, and sums done by hand."""

import json
import math
import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats as scipy_stats

from tests.shared_data import sample_files, shared_files
from weaver.greta.results.drawdown import drawdown
from weaver.greta.results.statistics import STATISTICS, TradeColumns, probabilistic_sharpe, statistics

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical

DAY = 86_400_000_000_000
CASH = 10_000.0
PROMISED = (
    "initial_equity final_equity total_return cagr volatility sharpe sortino calmar max_drawdown max_drawdown_days "
    "trades wins losses win_rate profit_factor expectancy avg_win avg_loss best_trade worst_trade avg_trade_days sqn "
    "exposure turnover commission slippage alpha beta benchmark_return skew kurtosis var_95 cvar_95 psr"
)


def columns(pnl=(), return_=None, days=None):
    pnl = np.array(pnl, dtype=np.float64)
    return_ = pnl / 1000.0 if return_ is None else np.array(return_, dtype=np.float64)
    days = np.ones(len(pnl)) if days is None else np.array(days, dtype=np.float64)
    entry_time = np.arange(len(pnl), dtype=np.int64) * DAY
    return TradeColumns(
        pnl=pnl, return_=return_, entry_time=entry_time, exit_time=entry_time + (days * DAY).astype(np.int64)
    )


def measured(equity, *, session=None, benchmark=None, trades=None, periods_per_year=252, covered=None, **other):
    equity = np.array(equity, dtype=np.float64)
    session = np.arange(len(equity), dtype=np.int32) if session is None else np.array(session, dtype=np.int32)
    keywords = {
        "session": session,
        "equity": equity,
        "initial_equity": CASH,
        "trades": columns() if trades is None else trades,
        "sessions_per_year": periods_per_year,
        "sessions_covered": max(len(np.unique(session)), 1) if covered is None else covered,
        "benchmark": None if benchmark is None else np.array(benchmark, dtype=np.float64).__getitem__,
        "exposed": np.zeros(len(equity), dtype=bool),
        "traded_value": 0.0,
        "commission": 0.0,
        "slippage": 0.0,
    }
    return statistics(**{**keywords, **other})


def random_returns(seed, count, *, sigma=0.02, drift=0.0004):
    return np.random.default_rng(seed).standard_t(4, count).clip(-20, 20) * sigma + drift


def curve(returns):
    return CASH * np.cumprod(1.0 + np.asarray(returns))


def with_initial(equity):
    """What empyrical is given: the daily returns that start from the initial cash."""
    equity = np.asarray(equity)
    return equity / np.concatenate(([CASH], equity[:-1])) - 1.0


def test_keys_are_those_promised_in_their_order():
    assert list(measured([CASH, CASH * 1.1])) == PROMISED.split() == list(STATISTICS)


@pytest.mark.parametrize(
    "equity",
    [[], [CASH], [CASH, CASH], [CASH, CASH * 2], [0.0, 0.0], [CASH, -5.0], [CASH, 0.0, CASH], [1e12, 1e-12] * 5],
)
@pytest.mark.parametrize("pnl", [[], [0.0], [5.0], [-5.0], [5.0, 5.0], [5.0, -5.0]])
def test_every_value_is_none_or_a_finite_number_of_python(equity, pnl):
    result = measured(equity, benchmark=equity, trades=columns(pnl))
    json.dumps(result, allow_nan=False)
    assert all(value is None or type(value) in (int, float) for value in result.values())


def test_counts_and_days_are_integers():
    result = measured([CASH, CASH * 0.9, CASH], trades=columns([5.0, -5.0]))
    assert [type(result[name]) for name in ("trades", "wins", "losses", "max_drawdown_days")] == [int] * 4


SERIES = {
    "thousand days": (random_returns(1, 1000), 252),
    "crypto year": (random_returns(2, 365, sigma=0.05), 365),
    "currency quarter": (random_returns(3, 65, sigma=0.003), 260),
    "steady loss": (random_returns(4, 250, sigma=0.004, drift=-0.003), 252),
    "two days": (np.array([0.01, -0.02]), 252),
    "three days": (np.array([-0.01, 0.0, 0.03]), 252),
    "twenty-one days, whose tail is one and a bit": (random_returns(5, 21), 252),
    "one trade in a flat year": (np.array([0.0] * 100 + [0.05, -0.02] + [0.0] * 150), 252),
}


@pytest.mark.parametrize("name", SERIES)
def test_return_statistics_equal_empyrical(name):
    returns, periods = SERIES[name]
    equity = curve(returns)
    result, exact = measured(equity, periods_per_year=periods), with_initial(equity)
    assert result["cagr"] == pytest.approx(empyrical.cagr(exact, annualization=periods), rel=1e-10)
    assert result["volatility"] == pytest.approx(empyrical.annual_volatility(exact, annualization=periods), rel=1e-12)
    assert result["sharpe"] == pytest.approx(empyrical.sharpe_ratio(exact, annualization=periods), rel=1e-10)
    assert result["sortino"] == pytest.approx(empyrical.sortino_ratio(exact, annualization=periods), rel=1e-10)
    assert result["calmar"] == pytest.approx(empyrical.calmar_ratio(exact, annualization=periods), rel=1e-10)
    assert result["max_drawdown"] == pytest.approx(empyrical.max_drawdown(exact), rel=1e-12)
    assert result["total_return"] == pytest.approx(empyrical.cum_returns_final(exact), rel=1e-10)
    assert result["var_95"] == pytest.approx(empyrical.value_at_risk(exact), rel=1e-12, abs=1e-15)
    assert result["cvar_95"] == pytest.approx(empyrical.conditional_value_at_risk(exact), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", SERIES)
def test_skew_and_kurtosis_equal_scipys_population_moments(name):
    returns, _ = SERIES[name]
    equity = curve(returns)
    result, exact = measured(equity), with_initial(equity)
    assert result["skew"] == pytest.approx(scipy_stats.skew(exact), rel=1e-9, abs=1e-12)
    assert result["kurtosis"] == pytest.approx(scipy_stats.kurtosis(exact), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_and_beta_equal_empyrical(seed):
    market = random_returns(seed, 400)
    mine = 0.6 * market + random_returns(seed + 100, 400, sigma=0.01)
    result = measured(curve(mine), benchmark=curve(market))
    ours, theirs = with_initial(curve(mine)), with_initial(curve(market))
    assert result["alpha"] == pytest.approx(empyrical.alpha_aligned(ours, theirs, annualization=252), rel=1e-9)
    assert result["beta"] == pytest.approx(empyrical.beta_aligned(ours, theirs), rel=1e-10)
    assert result["benchmark_return"] == pytest.approx(empyrical.cum_returns_final(theirs), rel=1e-10)


@pytest.mark.parametrize(
    "path", [p for p in sample_files() + shared_files() if "_1d" in p.name], ids=lambda path: path.name
)
def test_statistics_of_real_prices_equal_empyrical(path):
    close = np.genfromtxt(path, delimiter=",", names=True, usecols=range(1, 5))["close"]
    equity, exact = CASH * close / close[0], np.concatenate(([0.0], close[1:] / close[:-1] - 1.0))
    result = measured(equity)
    assert result["sharpe"] == pytest.approx(empyrical.sharpe_ratio(exact), rel=1e-9)
    assert result["sortino"] == pytest.approx(empyrical.sortino_ratio(exact), rel=1e-9)
    assert result["calmar"] == pytest.approx(empyrical.calmar_ratio(exact), rel=1e-9)
    assert result["cvar_95"] == pytest.approx(empyrical.conditional_value_at_risk(exact), rel=1e-9)


def test_daily_equity_is_the_last_value_of_each_session():
    hourly = [CASH, 9_000.0, 11_000.0, 10_500.0, 12_000.0, 11_500.0]
    result = measured(hourly, session=[5, 5, 5, 6, 6, 9])
    daily = measured([11_000.0, 12_000.0, 11_500.0])
    for name in ("cagr", "volatility", "sharpe", "sortino", "calmar", "skew", "var_95", "psr", "turnover"):
        assert result[name] == daily[name]
    assert result["max_drawdown"] == pytest.approx(-0.1)  # seen between the bars of one session


def test_flat_equity_has_no_ratios():
    result = measured([CASH] * 50, benchmark=[CASH] * 50)
    for name in ("sharpe", "sortino", "calmar", "skew", "kurtosis", "psr", "alpha", "beta"):
        assert result[name] is None
    assert (result["volatility"], result["max_drawdown"], result["max_drawdown_days"]) == (0.0, 0.0, 0)
    assert (result["cagr"], result["var_95"], result["cvar_95"]) == (0.0, 0.0, 0.0)


def test_equal_growth_every_day_is_no_infinite_sharpe():
    result = measured(CASH * 1.001 ** np.arange(1, 300))
    assert result["sharpe"] is None
    assert result["volatility"] == 0.0
    assert result["cagr"] == pytest.approx(1.001**252 - 1.0)


def test_no_losing_day_leaves_sortino_and_calmar_undefined():
    result = measured(curve(np.linspace(0.001, 0.01, 30)))
    assert result["sharpe"] > 0
    assert (result["sortino"], result["calmar"]) == (None, None)


def test_single_session_has_growth_but_no_risk():
    result = measured([CASH * 1.001])
    assert result["total_return"] == pytest.approx(0.001)
    assert result["cagr"] == pytest.approx(1.001**252 - 1.0)
    for name in ("volatility", "sharpe", "sortino", "calmar", "skew", "kurtosis", "var_95", "cvar_95", "psr"):
        assert result[name] is None


def test_growth_past_the_range_of_floats_is_undefined():
    assert measured([CASH * 1e3])["cagr"] is None


def test_lost_account_has_a_return_but_no_growth_rate():
    result = measured([CASH, CASH / 2, -CASH], benchmark=[CASH, CASH * 1.1, CASH * 1.2])
    assert (result["total_return"], result["max_drawdown"]) == (-2.0, -2.0)
    for name in ("cagr", "volatility", "sharpe", "sortino", "calmar", "alpha", "beta", "psr"):
        assert result[name] is None


def test_no_benchmark_gives_no_comparison():
    result = measured([CASH, CASH * 1.1, CASH])
    assert (result["alpha"], result["beta"], result["benchmark_return"]) == (None, None, None)


def test_initial_cash_is_a_peak():
    result = measured([9_000.0, 9_500.0], session=[10, 13])
    assert result["max_drawdown"] == pytest.approx(-0.1)
    assert result["max_drawdown_days"] == 3


def test_longest_fall_counts_calendar_days_from_peak_to_recovery():
    equity = [10_000, 11_000, 10_900, 11_000, 10_999, 10_998, 11_001]
    assert measured(equity, session=[0, 1, 4, 5, 6, 8, 11])["max_drawdown_days"] == 6


def test_fall_that_never_recovers_counts_to_the_last_row():
    assert measured([11_000, 10_999, 10_000], session=[100, 101, 140])["max_drawdown_days"] == 40


def test_weekends_between_new_highs_are_no_fall():
    assert measured([10_001, 10_002, 10_003], session=[4, 7, 8])["max_drawdown_days"] == 0


def test_overnight_dip_counts_one_day():
    assert measured([10_005, 10_004, 10_003, 10_006], session=[1, 1, 2, 2])["max_drawdown_days"] == 1


def test_deepest_fall_within_one_session_beats_a_lower_low_in_another():
    equity = [10_000, 12_000, 6_000, 12_500, 14_000, 8_000]  # 6 000 ÷ 12 000 against 8 000 ÷ 14 000
    assert measured(equity, session=[1, 1, 1, 2, 2, 2])["max_drawdown"] == -0.5


@given(
    steps=hnp.arrays(np.int64, st.integers(1, 60), elements=st.integers(-3, 3)),
    gaps=hnp.arrays(np.int64, 60, elements=st.sampled_from([0, 0, 0, 1, 1, 3])),
)
def test_worst_falls_equal_a_plain_walk_over_all_rows(steps, gaps):
    equity = CASH + 10.0 * np.cumsum(steps)
    session = np.cumsum(gaps[: len(steps)])
    peak, peak_date, below = CASH, session[0], False
    depth, days = 0.0, 0
    for value, date in zip(equity, session, strict=True):
        if value >= peak:
            days = max(days, date - peak_date) if below else days
            peak, peak_date, below = value, date, False
        else:
            depth, below = min(depth, value / peak - 1.0), True
    days = max(days, session[-1] - peak_date) if below else days
    result = measured(equity, session=session)
    assert (result["max_drawdown"], result["max_drawdown_days"]) == (depth, days)
    assert result["max_drawdown"] == drawdown(equity, CASH).min()


@pytest.mark.parametrize(("skew", "kurtosis", "published"), [(0.0, 3.0, 0.982), (-2.448, 10.164, 0.913)])
def test_psr_gives_the_papers_hedge_fund_example(skew, kurtosis, published):
    """Bailey and López de Prado (2012), section 3: 24 months at a Sharpe ratio of 0.458 a month, 1.59 a year."""
    found = probabilistic_sharpe(sharpe=0.458, skew=skew, excess_kurtosis=kurtosis - 3.0, count=24)
    assert found == pytest.approx(published, abs=5e-4)


def test_psr_uses_the_daily_ratio_and_its_moments():
    equity = curve(random_returns(11, 500))
    returns = with_initial(equity)
    ratio = returns.mean() / returns.std(ddof=1)
    skew, kurtosis = scipy_stats.skew(returns), scipy_stats.kurtosis(returns, fisher=False)
    error = math.sqrt((1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2) / 499)
    assert measured(equity)["psr"] == pytest.approx(scipy_stats.norm.cdf(ratio / error), rel=1e-9)


def test_psr_is_half_where_the_mean_is_zero():
    assert probabilistic_sharpe(sharpe=0.0, skew=1.0, excess_kurtosis=2.0, count=10) == 0.5


def test_psr_without_a_standard_error_is_undefined():
    assert probabilistic_sharpe(sharpe=1.0, skew=5.0, excess_kurtosis=0.0, count=10) is None
    assert probabilistic_sharpe(sharpe=1.0, skew=0.0, excess_kurtosis=0.0, count=1) is None


def test_trade_figures_by_hand():
    trades = columns([300.0, -100.0, 0.0, 200.0, -150.0], [0.3, -0.1, 0.0, 0.1, -0.2], [1, 2, 3, 4, 0.5])
    result = measured([CASH, CASH + 250], trades=trades)
    assert (result["trades"], result["wins"], result["losses"]) == (5, 2, 2)
    assert result["win_rate"] == pytest.approx(0.4)
    assert result["profit_factor"] == pytest.approx(500 / 250)
    assert result["expectancy"] == pytest.approx(50.0)
    assert result["avg_win"] == pytest.approx(0.2)
    assert result["avg_loss"] == pytest.approx(-0.15)
    assert (result["best_trade"], result["worst_trade"]) == (0.3, -0.2)
    assert result["avg_trade_days"] == pytest.approx(2.1)
    spread = math.sqrt((250**2 + 150**2 + 50**2 + 150**2 + 200**2) / 4)
    assert result["sqn"] == pytest.approx(math.sqrt(5) * 50 / spread)


def test_no_trades_leave_their_figures_undefined():
    result = measured([CASH, CASH])
    assert (result["trades"], result["wins"], result["losses"]) == (0, 0, 0)
    for name in ("win_rate", "profit_factor", "expectancy", "avg_win", "best_trade", "avg_trade_days", "sqn"):
        assert result[name] is None


def test_only_winners_have_no_profit_factor():
    result = measured([CASH, CASH], trades=columns([5.0, 5.0]))
    assert (result["profit_factor"], result["avg_loss"], result["sqn"]) == (None, None, None)
    assert result["win_rate"] == 1.0


def test_only_losers_have_a_profit_factor_of_zero():
    assert measured([CASH, CASH], trades=columns([-5.0, -6.0]))["profit_factor"] == 0.0


@pytest.mark.parametrize("kind", [bool, np.float64])
def test_exposure_is_the_share_of_rows_with_a_position(kind):
    assert measured([CASH] * 4, exposed=np.array([0, 1, 1, 0], dtype=kind))["exposure"] == 0.5


def test_turnover_is_traded_value_per_year_over_average_equity():
    half_a_year = np.linspace(CASH, 3 * CASH, 126)  # 20 000 on average
    assert measured(half_a_year, traded_value=100_000.0)["turnover"] == pytest.approx(10.0)


def test_costs_are_passed_through():
    result = measured([CASH], commission=12.5, slippage=-0.25)
    assert (result["commission"], result["slippage"]) == (12.5, -0.25)


@cache
def goog():
    """Case B of the GOOG example (SMA 10/30, no costs), as backtesting.py runs it on the prices that it ships."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from backtesting import Backtest, Strategy
        from backtesting.lib import crossover
        from backtesting.test import GOOG, SMA

        class SmaCross(Strategy):
            def init(self):
                self.fast, self.slow = self.I(SMA, self.data.Close, 10), self.I(SMA, self.data.Close, 30)

            def next(self):
                if crossover(self.fast, self.slow):
                    self.position.close()
                    self.buy()
                elif crossover(self.slow, self.fast):
                    self.position.close()
                    self.sell()

        return Backtest(GOOG, SmaCross, cash=CASH, finalize_trades=True).run()


@cache
def goog_measured():
    peer = goog()
    trades, curve_ = peer["_trades"], peer["_equity_curve"]
    return measured(
        curve_["Equity"].to_numpy(),
        session=curve_.index.to_numpy().astype("datetime64[D]").astype(np.int32),
        trades=TradeColumns(
            pnl=trades["PnL"].to_numpy(),
            return_=trades["ReturnPct"].to_numpy(),
            entry_time=trades["EntryTime"].to_numpy().astype("datetime64[ns]").astype(np.int64),
            exit_time=trades["ExitTime"].to_numpy().astype("datetime64[ns]").astype(np.int64),
        ),
    )


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("final_equity", 51422.98999999996),
        ("total_return", 4.142298999999996),
        ("max_drawdown", -0.4798012705007589),
        ("max_drawdown_days", 584),
        ("trades", 66),
        ("win_rate", 0.4696969696969697),
        ("best_trade", 0.5359595229490424),
        ("worst_trade", -0.1839887353835481),
        ("sqn", 1.0766187356697705),
    ],
)
def test_goog_equals_the_published_figure(name, published):
    assert goog_measured()[name] == pytest.approx(published, rel=1e-8)


def test_goog_growth_differs_from_the_peers_only_by_counting_the_first_day():
    """backtesting.py drops the first return, which is 0 here: 2,147 returns instead of 2,148."""
    annual = goog()["Return (Ann.) [%]"] / 100
    assert annual == pytest.approx(21.191099249053224 / 100)
    assert (1 + goog_measured()["cagr"]) ** (2148 / 2147) - 1 == pytest.approx(annual, rel=1e-10)


def test_goog_sortino_differs_from_the_peers_by_its_numerator():
    """Ours: mean return per year; theirs: compound growth, both over the same downside deviation."""
    returns = with_initial(goog()["_equity_curve"]["Equity"].to_numpy())
    downside = returns.mean() * 252 / goog_measured()["sortino"]
    theirs = (goog()["Return (Ann.) [%]"] / 100) / (downside * math.sqrt(2148 / 2147))
    assert theirs == pytest.approx(1.0853434352488662, rel=1e-8)


def test_goog_profit_factor_differs_from_the_peers_by_counting_money():
    """Theirs sums the trades' returns, ours their profits; on returns the two are the same."""
    trades = goog()["_trades"]
    on_returns = measured([CASH], trades=columns(trades["ReturnPct"].to_numpy()))
    assert on_returns["profit_factor"] == pytest.approx(2.167945974262033, rel=1e-8)
    assert on_returns["expectancy"] == pytest.approx(3.2748078066748834 / 100, rel=1e-8)
    pnl = trades["PnL"]
    assert goog_measured()["profit_factor"] == pytest.approx(pnl[pnl > 0].sum() / -pnl[pnl < 0].sum(), rel=1e-12)
    assert goog_measured()["expectancy"] == pytest.approx(41422.99 / 66, rel=1e-8)
