"""Market data of one symbol, as columns."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import NDArray

from weaver.model.errors import InputError
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.price_decimals import price_decimals

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

PRICES = ("open", "high", "low", "close")
COLUMNS = ("timestamp", "end", *PRICES, "volume")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bars:
    """Bars of one symbol and timeframe, in order of time; all columns have n values and cannot be written to.

    timestamp: int64, ns since the epoch (UTC): the start stamp. A daily stock bar has its session date at 00:00.
    end: int64, ns: the closing instant, at which the bar becomes visible; strictly increasing.
    open, high, low, close, volume: float64.
    """

    symbol: str
    timeframe: Timeframe
    timestamp: Int64
    end: Int64
    open: Float64
    high: Float64
    low: Float64
    close: Float64
    volume: Float64
    _decimals: int | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        length = len(self.timestamp)
        for name in COLUMNS:
            column = getattr(self, name)
            wanted = np.int64 if name in {"timestamp", "end"} else np.float64
            if column.shape != (length,) or column.dtype != wanted:
                raise InputError(
                    f"{self.symbol}: column {name} must be {wanted.__name__}[{length}], "
                    f"not {column.dtype}{list(column.shape)}"
                )
            if column.flags.writeable:
                column = column.view()
                column.flags.writeable = False
                object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.timestamp)

    def _repr_html_(self) -> str:
        """A table for a notebook."""
        from weaver.model.html_table import html_table, shown_rows

        rows = shown_rows(len(self))
        columns = {name: getattr(self, name)[rows].tolist() for name in COLUMNS if name != "end"}
        table = html_table(columns, times={"timestamp"}, count=len(self))
        return f"<div><h4>{escape(self.symbol)} {self.timeframe}</h4>{table}</div>"

    def slice(self, start: int, stop: int) -> "Bars":
        """Bars `start` up to, not including, `stop`, as views on the same memory."""
        columns = {name: getattr(self, name)[start:stop] for name in COLUMNS}
        return Bars(symbol=self.symbol, timeframe=self.timeframe, **columns)

    @property
    def price_decimals(self) -> int:
        """The most decimals that one of the prices has (see `price_decimals`): counted once, 4 ns a bar."""
        if self._decimals is None:
            object.__setattr__(self, "_decimals", price_decimals([getattr(self, name) for name in PRICES]))
        assert self._decimals is not None
        return self._decimals

    def content_hash(self) -> str:
        """SHA-256 (hex) of the seven columns' bytes, little-endian, in the order of `COLUMNS`."""
        digest = hashlib.sha256()
        for name in COLUMNS:
            column = getattr(self, name)
            digest.update(np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<")).data)
        return digest.hexdigest()


def data_hash(hashes: Mapping[str, str]) -> str:
    """SHA-256 (hex) over a run's symbols and the hashes of their bars, in its order."""
    return hashlib.sha256("".join(f"{symbol} {found}\n" for symbol, found in hashes.items()).encode()).hexdigest()
