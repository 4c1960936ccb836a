"""Indicators that grow bar by bar have, at each bar, TA-Lib's own value of the whole column, to the last bit; also
those that are computed ahead of bars that are known and not shown yet."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pytest
import talib as official

import weaver.marvin.series.indicators as i
from tests.builders import crypto_bars
from tests.unit.marvin.live.ticking import Ticking, listed
from tests.unit.marvin.prices import price_files, read
from tests.unit.marvin.series.test_indicators import NAMED
from weaver import Strategy
from weaver.marvin.series.functions.talib_library import talib_names
from weaver.marvin.series.series import Series
from weaver.model.market.bars import Bars

BARS, WARM = 420, 130
FILE = price_files()[0]


def bars() -> Bars:
    columns = read(FILE, BARS)
    return crypto_bars(
        columns["close"].tolist(), opens=columns["open"].tolist(), highs=columns["high"].tolist(),
        lows=columns["low"].tolist(), volume=columns["volume"].tolist(),
    )  # fmt: skip


class Reading(Strategy):
    """Reads the newest value of each of some series at each bar."""

    make: ClassVar[Callable[[Any], Any]]

    def on_start(self) -> None:
        made = Reading.make(self.bars)
        self.made: tuple[Series, ...] = made if isinstance(made, tuple) else (made,)
        self.seen: list[list[float]] = [[] for _ in self.made]

    def on_bar(self, bar: Any) -> None:
        del bar
        for series, seen in zip(self.made, self.seen, strict=True):
            seen.append(series[-1])


def check(make: Callable[[Any], Any], theirs: Any) -> None:
    Reading.make, given = make, bars()
    whole = theirs if isinstance(theirs, tuple) else (theirs,)
    for foreseen in (1, 100):
        run = Ticking(Reading, listed(given), start=int(given.end[WARM - 1]))
        run.through(foreseen=foreseen)
        for series, seen, column in zip(run.strategy.made, run.strategy.seen, whole, strict=True):
            expected = np.asarray(column, dtype=np.float64)
            np.testing.assert_array_equal(np.array(seen), expected[WARM:], strict=True)
            np.testing.assert_array_equal(series.values, expected, strict=True)


@pytest.mark.parametrize("name", NAMED)
def test_named_indicator(name: str) -> None:
    ours, theirs = NAMED[name]
    check(ours, theirs(read(FILE, BARS)))


@pytest.mark.parametrize("name", talib_names())
def test_every_talib_function(name: str) -> None:
    columns = read(FILE, BARS)
    if name == "MAVP":
        check(lambda b: i.talib(name, b.close, b.low * 0 + 7), official.MAVP(columns["close"], np.full(BARS, 7.0)))
        return
    names = i.talib_function(name).inputs
    with np.errstate(all="ignore"):
        theirs = getattr(official, name)(*(columns[one] for one in names))
    check(lambda b: i.talib(name, b), theirs)


def test_zscore() -> None:
    close = read(FILE, BARS)["close"]
    expected = (close - official.SMA(close, 20)) / official.STDDEV(close, 20)
    check(lambda b: i.zscore(b.close, 20), expected)


@pytest.mark.parametrize("ufunc", [np.log, np.exp, np.sqrt, np.sin, np.tanh, np.cbrt, np.log1p, np.floor])
def test_ufuncs(ufunc: np.ufunc) -> None:
    close = read(FILE, BARS)["close"]
    check(lambda b: ufunc(b.close / 400), ufunc(close / 400))
