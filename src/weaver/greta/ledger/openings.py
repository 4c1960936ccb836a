"""When what is held of each symbol was opened."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.fill_rows import FillRows
from weaver.greta.ledger.ledger import CashFlow, Ledger
from weaver.greta.ledger.prices import Prices
from weaver.model.account.deals import Deal, HoldingChange
from weaver.model.account.opening import Opening
from weaver.model.orders.execution import AT_CLOSE, AT_OPEN


class Openings:
    """Finds the fill that opened each holding: when somebody looks, from what has happened since somebody did."""

    def __init__(self, ledger: Ledger) -> None:
        self._fills: FillRows = ledger.fills
        self._flows: Sequence[CashFlow] = ledger.flows
        self._prices: Mapping[str, Prices] = ledger.prices
        self._held = [0] * len(ledger.prices)
        self._rows: dict[int, int] = {}
        """Of each symbol that is held, by index, the fill that opened it."""
        self._index = {symbol: index for index, symbol in enumerate(ledger.prices)}
        self._filled = self._flowed = 0

    def of(self, symbol: str) -> Opening | None:
        """Of what is held of a symbol; None when flat."""
        self._follow()
        row = self._rows.get(self._index[symbol])
        if row is None:
            return None
        return self._made(symbol, row)

    def deals(self, first: int) -> list[Deal]:
        """The fills from the one of index `first` on."""
        fills = self._fills
        return [
            Deal(one.symbol, one.units, one.price, one.value, one.commission, number, self._made(one.symbol, row))
            for row, (one, number) in enumerate(zip(fills[first:], fills.numbers[first:], strict=True), first)
        ]

    def changes(self, first: int, ticks: NDArray[np.int64]) -> list[HoldingChange]:
        """The splits and delistings from the one of index `first` on; `ticks`: the clock's, ns."""
        found = [flow for flow in self._flows if flow.changes_holding]
        return [
            HoldingChange(
                symbol=flow.symbol,
                kind=flow.kind,
                fills_before=flow.fills_before,
                units=flow.units,
                time=int(ticks[flow.tick]),
                ratio=flow.ratio,
                step=flow.step,
                amount=flow.amount,
                price=flow.price,
                at_open=flow.place == AT_OPEN,
            )
            for flow in found[first:]
        ]

    def _made(self, symbol: str, row: int) -> Opening:
        """When a fill was made."""
        prices, bar = self._prices[symbol], self._fills.bars[row]
        place = self._fills.places.get(row, AT_OPEN)
        time = prices.opens[bar] if place == AT_OPEN else prices.ends[bar]
        return Opening(time=time, bar=prices.starts[bar], at_close=place == AT_CLOSE)

    def _follow(self) -> None:
        fills, flows = self._fills, self._flows
        while self._filled < len(fills) or self._flowed < len(flows):
            row = self._filled
            if self._flowed < len(flows) and flows[self._flowed].fills_before <= row:
                flow = flows[self._flowed]
                self._flowed += 1
                if flow.changes_holding:
                    self._hold(self._index[flow.symbol], flow.units, row)
            else:
                which = fills.which[row]
                self._hold(which, self._held[which] + fills.units[row], row)
                self._filled += 1

    def _hold(self, which: int, units: int, row: int) -> None:
        before, self._held[which] = self._held[which], units
        if not units:
            self._rows.pop(which, None)
        elif not before or (before > 0) != (units > 0):
            self._rows[which] = row
