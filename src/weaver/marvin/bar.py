"""The bar that a callback is given: one object per symbol, good for the callback only."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.model.bars import Bars

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(nanoseconds: int) -> datetime:
    """The aware UTC time, to the microsecond, of nanoseconds since the epoch."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)


class BarCopy(NamedTuple):
    """A bar to keep."""

    symbol: str
    timestamp: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float


def _view(column: NDArray[np.float64]) -> memoryview:
    return np.ascontiguousarray(column).data


class Bar:
    """The newest closed bar of a symbol; it changes when the next one closes (`copy()` keeps it)."""

    __slots__ = ("_close", "_high", "_low", "_open", "_timestamp", "_volume", "index", "symbol")

    def __init__(self, bars: Bars) -> None:
        self.symbol = bars.symbol
        self.index = -1
        self._timestamp = bars.timestamp
        self._open, self._high = _view(bars.open), _view(bars.high)
        self._low, self._close, self._volume = _view(bars.low), _view(bars.close), _view(bars.volume)

    @property
    def timestamp(self) -> datetime:
        """When it began (a daily stock bar: its session date), UTC."""
        return moment(int(self._timestamp[self.index]))

    @property
    def open(self) -> float:
        """Its first price."""
        return self._open[self.index]

    @property
    def high(self) -> float:
        """Its highest price."""
        return self._high[self.index]

    @property
    def low(self) -> float:
        """Its lowest price."""
        return self._low[self.index]

    @property
    def close(self) -> float:
        """Its last price."""
        return self._close[self.index]

    @property
    def volume(self) -> float:
        """What was traded in it; 0 where the data has no volume."""
        return self._volume[self.index]

    def copy(self) -> BarCopy:
        """The bar as a value that does not change."""
        return BarCopy(self.symbol, self.timestamp, self.open, self.high, self.low, self.close, self.volume)

    def __repr__(self) -> str:
        return repr(self.copy()).replace("BarCopy", "Bar", 1) if self.index >= 0 else f"<Bar {self.symbol}, none yet>"
