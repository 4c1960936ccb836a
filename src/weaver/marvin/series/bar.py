"""The bar that a callback is given: one object per symbol, good for the callback only."""

from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.instants import time_of
from weaver.model.market.bars import Bars


class BarCopy(NamedTuple):
    """A bar to keep: a named tuple."""

    symbol: str
    """Whose bar it is."""
    timestamp: datetime
    """When it began (a daily stock bar: its session date), UTC."""
    open: float
    """Its first price."""
    high: float
    """Its highest price."""
    low: float
    """Its lowest price."""
    close: float
    """Its last price."""
    volume: float
    """What was traded in it; 0 where the data has no volume."""


def _view(column: NDArray[np.float64]) -> memoryview:
    return np.ascontiguousarray(column).data


class Columns(Protocol):
    """The columns of some bars, Bars or not."""

    @property
    def timestamp(self) -> NDArray[np.int64]: ...
    @property
    def open(self) -> NDArray[np.float64]: ...
    @property
    def high(self) -> NDArray[np.float64]: ...
    @property
    def low(self) -> NDArray[np.float64]: ...
    @property
    def close(self) -> NDArray[np.float64]: ...
    @property
    def volume(self) -> NDArray[np.float64]: ...


class Standing(Protocol):
    """Whatever stands at an index: a cursor, the run's clock."""

    tick: int


class Cursor:
    """Something that stands at an index."""

    __slots__ = ("tick",)

    def __init__(self) -> None:
        self.tick = -1


class Bar:
    """The newest closed bar of a symbol; it changes when the next one closes (`copy()` keeps it). Prices are float64
    as they were traded, in the run's currency."""

    __slots__ = ("_at", "_close", "_high", "_low", "_open", "_own", "_timestamp", "_volume", "symbol")

    def __init__(self, bars: Bars) -> None:
        self.symbol = bars.symbol
        """Whose bar it is."""
        self._own: Standing = Cursor()
        self._at: Standing = self._own
        self.show(bars)

    def show(self, bars: Columns) -> None:
        """Be one of these from now on."""
        self._timestamp = bars.timestamp
        self._open, self._high = _view(bars.open), _view(bars.high)
        self._low, self._close, self._volume = _view(bars.low), _view(bars.close), _view(bars.volume)

    @property
    def index(self) -> int:
        """Which of the row's bars it shows, −1 for none yet."""
        return self._at.tick

    @index.setter
    def index(self, index: int) -> None:
        self._own.tick = index

    @property
    def cursor(self) -> Standing:
        """Where it stands by itself: moving that is moving the bar."""
        return self._own

    def follow(self, clock: Standing | None) -> None:
        """Show the bar at the clock's tick from now on; None: the one that `index` was set to."""
        self._at = self._own if clock is None else clock

    @property
    def timestamp(self) -> datetime:
        """When it began (a daily stock bar: its session date), UTC."""
        return time_of(int(self._timestamp[self._at.tick]))

    @property
    def open(self) -> float:
        """Its first price."""
        return self._open[self._at.tick]

    @property
    def high(self) -> float:
        """Its highest price."""
        return self._high[self._at.tick]

    @property
    def low(self) -> float:
        """Its lowest price."""
        return self._low[self._at.tick]

    @property
    def close(self) -> float:
        """Its last price."""
        return self._close[self._at.tick]

    @property
    def volume(self) -> float:
        """What was traded in it; 0 where the data has no volume."""
        return self._volume[self._at.tick]

    def copy(self) -> BarCopy:
        """The bar as a value that does not change."""
        return BarCopy(self.symbol, self.timestamp, self.open, self.high, self.low, self.close, self.volume)

    def __repr__(self) -> str:
        if self._at.tick < 0:
            return f"<Bar {self.symbol}, none yet>"
        return repr(self.copy()).replace("BarCopy", "Bar", 1)
