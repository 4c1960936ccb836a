"""Indicators give TA-Lib's own numbers, never look ahead, and say what is wrong with what they are given."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import talib as official
from talib import abstract

import weaver.marvin.series.indicators as i
from tests.unit.marvin.prices import Columns, cut, group, price_files, read
from weaver.marvin.series.feed import BarSeries
from weaver.marvin.series.functions.talib_library import talib_names
from weaver.marvin.series.series import Series
from weaver.model.errors import InputError, NotFound, StrategyError

FILES = price_files()
PREFIXES = (1, 2, 3, 17, 40, 100, 333, 700)

NAMED: dict[str, tuple[Callable[[BarSeries], Any], Callable[[Columns], Any]]] = {
    "sma": (lambda b: i.sma(b.close, 10), lambda c: official.SMA(c["close"], 10)),
    "ema": (lambda b: i.ema(b.high, 10), lambda c: official.EMA(c["high"], 10)),
    "wma": (lambda b: i.wma(b, 10), lambda c: official.WMA(c["close"], 10)),
    "bbands": (lambda b: i.bbands(b.close, 20, 2.5), lambda c: official.BBANDS(c["close"], 20, 2.5, 2.5)),
    "highest": (lambda b: i.highest(b.high, 20), lambda c: official.MAX(c["high"], 20)),
    "lowest": (lambda b: i.lowest(b.low, 20), lambda c: official.MIN(c["low"], 20)),
    "rsi": (lambda b: i.rsi(b.close), lambda c: official.RSI(c["close"], 14)),
    "macd": (lambda b: i.macd(b.close), lambda c: official.MACD(c["close"], 12, 26, 9)),
    "stoch": (
        i.stoch,
        lambda c: official.STOCH(c["high"], c["low"], c["close"], fastk_period=14, slowk_period=3, slowd_period=3),
    ),
    "cci": (lambda b: i.cci(b, 20), lambda c: official.CCI(c["high"], c["low"], c["close"], 20)),
    "roc": (lambda b: i.roc(b.close, 5), lambda c: official.ROC(c["close"], 5)),
    "mom": (lambda b: i.mom(b.close, 5), lambda c: official.MOM(c["close"], 5)),
    "adx": (lambda b: i.adx(b, 14), lambda c: official.ADX(c["high"], c["low"], c["close"], 14)),
    "atr": (lambda b: i.atr(b, 14), lambda c: official.ATR(c["high"], c["low"], c["close"], 14)),
    "natr": (lambda b: i.natr(b, 14), lambda c: official.NATR(c["high"], c["low"], c["close"], 14)),
    "stddev": (lambda b: i.stddev(b.close, 20), lambda c: official.STDDEV(c["close"], 20)),
    "obv": (i.obv, lambda c: official.OBV(c["close"], c["volume"])),
}


@functools.cache
def prices(path: Path, rows: int | None = None) -> Columns:
    return read(path, rows)


def arrays(result: Any) -> list[np.ndarray]:
    """What a series, or several, show now; or TA-Lib's own output as float64."""
    parts = result if isinstance(result, tuple) else (result,)
    return [np.asarray(part.values if isinstance(part, Series) else part, dtype=np.float64) for part in parts]


