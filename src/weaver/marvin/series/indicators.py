"""Indicators: series computed from series, on TA-Lib's functions where it has them.

Each takes a series, or a group of them (`self.bars`, `self.series("MSFT")`), which stands for its close where one
column is needed. Values are float64, NaN until enough bars have closed; leading NaNs of an input are skipped, as TA-Lib
does. All are functions of the past only: the values on the first n bars never depend on what follows. A period or
option that TA-Lib does not take raises InputError at once. `plot` says where a chart draws it: True (over the price if
it is of that size, else beneath), False (nowhere), "over" or "below" (oscillators, unless told); `series.plot` of one
that was computed.
"""

from collections.abc import Callable, Mapping
from operator import index
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.functions.talib_library import TalibFunction, talib_function
from weaver.marvin.series.functions.user_function import UserFunction
from weaver.marvin.series.node import PLACES, Plot
from weaver.marvin.series.series import Series, derive
from weaver.model.errors import InputError

Floats: TypeAlias = NDArray[np.float64]
_PERIOD_MAX = 100_000  # TA-Lib's own limit


class PriceColumns(Protocol):
    """The columns of one symbol and timeframe; weaver.marvin.series.feed.BarSeries is one."""

    open: Series
    high: Series
    low: Series
    close: Series
    volume: Series


Source: TypeAlias = Series | PriceColumns
Made = TypeVar("Made")


def drawn(made: Made, plot: Plot) -> Made:
    """A series, or each of a tuple, with its place on a chart. Raises InputError."""
    if plot is True:
        return made
    if plot not in PLACES:
        raise InputError(f'plot says where a chart draws the series: True, False, "over" or "below", not {plot!r}')
    for series in made if isinstance(made, tuple) else (made,):
        assert isinstance(series, Series)
        series.plot = plot
    return made


# Averages


def sma(source: Source, period: int, *, plot: Plot = True) -> Series:
    """Simple moving average."""
    return drawn(_one("sma", "SMA", (source,), timeperiod=period), plot)


def ema(source: Source, period: int, *, plot: Plot = True) -> Series:
    """Exponential moving average, α = 2/(period + 1), started with the simple average of the first `period` values."""
    return drawn(_one("ema", "EMA", (source,), timeperiod=period), plot)


def wma(source: Source, period: int, *, plot: Plot = True) -> Series:
    """Linearly weighted moving average: the newest value weighs `period`, the oldest 1."""
    return drawn(_one("wma", "WMA", (source,), timeperiod=period), plot)


# Bands and extremes


def bbands(
    source: Source, period: int = 20, deviations: float = 2.0, *, plot: Plot = True
) -> tuple[Series, Series, Series]:
    """Bollinger bands (upper, middle, lower): the simple average ± `deviations` standard deviations (ddof 0)."""
    return drawn(_three("bbands", "BBANDS", (source,), timeperiod=period, nbdevup=deviations, nbdevdn=deviations), plot)


def highest(source: Source, period: int, *, plot: Plot = True) -> Series:
    """The highest of the newest `period` values, the current one among them."""
    return drawn(_one("highest", "MAX", (source,), timeperiod=period), plot)


def lowest(source: Source, period: int, *, plot: Plot = True) -> Series:
    """The lowest of the newest `period` values, the current one among them."""
    return drawn(_one("lowest", "MIN", (source,), timeperiod=period), plot)


# Momentum


def rsi(source: Source, period: int = 14, *, plot: Plot = "below") -> Series:
    """Relative strength index after Wilder, 0 to 100."""
    return drawn(_one("rsi", "RSI", (source,), timeperiod=period), plot)


def macd(
    source: Source, fast: int = 12, slow: int = 26, signal: int = 9, *, plot: Plot = "below"
) -> tuple[Series, Series, Series]:
    """Moving average convergence/divergence (macd, signal, histogram): ema(fast) − ema(slow), its ema, and the rest."""
    return drawn(_three("macd", "MACD", (source,), fastperiod=fast, slowperiod=slow, signalperiod=signal), plot)


def stoch(
    prices: PriceColumns, k_period: int = 14, k_slowing: int = 3, d_period: int = 3, *, plot: Plot = "below"
) -> tuple[Series, Series]:
    """Slow stochastic oscillator (k, d), 0 to 100: simple averages on both."""
    periods = {"fastk_period": k_period, "slowk_period": k_slowing, "slowd_period": d_period}
    k, d = _call("stoch", talib_function("STOCH"), _columns("stoch", prices, "high", "low", "close"), periods)
    return drawn((k, d), plot)


