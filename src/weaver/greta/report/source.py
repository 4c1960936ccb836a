"""What a report is made from: the smallest shape of a finished run that a page can be drawn of."""

from collections.abc import Mapping, Sequence, Set, Sized
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]
Amount = Decimal | float


class PriceColumns(Protocol):
    """The bars of one symbol, prices as traded: columns of one length; `timestamp` is each bar's start, in
    nanoseconds since the epoch, UTC, strictly increasing."""

    @property
    def timestamp(self) -> Instants: ...
    @property
    def open(self) -> Floats: ...
    @property
    def high(self) -> Floats: ...
    @property
    def low(self) -> Floats: ...
    @property
    def close(self) -> Floats: ...
    @property
    def volume(self) -> Floats: ...


class TradeRow(Protocol):
    """A round trip. Times in nanoseconds since the epoch, UTC; `pnl` and `commission` in money, `return_`, `mae` and
    `mfe` fractions of the entry's value (`mae` negative or 0); `side` is "long" or "short"; `quantity` is positive."""

    @property
    def symbol(self) -> str: ...
    @property
    def side(self) -> str: ...
    @property
    def quantity(self) -> Amount: ...
    @property
    def entry_time(self) -> int: ...
    @property
    def entry_price(self) -> Amount: ...
    @property
    def exit_time(self) -> int | None:
        """None while the trade is open."""

    @property
    def exit_price(self) -> Amount | None: ...
    @property
    def pnl(self) -> Amount: ...
    @property
    def return_(self) -> float: ...
    @property
    def commission(self) -> Amount: ...
    @property
    def bars(self) -> int: ...
    @property
    def mae(self) -> float | None: ...
    @property
    def mfe(self) -> float | None: ...


class ReportSource(Protocol):
    """A finished run. `timestamp`, `equity`, `cash` and `benchmark` have one row per stamp of the run's bars."""

    @property
    def title(self) -> str: ...
    @property
    def strategy(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, object]: ...
    @property
    def symbols(self) -> Sequence[str]: ...
    @property
    def timeframe(self) -> str:
        """As in "5m" or "1d"."""

    @property
    def quote_currency(self) -> str: ...
    @property
    def costs(self) -> str:
        """The costs in words, one line."""

    @property
    def provenance(self) -> Mapping[str, str]:
        """Label to value: version, hashes of source, parameters and data, seed …"""

    @property
    def timestamp(self) -> Instants:
        """Stamp of each row in nanoseconds since the epoch, UTC, increasing, shape [n >= 1]."""

    @property
    def equity(self) -> Floats: ...
    @property
    def cash(self) -> Floats: ...
    @property
    def benchmark(self) -> Floats | None:
        """What the initial cash would have become by buying and holding."""

    @property
    def bars(self) -> Mapping[str, PriceColumns]: ...
    @property
    def trades(self) -> Sequence[TradeRow]:
        """In order of exit; open ones, if any, last."""

    @property
    def trade_bars(self) -> Sequence[tuple[int, int | None]]:
        """Of each trade, the bars of its symbol in which it was entered and left, by their index in `bars`."""

    @property
    def delisted(self) -> Set[int]:
        """Which trades no order ended, but a delisting, by their index."""

    @property
    def fills(self) -> Sized:
        """Only counted."""

    @property
    def stats(self) -> Mapping[str, float | int | None]:
        """As `greta.statistics` returns them."""

    @property
    def warnings(self) -> Sequence[tuple[str, str]]:
        """Code and message."""
