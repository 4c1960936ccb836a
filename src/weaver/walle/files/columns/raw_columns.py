"""What a file or frame holds, before it is checked."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from weaver.model.market.bars import Bool, Float64, Int64
from weaver.walle.files.columns.column_names import ColumnNames
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.symbol_column import SymbolColumn
from weaver.walle.files.columns.times.time_text import WrittenTimes
from weaver.walle.files.spelling import EmptyRows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawColumns:
    """Columns in the file's order, n values each; prices and volume float64, NaN where a cell was empty."""

    origin: Origin
    times: WrittenTimes
    open: Float64
    high: Float64
    low: Float64
    close: Float64
    volume: Float64 | None
    """None: the file has no volume."""
    tick_volume: Float64 | None = None
    """What is taken where `volume` is always 0."""
    unused_volumes: tuple[str, ...] = ()
    """Without a volume: columns that are called like one."""
    symbols: SymbolColumn | None = None
    """Whose each row is; None: the file does not say, and all are one symbol's."""
    notes: tuple[str, ...] = ()
    """What a user should hear of how they were chosen."""

    @property
    def is_empty(self) -> Bool:
        """Which rows have no price at all."""
        return np.isnan(self.open) & np.isnan(self.high) & np.isnan(self.low) & np.isnan(self.close)

    def held_to(self, wanted: EmptyRows) -> "RawColumns":
        """The same. Raises DataError naming the first row without any price, where there must be none."""
        if wanted is EmptyRows.REFUSE:
            self.origin.check(self.is_empty, lambda _row: "open is empty or NaN")
        return self

    def scaled(self, scale: int) -> "RawColumns":
        """With prices that are `scale` times as low."""
        if scale == 1:
            return self
        return replace(
            self, open=self.open / scale, high=self.high / scale, low=self.low / scale, close=self.close / scale
        )

    def noted(self, *notes: str) -> "RawColumns":
        """With more that a user should hear."""
        return replace(self, notes=(*self.notes, *notes))

    def take(self, rows: Int64, name: str) -> "RawColumns":
        """Some of the rows, all of one symbol, from now on called `name` in errors."""
        return replace(
            self,
            origin=self.origin.take(rows, name),
            times=self.times.take(rows),
            open=self.open[rows],
            high=self.high[rows],
            low=self.low[rows],
            close=self.close[rows],
            volume=None if self.volume is None else self.volume[rows],
            tick_volume=None if self.tick_volume is None else self.tick_volume[rows],
            symbols=None,
        )


def raw_columns(
    names: ColumnNames,
    numbers: Callable[[int, str], Float64],
    *,
    origin: Origin,
    times: WrittenTimes,
    symbols: SymbolColumn | None,
) -> RawColumns:
    """Raw columns of a file or frame, whose `numbers` gives a column by its position, and by its name in errors."""

    def found(position: int | None, name: str) -> Float64 | None:
        return None if position is None else numbers(position, name)

    prices = {price: numbers(position, price) for price, position in names.prices.items()}
    return RawColumns(
        origin=origin,
        times=times,
        open=prices["open"],
        high=prices["high"],
        low=prices["low"],
        close=prices["close"],
        volume=found(names.volume, "volume"),
        tick_volume=found(names.tick_volume, "tick volume"),
        unused_volumes=names.unused_volumes,
        symbols=symbols,
    )