def cci(prices: PriceColumns, period: int = 20, *, plot: Plot = "below") -> Series:
    """Commodity channel index of the typical price."""
    return drawn(_one("cci", "CCI", _columns("cci", prices, "high", "low", "close"), timeperiod=period), plot)


def roc(source: Source, period: int = 10, *, plot: Plot = "below") -> Series:
    """Rate of change in percent over `period` bars."""
    return drawn(_one("roc", "ROC", (source,), timeperiod=period), plot)


def mom(source: Source, period: int = 10, *, plot: Plot = "below") -> Series:
    """Momentum: the change over `period` bars."""
    return drawn(_one("mom", "MOM", (source,), timeperiod=period), plot)


# Trend and volatility


def adx(prices: PriceColumns, period: int = 14, *, plot: Plot = "below") -> Series:
    """Average directional index after Wilder: the strength of a trend, 0 to 100."""
    return drawn(_one("adx", "ADX", _columns("adx", prices, "high", "low", "close"), timeperiod=period), plot)


def atr(prices: PriceColumns, period: int = 14, *, plot: Plot = "below") -> Series:
    """Average true range after Wilder, in the price's unit."""
    return drawn(_one("atr", "ATR", _columns("atr", prices, "high", "low", "close"), timeperiod=period), plot)


def natr(prices: PriceColumns, period: int = 14, *, plot: Plot = "below") -> Series:
    """Average true range in percent of the close."""
    return drawn(_one("natr", "NATR", _columns("natr", prices, "high", "low", "close"), timeperiod=period), plot)


def stddev(source: Source, period: int = 20, *, plot: Plot = "below") -> Series:
    """Standard deviation (ddof 0)."""
    return drawn(_one("stddev", "STDDEV", (source,), timeperiod=period), plot)


def zscore(source: Source, period: int = 20, *, plot: Plot = "below") -> Series:
    """How many standard deviations (ddof 0) the newest value lies from the mean; undefined where nothing moved."""
    options = _options("zscore", talib_function("STDDEV"), {"timeperiod": period})
    mean, deviation = talib_function("SMA").compute, talib_function("STDDEV").compute

    def function(values: Floats) -> Floats:
        width = deviation(values, **options)
        with np.errstate(divide="ignore", invalid="ignore"):
            score: Floats = (values - mean(values, **options)) / width
        score[~(width > 0.0)] = np.nan
        return score

    column = _column("zscore", source)
    label = f"zscore({column.label}, {options['timeperiod']})"
    series: Series = derive(label, function, (column,), is_settled=True, key=("zscore", *options.items()))
    return drawn(series, plot)


# Volume


def obv(prices: PriceColumns, *, plot: Plot = "below") -> Series:
    """On-balance volume: volume added on a higher close, taken off on a lower one."""
    return drawn(_one("obv", "OBV", _columns("obv", prices, "close", "volume")), plot)


# Everything else


def talib(name: str, *sources: Source, plot: Plot = True, **options: float) -> Any:
    """Any of TA-Lib's functions, by its name: `talib("ADX", self.bars, timeperiod=14)`.

    One group gives the columns that the function asks for; else give one series per input, in TA-Lib's order. Returns a
    Series, or a tuple of them where the function has several outputs. Raises InputError (NotFound for the name).
    """
    function = talib_function(name)
    return drawn(_call(function.name.lower(), function, _inputs(function, sources), options), plot)


def indicator(
    function: Callable[..., Any], *sources: Source, outputs: int = 1, plot: Plot = True, **options: Any
) -> Any:
    """An indicator of your own: `function(*arrays, **options)` takes read-only float64 arrays and gives one as long
    (numbers or booleans, NaN where undefined), or a tuple of `outputs` of them. It must look at the past only, and the
    backtest checks that. Returns a Series, or a tuple of them. Raises StrategyError when evaluated, if it fails.
    """
    if not callable(function):
        raise InputError(f"indicator() takes a function of numpy arrays first, not {type(function).__name__}")
    if outputs < 1:
        raise InputError(f"indicator(): outputs must be at least 1, not {outputs}")
    name = getattr(function, "__name__", type(function).__name__)
    columns = tuple(_column(name, source) for source in sources)
    own = UserFunction(function, name, outputs=outputs, options=options)
    key = None if not columns or columns[0].timeline.clock.shared is None else own.key
    names = tuple(map(str, range(outputs)))
    made = derive(_label(name, columns, options), own, columns, outputs=names, user=True, key=key)
    return drawn(made, plot)