def assert_equal(ours: Any, theirs: Any, what: str) -> None:
    for a, b in zip(arrays(ours), arrays(theirs), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=what, strict=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("name", NAMED)
def test_indicator_equals_talibs_own_output(name: str, path: Path) -> None:
    ours, theirs = NAMED[name]
    columns = prices(path)
    assert_equal(ours(group(columns)), theirs(columns), name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_talib_function_equals_its_own_output_on_a_group(path: Path) -> None:
    columns = prices(path, 1500)
    bars = group(columns)
    for name in talib_names():
        sources = (bars.close, bars.low * 0 + 7) if name == "MAVP" else (bars,)
        result = i.talib(name, *sources)
        if name == "MAVP":
            theirs: Any = official.MAVP(columns["close"], np.full(len(columns["close"]), 7.0))
        else:
            theirs = abstract.Function(name)(columns)
        assert_equal(result, tuple(theirs) if isinstance(theirs, list) else theirs, name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_indicator_changes_its_past_when_bars_are_added(path: Path) -> None:
    columns = prices(path, 800)
    makers = {name: made for name, (made, _) in NAMED.items()}
    makers["zscore"] = lambda b: i.zscore(b.close, 20)
    for name in talib_names():
        makers[f"talib {name}"] = (
            (lambda b: i.talib("MAVP", b.close, b.low * 0 + 7)) if name == "MAVP" else (lambda b, n=name: i.talib(n, b))
        )
    full = {name: arrays(made(group(columns))) for name, made in makers.items()}
    for length in PREFIXES:
        part = group(cut(columns, length))
        for name, made in makers.items():
            for whole, seen in zip(full[name], arrays(made(part)), strict=True):
                np.testing.assert_array_equal(whole[:length], seen, err_msg=f"{name}, first {length} bars")


@pytest.mark.parametrize("length", [0, 1, 5, 40])
def test_series_without_a_value_gives_no_value(length: int) -> None:
    columns = {name: np.full(length, np.nan) for name in ("open", "high", "low", "close", "volume")}
    bars = group(columns)
    for name in talib_names():
        function = i.talib_function(name)
        sources = (bars.close, bars.low) if name == "MAVP" else (bars,)
        if "integer" in function.outputs or name.endswith("INDEX") or name == "SUPERTREND":
            continue  # whole-numbered outputs start with 0 in TA-Lib
        for values in arrays(i.talib(name, *sources)):
            assert np.isnan(values).all(), name


def test_indicator_of_an_indicator_skips_the_undefined_start() -> None:
    columns = prices(FILES[0])
    series = i.sma(i.rsi(group(columns).close, 14), 10)
    rsi = official.RSI(columns["close"], 14)
    expected = np.concatenate([np.full(14, np.nan), official.SMA(rsi[14:].copy(), 10)])
    assert_equal(series, expected, "sma of rsi")
    assert np.isnan(series.values[:23]).all() and not np.isnan(series.values[23:]).any()


def test_fewer_bars_than_the_period_are_undefined() -> None:
    columns = cut(prices(FILES[0]), 5)
    bars = group(columns)
    assert np.isnan(i.sma(bars.close, 6).values).all()
    assert all(np.isnan(series.values).all() for series in i.macd(bars.close))
    assert np.isnan(i.adx(bars).values).all()
    assert np.isnan(i.zscore(bars.close, 6).values).all()


def test_no_bars_give_no_values() -> None:
    bars = group(cut(prices(FILES[0]), 0))
    assert len(i.sma(bars.close, 6).values) == 0
    assert len(i.obv(bars).values) == 0


def test_averages_equal_sums_by_hand() -> None:
    columns = {name: np.array([1.0, 2.0, 4.0, 8.0]) for name in ("open", "high", "low", "close", "volume")}
    bars = group(columns)
    assert i.sma(bars.close, 2).values[1:].tolist() == [1.5, 3.0, 6.0]
    assert i.wma(bars.close, 2).values[1:].tolist() == pytest.approx([5 / 3, 10 / 3, 20 / 3])
    # Start 1.5, then α = 2/3: 1.5 + 2/3·2.5, and on.
    assert i.ema(bars.close, 2).values[1:].tolist() == pytest.approx([1.5, 1.5 + 2.5 * 2 / 3, 1.5 + 5 / 3 + 29 / 9])
    assert i.mom(bars.close, 1).values[1:].tolist() == [1.0, 2.0, 4.0]
    assert i.roc(bars.close, 1).values[1:].tolist() == [100.0, 100.0, 100.0]


def test_zscore_equals_numpys_mean_and_deviation() -> None:
    close = prices(FILES[0])["close"]
    values = i.zscore(group(prices(FILES[0])).close, 30).values
    windows = np.lib.stride_tricks.sliding_window_view(close, 30)
    expected = (close[29:] - windows.mean(axis=1)) / windows.std(axis=1)
    np.testing.assert_allclose(values[29:], expected, rtol=1e-6, atol=1e-9)
    assert np.isnan(values[:29]).all()


def test_zscore_of_a_price_that_stands_still_is_undefined() -> None:
    columns = {name: np.full(50, 3.0) for name in ("open", "high", "low", "close", "volume")}
    assert np.isnan(i.zscore(group(columns).close, 10).values).all()


def test_series_shows_only_bars_that_have_closed() -> None:
    columns = prices(FILES[0])
    series = i.sma(group(columns, seen=100).close, 10)
    assert len(series.values) == 100
    assert series[-1] == official.SMA(columns["close"], 10)[99]


@pytest.mark.parametrize(
    ("period", "says"),
    [
        (0, "sma: the period must lie between 1 and 100000, not 0"),
        (-3, "sma: the period must lie between 1 and 100000, not -3"),
        (100_001, "sma: the period must lie between 1 and 100000, not 100001"),
        (2.5, "sma: the period must be a whole number, not 2.5"),
        ("12", "sma: the period must be a whole number, not '12'"),
    ],
)
def test_bad_period_is_refused_in_one_line(period: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        i.sma(group(prices(FILES[0])).close, period)
    assert str(caught.value) == says


def test_period_that_only_talib_refuses_is_named() -> None:
    with pytest.raises(InputError, match=r"rsi: TA-Lib does not accept timeperiod=1 \(out of its range\)"):
        i.rsi(group(prices(FILES[0])).close, 1)


def test_numpy_whole_number_is_a_period() -> None:
    bars = group(prices(FILES[0]))
    assert_equal(i.sma(bars, np.int64(5)), i.sma(bars, 5), "sma")  # type: ignore[arg-type]


@pytest.mark.parametrize("deviations", [float("nan"), float("inf"), "wide"])
def test_bad_deviations_are_refused(deviations: Any) -> None:
    with pytest.raises(InputError, match="bbands: nbdevup must be"):
        i.bbands(group(prices(FILES[0])).close, 20, deviations)


def test_wrong_inputs_are_refused() -> None:
    bars = group(prices(FILES[0]))
    with pytest.raises(InputError, match=r"sma takes a series such as self.close, not ndarray"):
        i.sma(np.ones(3), 2)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"atr needs high, low, close: give it self.bars"):
        i.atr(bars.close, 14)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"talib\('ADX'\) takes self.bars, or 3 series \(high, low, close\)"):
        i.talib("ADX", bars.close, timeperiod=14)
    with pytest.raises(InputError, match="adx has no option 'period'; it has timeperiod"):
        i.talib("adx", bars, period=14)
    with pytest.raises(InputError, match="obv has no option 'period'; it has none"):
        i.talib("OBV", bars, period=14)
    with pytest.raises(NotFound, match="TA-Lib has no function 'ADXX'"):
        i.talib("ADXX", bars)


def test_talib_takes_one_series_per_input() -> None:
    columns = prices(FILES[0])
    bars = group(columns)
    assert_equal(i.talib("CORREL", bars.open, bars.close), official.CORREL(columns["open"], columns["close"]), "correl")


def test_labels_say_what_was_computed() -> None:
    bars = group(prices(FILES[0]))
    assert i.sma(i.rsi(bars.close, 2), 10).label == "sma(rsi(X.close, 2), 10)"
    assert i.zscore(bars, 20).label == "zscore(X.close, 20)"


# A user's own function


def test_own_function_is_computed_on_the_whole_series() -> None:
    columns = prices(FILES[0])
    series = i.indicator(lambda close, scale: close * scale, group(columns).close, scale=2.0)
    assert_equal(series, columns["close"] * 2, "scaled")
    assert series.user


def test_own_function_may_answer_yes_and_no() -> None:
    columns = prices(FILES[0])
    series = i.indicator(lambda open, close: close > open, *(group(columns).open, group(columns).close))
    assert_equal(series, (columns["close"] > columns["open"]).astype(float), "up")


def test_own_function_may_have_several_outputs() -> None:
    columns = prices(FILES[0])
    low, high = i.indicator(lambda close: (close - 1, close + 1), group(columns).close, outputs=2)
    assert_equal(low, columns["close"] - 1, "low")
    assert_equal(high, columns["close"] + 1, "high")


def fails(close: np.ndarray) -> np.ndarray:
    return close / undefined_name  # type: ignore[name-defined] # noqa: F821


def writes(close: np.ndarray) -> np.ndarray:
    close[0] = 0.0
    return close


class Callable2:
    def __call__(self, close: np.ndarray) -> np.ndarray:
        raise KeyError("window")


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (fails, r"indicator fails: test_indicators.py line \d+, in fails: NameError: name 'undefined_name'"),
        (writes, r"indicator writes: test_indicators.py line \d+, in writes: ValueError: .*read-only"),
        (Callable2(), r"indicator Callable2: test_indicators.py line \d+, in __call__: KeyError: 'window'"),
        (functools.partial(np.add, 1, 2), r"indicator partial: ValueError: output array is read-only"),
        (lambda close, volume: close * volume, r"indicator <lambda>: TypeError: .* missing 1 required .* 'volume'"),
        (lambda close: close[1:], r"it must return one value per bar \(5\), not an array of shape \(4,\)"),
        (lambda _: None, r"it must return one value per bar \(5\), not None"),
        (lambda _: 3.0, r"it must return one value per bar \(5\), not 3.0"),
        (lambda _: [1.0, 2.0], r"it must return one value per bar \(5\), not a list of 2"),
        (lambda _: [[1.0], [1.0, 2.0]], r"its result is no array: ValueError"),
        (lambda close: close.astype(complex), r"its values must be numbers or booleans, not complex128"),
        (lambda _: np.array(["a"] * 5), r"its values must be numbers or booleans, not <U1"),
    ],
)
def test_own_function_that_fails_is_reported_with_its_line(function: Any, says: str) -> None:
    series = i.indicator(function, group(cut(prices(FILES[0]), 5)).close)
    with pytest.raises(StrategyError, match=says):
        _ = series.values


def test_own_function_with_too_few_outputs_is_reported() -> None:
    first, _ = i.indicator(lambda close: close, group(cut(prices(FILES[0]), 5)).close, outputs=2)
    with pytest.raises(StrategyError, match=r"it must return 2 arrays, not an array of shape \(5,\)"):
        _ = first.values


def test_own_function_that_keeps_its_array_cannot_change_the_series() -> None:
    kept: list[np.ndarray] = []

    def keep(close: np.ndarray) -> np.ndarray:
        kept.append(close + 0)
        return kept[0]

    columns = cut(prices(FILES[0]), 5)
    series = i.indicator(keep, group(columns).close)
    before = series.values.copy()
    kept[0][:] = 0
    assert_equal(series, before, "kept")


def test_what_is_no_function_is_refused() -> None:
    close = group(cut(prices(FILES[0]), 5)).close
    with pytest.raises(InputError, match="takes a function of numpy arrays first, not Series"):
        i.indicator(close)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="outputs must be at least 1, not 0"):
        i.indicator(np.abs, close, outputs=0)
