"""numpy's functions on series: ufuncs make series, and nothing is ever silently empty."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars
from weaver.marvin.series.series import Series, Signal
from weaver.marvin.strategy import Strategy
from weaver.model.errors import WeaverError
from weaver.model.market.bars import Bars

CLOSES = np.random.default_rng(7).uniform(0.5, 3.0, 60).tolist()
OPENS = np.random.default_rng(8).uniform(0.5, 3.0, 60).tolist()
MARKET: Bars = crypto_bars(CLOSES, opens=OPENS)
Told = Callable[[Any], Any]


def seen(make: Told, *, starting: bool) -> list[list[float]]:
    """What is visible at each bar of what `make(strategy)` gives, made in on_start or anew at each bar."""
    found: list[list[float]] = []

    class Watching(Strategy):
        def on_start(self) -> None:
            self.made = make(self) if starting else None

        def on_bar(self, bar: Any) -> None:
            made = self.made if starting else make(self)
            assert isinstance(made, Series | Signal)
            assert made[-1] == made.values[-1] or math.isnan(made[-1])
            found.append(made.values.tolist())

    backtest(Watching, MARKET)
    return found


UFUNCS: dict[str, Told] = {
    "log": lambda m: np.log(m.close),
    "sqrt": lambda m: np.sqrt(m.close),
    "exp": lambda m: np.exp(-m.close),
    "maximum": lambda m: np.maximum(m.close, m.open),
    "minimum of a number": lambda m: np.minimum(m.close, 1.5),
    "number first": lambda m: np.maximum(1.5, m.open),
    "abs": lambda m: np.abs(m.close - m.open),
    "power": lambda m: np.power(m.close, 2),
    "hypot": lambda m: np.hypot(m.close, m.open),
    "floor": lambda m: np.floor(m.close),
    "sign": lambda m: np.sign(m.close - m.open),
    "log of a ratio": lambda m: np.log(m.close / m.open),
    "numpy number times": lambda m: np.float64(2.5) * m.close,
    "numpy number minus": lambda m: np.float64(2.5) - m.close,
    "numpy number over": lambda m: np.float64(2.5) / m.close,
    "integer of numpy": lambda m: np.int64(3) * m.open,
    "first of two": lambda m: np.modf(m.close)[0],
    "remainder": lambda m: np.remainder(m.close, 0.7),
    "nested": lambda m: np.tanh(np.log1p(m.close) - np.cbrt(m.open)),
}
SIGNALS: dict[str, Told] = {
    "abs above": lambda m: np.abs(m.close - m.open) > 0.3,
    "greater": lambda m: np.greater(m.close, m.open),
    "numpy number below": lambda m: np.float64(1.5) < m.close,
    "logical": lambda m: np.logical_and(m.close > m.open, np.logical_not(m.close > 2)),
    "finite": lambda m: np.isfinite(np.log(m.close)),
}


@pytest.mark.parametrize("starting", [True, False])
@pytest.mark.parametrize("name", [*UFUNCS, *SIGNALS])
def test_ufunc_on_series_is_bit_equal_with_numpy_on_values(name: str, starting: bool) -> None:
    make = {**UFUNCS, **SIGNALS}[name]
    whole = make(SimpleNamespace(close=np.array(CLOSES), open=np.array(OPENS)))
    shown = seen(make, starting=starting)
    assert shown == [whole[: index + 1].tolist() for index in range(len(CLOSES))]


def test_signal_of_a_ufunc_is_false_where_its_input_is_undefined() -> None:
    fired: list[int] = []

    class Watching(Strategy):
        def on_start(self) -> None:
            self.when(np.log(self.close - 1.5) > -100, lambda bar: fired.append(round(bar.close * 1e6)))

    backtest(Watching, MARKET)
    assert fired == [round(close * 1e6) for close in CLOSES if close > 1.5]


def test_same_ufunc_on_each_bar_is_the_same_series() -> None:
    found = set()

    class Watching(Strategy):
        def on_bar(self, bar: Any) -> None:
            found.add(id(np.log(self.close)))
            assert np.maximum(self.close, 1.0) is np.maximum(self.close, 1.0)
            assert np.maximum(self.close, 1.0) is not np.maximum(self.close, 2.0)

    backtest(Watching, MARKET)
    assert len(found) == 1


VISIBLE: list[Callable[[Any], Any]] = [
    np.mean, np.std, np.diff, np.cumsum, np.median, np.array, np.asarray, np.sort,
    lambda a: np.percentile(a, 30), lambda a: np.array(a)[-1], lambda a: np.where(a > 1, a, 0),
    lambda a: np.concatenate([a, a]), lambda a: np.clip(a, 1, 2), lambda a: np.stack([a, a]),
    lambda a: np.quantile(a, q=0.4), lambda a: np.convolve(a, np.ones(3)), lambda a: np.array([a, a]),
    np.argmax, lambda a: np.round(a, 2), lambda a: np.corrcoef(a, a[::1]),
]  # fmt: skip


@pytest.mark.parametrize("index", range(len(VISIBLE)))
def test_other_function_computes_from_what_is_visible_and_is_refused_where_that_is_nothing(index: int) -> None:
    function, at_twenty = VISIBLE[index], []

    class Watching(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 20:
                at_twenty.append(function(self.close))

    backtest(Watching, MARKET)
    assert np.array_equal(at_twenty[0], function(np.array(CLOSES[:20])))
    starting(function, "has no values in on_start, before the first bar")


def starting(make: Callable[[Any], Any], told: str) -> None:
    """A strategy that does so in on_start fails with those words, in one line that names its own."""

    class Failing(Strategy):
        def on_start(self) -> None:
            make(self.close)

    with pytest.raises(WeaverError, match=told) as failure:
        backtest(Failing, MARKET)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (np.add.reduce, "np.add.reduce takes arrays, not series"),
        (np.maximum.accumulate, "np.maximum.accumulate takes arrays, not series"),
        (lambda a: np.subtract.outer(a, a), "np.subtract.outer takes arrays, not series"),
        (lambda a: np.matmul(a, a), "np.matmul takes arrays, not series"),
        (lambda a: np.log(a, out=np.empty(3)), r"np.log on series takes no options \(out\)"),
        (lambda a: np.gcd(a, 2), "np.gcd takes no series: their values are floats"),
        (np.isnan, "np.isnan on a series would never be true"),
        (lambda a: np.log(a > 1), "np.log takes series and numbers, not signals"),
        (lambda a: np.maximum(a, np.ones(60)), "np.maximum takes series and numbers, not an array"),
        (lambda a: np.ones(60) * a, "np.multiply takes series and numbers, not an array"),
        (lambda a: np.add(a, "x"), r"takes series and numbers, not str"),
        (math.log, r"is a whole series: its newest value is BTC/USD.close\[-1\]"),
        (float, "is a whole series"),
        (math.floor, "is a whole series"),
        (lambda a: max(a, 3), "is a whole series"),
    ],
)
def test_what_no_series_can_be_made_of_says_so(make: Callable[[Any], Any], told: str) -> None:
    starting(make, told)


def test_history_before_the_start_is_there_in_on_start() -> None:
    found = []

    class Watching(Strategy):
        def on_start(self) -> None:
            found.append(np.mean(self.close))

        def on_bar(self, bar: Any) -> None: ...

    backtest(Watching, MARKET, start="2021-04-05T10:00:00Z")
    assert found == [np.mean(CLOSES[:10])]
