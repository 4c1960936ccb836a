"""The fills of a run as columns, for everything that is computed over all of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger import AT_CLOSE, AT_OPEN, Ledger
from weaver.greta.prices import Prices

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
INT64_SAFE = 2**62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FillColumns:
    """One row per fill, in order. Amounts and quantities are floats unless `is_exact`: then cash units and quantity units fit
    int64, and `units`, `value` and `commission` are exact."""

    symbol: NDArray[np.int64]
    """Index of the symbol in the run's order."""
    units: NDArray[np.int64] | Floats
    value: NDArray[np.int64] | Floats
    commission: NDArray[np.int64] | Floats
    cash: Floats
    """Cash after it, in money."""
    slippage: Floats
    """Money lost to it, of the whole fill."""
    bar: Ints
    place: Ints
    is_exact: bool

    def __len__(self) -> int:
        return len(self.bar)

    def of(self, index: int) -> NDArray[np.int64]:
        """Which rows are of a symbol."""
        return np.flatnonzero(self.symbol == index)


def fill_columns(ledger: Ledger) -> FillColumns:
    """All fills of a ledger, turned round."""
    if not ledger.fills:
        empty = np.empty(0, dtype=np.int64)
        nothing = np.empty(0)
        return FillColumns(
            symbol=empty, units=empty, value=empty, commission=empty, cash=nothing, slippage=nothing, bar=empty, place=empty,
            is_exact=True,
        )  # fmt: skip
    orders, units, _, slippage, commission, bar, place, _, value, cash = zip(*ledger.fills, strict=True)
    index = {symbol: k for k, symbol in enumerate(ledger.prices)}
    symbols = (
        np.zeros(len(bar), dtype=np.int64)
        if len(index) == 1
        else np.array([index[order.scale.symbol] for order in orders], dtype=np.int64)
    )
    is_exact = max(value) < INT64_SAFE and max(map(abs, units)) < INT64_SAFE
    dtype = np.int64 if is_exact else np.float64
    columns = np.array(units, dtype=dtype)
    ones = np.array([float(p.scale.price_one) * p.scale.quantity_one for p in ledger.prices.values()])
    return FillColumns(
        symbol=symbols,
        units=columns,
        value=np.array(value, dtype=dtype),
        commission=np.array(commission, dtype=dtype),
        cash=np.array(cash, dtype=np.float64) / 1e8,
        slippage=np.array(slippage, dtype=np.float64) * np.abs(columns) / ones[symbols],
        bar=np.array(bar, dtype=np.int64),
        place=np.array(place, dtype=np.int64),
        is_exact=is_exact,
    )


def ticks_of(columns: FillColumns, rows: NDArray[np.int64] | slice, prices: Prices, last: int) -> Ints:
    """The tick of each of a symbol's fills; those made to close at the end belong to the last."""
    bars = columns.bar[rows]
    ticks = bars if prices.tick_of_bar is None else prices.tick_of_bar[bars]
    return np.where(columns.place[rows] == AT_CLOSE, last, ticks)


def times_of(columns: FillColumns, rows: NDArray[np.int64] | slice, prices: Prices) -> Ints:
    """When each of a symbol's fills happened, ns: its bar's start at the open, else the bar's end."""
    market, bars = prices.listing.bars, columns.bar[rows]
    return np.where(columns.place[rows] == AT_OPEN, market.timestamp[bars], market.end[bars])
