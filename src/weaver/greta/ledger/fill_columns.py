"""The fills of a run as columns, for everything that is computed over all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.fill_rows import FillRows
from weaver.greta.ledger.prices import Prices
from weaver.model.orders.execution import AT_END, AT_OPEN

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FillColumns:
    """One row per fill, in order. `units`, `value` and `commission` are quantity and cash units, exactly: each column
    int64 where four of its counts add up in it, else Python's integers."""

    symbol: NDArray[np.int64]
    """Index of the symbol in the run's order."""
    units: NDArray[Any]
    value: NDArray[Any]
    commission: NDArray[Any]
    slippage: Floats
    """Money lost to it, of the whole fill."""
    bar: Ints
    place: Ints
    """AT_OPEN, INSIDE, AT_CLOSE or AT_END."""

    def __len__(self) -> int:
        return len(self.bar)

    @property
    def is_small(self) -> bool:
        """Whether all counts are int64."""
        # No set: a dtype equals its type, but has another hash.
        return object not in (self.units.dtype, self.value.dtype, self.commission.dtype)

    def of(self, index: int) -> NDArray[np.int64]:
        """Which rows are of a symbol."""
        return np.flatnonzero(self.symbol == index)


def fill_columns(fills: FillRows, by_symbol: Mapping[str, Prices]) -> FillColumns:
    """All fills of a run, as arrays."""
    units, value, commission, slippage = fills.columns()
    symbols = np.array(fills.which, dtype=np.int64)
    places = np.full(len(fills), AT_OPEN, dtype=np.int64)
    places[list(fills.places)] = list(fills.places.values())
    scales = [prices.scale for prices in by_symbol.values()]
    ones = np.array([float(one.price_one) * one.quantity_one / float(one.multiplier) for one in scales])
    return FillColumns(
        symbol=symbols,
        units=units,
        value=value,
        commission=commission,
        slippage=slippage * np.abs(units).astype(np.float64) / ones[symbols],
        bar=np.array(fills.bars, dtype=np.int64),
        place=places,
    )


def ticks_of(columns: FillColumns, rows: NDArray[np.int64] | slice, prices: Prices, last: int) -> Ints:
    """The tick of each of a symbol's fills; those made to close at the end belong to the last."""
    bars = columns.bar[rows]
    ticks = bars if prices.tick_of_bar is None else prices.tick_of_bar[bars]
    return np.where(columns.place[rows] == AT_END, last, ticks)


def times_of(columns: FillColumns, rows: NDArray[np.int64] | slice, prices: Prices) -> Ints:
    """When each of a symbol's fills happened, ns; see `Prices.time_of`."""
    bars = columns.bar[rows]
    return np.where(columns.place[rows] == AT_OPEN, prices.open_times[bars], prices.listing.bars.end[bars])