# How TA-Lib is called


def _one(label: str, name: str, sources: tuple[Source, ...], **options: float) -> Series:
    series: Series = _call(label, talib_function(name), tuple(_column(label, source) for source in sources), options)
    return series


def _three(label: str, name: str, sources: tuple[Source, ...], **options: float) -> tuple[Series, Series, Series]:
    first, second, third = _call(
        label, talib_function(name), tuple(_column(label, source) for source in sources), options
    )
    return first, second, third


def _call(label: str, function: TalibFunction, columns: tuple[Series, ...], given: Mapping[str, float]) -> Any:
    options = _options(label, function, given)

    def compute(*arrays: Floats) -> Any:
        result = function.compute(*arrays, **options)
        return result if _any_defined(arrays) else _undefined(result)

    key = (function.name, *options.items())
    return derive(_label(label, columns, options), compute, columns, outputs=function.outputs, is_settled=True, key=key)


def _any_defined(arrays: tuple[Floats, ...]) -> bool:
    """Whether the inputs are all defined on some bar; the newest, mostly."""
    if not len(arrays[0]) or not any(np.isnan(array[-1]) for array in arrays):
        return True
    return bool(np.logical_and.reduce([~np.isnan(array) for array in arrays]).any())


def _undefined(result: Any) -> Any:
    """All NaN: of inputs without a single value, TA-Lib's running sums (AD, NVI …) show their start on the last bar."""
    if isinstance(result, tuple):
        return tuple(_undefined(part) for part in result)
    return np.full(len(result), np.nan)


def _options(label: str, function: TalibFunction, given: Mapping[str, float]) -> dict[str, float]:
    """The options as TA-Lib takes them. Raises InputError on an unknown one, or a value that it refuses."""
    options: dict[str, float] = {}
    for name, value in given.items():
        if name not in function.options:
            known = ", ".join(function.options) or "none"
            raise InputError(f"{label} has no option {name!r}; it has {known}")
        read = _whole if isinstance(function.options[name], int) else _real
        options[name] = read(label, name, value)
    function.check(label, options)
    return options


def _whole(label: str, name: str, value: Any) -> int:
    if name == "timeperiod":
        name = "the period"
    try:
        number = index(value)
    except TypeError:
        raise InputError(f"{label}: {name} must be a whole number, not {value!r}") from None
    least = 1 if name.endswith("period") else 0
    if not least <= number <= _PERIOD_MAX:
        raise InputError(f"{label}: {name} must lie between {least} and {_PERIOD_MAX}, not {number}")
    return number


def _real(label: str, name: str, value: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(f"{label}: {name} must be a number, not {value!r}") from None
    if not np.isfinite(number):
        raise InputError(f"{label}: {name} must be finite, not {value!r}")
    return number


# What is given as input


def _column(label: str, source: object) -> Series:
    if isinstance(source, Series):
        return source
    close = getattr(source, "close", None)
    if isinstance(close, Series):
        return close
    raise InputError(f"{label} takes a series such as self.close, not {type(source).__name__}")


def _columns(label: str, prices: PriceColumns, *names: str) -> tuple[Series, ...]:
    columns = [getattr(prices, name, None) for name in names]
    if isinstance(prices, Series) or not all(isinstance(column, Series) for column in columns):
        raise InputError(f"{label} needs {', '.join(names)}: give it self.bars or self.series(symbol), not one series")
    return tuple(column for column in columns if isinstance(column, Series))


def _inputs(function: TalibFunction, sources: tuple[Source, ...]) -> tuple[Series, ...]:
    if len(sources) == len(function.inputs) and all(isinstance(source, Series) for source in sources):
        return tuple(_column(function.name, source) for source in sources)
    if len(sources) == 1 and not isinstance(sources[0], Series) and "periods" not in function.inputs:
        return _columns(function.name, sources[0], *function.inputs)
    wanted = ", ".join(function.inputs)
    raise InputError(
        f"talib({function.name!r}) takes self.bars, or {len(function.inputs)} series ({wanted}); options go by name"
    )


def _label(name: str, columns: tuple[Series, ...], options: Mapping[str, object]) -> str:
    return f"{name}({', '.join([*(column.label for column in columns), *map(str, options.values())])})"
