"""Texts that a run's record is made of, for whoever writes tens of thousands of them."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.ledger.prices import Prices
from weaver.greta.results.json_text import iso, iso_column
from weaver.model.numbers.money import KEPT_DECIMALS, decimal_of, kept, plain


def decimal_text(units: int, decimals: int) -> str:
    """`units` of 10^-decimals as `plain` writes them: no exponent, no trailing zeros."""
    whole, part = divmod(abs(units), 10**decimals)
    sign = "-" if units < 0 else ""
    if not part:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{str(part).zfill(decimals).rstrip('0')}"


def price_text(units: int, decimals: int) -> str:
    """A price in units, as exactly as the database keeps it."""
    return decimal_text(units, decimals) if decimals <= KEPT_DECIMALS else kept_text(decimal_of(units, decimals))


def kept_text(price: Decimal) -> str:
    """A price as exactly as the database keeps it, half to even."""
    return plain(kept(price))


class Moments:
    """Instants as ISO texts, each written once."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def learn(self, instants: Sequence[int]) -> None:
        """Write many at once, which takes a tenth of the time."""
        unique = np.unique(np.array(instants, dtype=np.int64))
        self._texts.update(zip(unique.tolist(), iso_column(unique), strict=True))

    def text(self, instant: int) -> str:
        """One of them (ns UTC)."""
        found = self._texts.get(instant)
        if found is None:
            found = self._texts[instant] = iso(instant)
        return found


class FillText:
    """One execution, written out: amounts as decimal strings, times ISO. `filled`: of its order, with it, in units."""

    __slots__ = ("bar_time", "commission", "filled", "number", "price", "quantity", "row", "slippage", "time")

    def __init__(self, number: int, row: FillRow, filled: int, prices: Prices, moments: Moments) -> None:
        scale = prices.scale
        self.number, self.row, self.filled = number, row, filled
        self.quantity = decimal_text(abs(row.units), scale.quantity_decimals)
        self.price = price_text(row.price, scale.price_decimals)
        self.commission = decimal_text(row.commission, 8)
        self.slippage = price_text(row.slippage, scale.price_decimals)
        self.bar_time = moments.text(prices.starts[row.bar])
        self.time = moments.text(prices.time_of(row))


def fill_texts(run: FinishedRun, moments: Moments) -> list[FillText]:
    """All executions of a run, numbered from 1."""
    rows = list(run.fills)
    moments.learn([run.prices[row.order.symbol].starts[row.bar] for row in rows])
    moments.learn([run.prices[row.order.symbol].time_of(row) for row in rows])
    filled: dict[int, int] = {}
    texts = []
    for number, row in enumerate(rows, 1):
        so_far = filled[row.order.number] = filled.get(row.order.number, 0) + abs(row.units)
        texts.append(FillText(number, row, so_far, run.prices[row.order.symbol], moments))
    return texts
