"""The fills of a run, in order, kept as columns; a row is made when it is looked at."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.exact_sums import whole, with_room
from weaver.greta.ledger.filled_whole import filled_whole
from weaver.model.numbers.scale import Scale
from weaver.model.orders.execution import AT_OPEN
from weaver.model.orders.order import Order


class FillRow(NamedTuple):
    """One execution: prices in price units, `units` signed, amounts in cash units, the index of the bar it cites."""

    order: Order
    units: int
    price: int
    slippage: int
    commission: int
    bar: int
    place: int
    """AT_OPEN, INSIDE, AT_CLOSE or AT_END."""
    notes: tuple[str, ...]
    value: int
    """Cash units that changed hands, > 0, without the commission."""

    @property
    def symbol(self) -> str:
        """Of what."""
        return self.order.symbol


class Plain(NamedTuple):
    """What plain orders have in common that filled at the open of the bar after the tick at which they were placed."""

    scale: Scale
    ends: Sequence[int]
    """Of the bars, each of which is a tick, ns."""
    start: int
    """Of the run, ns."""

    def placed(self, bar: int) -> int:
        """When one that filled on a bar was placed, ns."""
        return self.ends[bar - 1] if bar else self.start


class Paid(NamedTuple):
    """What a fill came to: price paid and slippage in price units, commission and value (> 0) in cash units."""

    price: int
    slippage: int
    commission: int
    value: int


class Amounts(NamedTuple):
    """What fills came to, a row each: price paid and slippage in price units, commission and value in cash units."""

    prices: Any
    slippages: Any
    commissions: Any
    values: Any


AppendWhole = Callable[[Order, int, int, int, int], None]
"""Adds the row of an order that filled whole: its signed units, its bar, by index, the place in it, and the price."""


class FillRows(Sequence[FillRow]):
    """Which order filled so many units on which bar is known at once; what it came to may be settled later.

    `settle` is called before any amount is looked at. Amounts are lists of int, and behind them what one sweep over
    the newest fills gave, as arrays that become lists only when somebody wants a row. An order that is not in `kept`
    was plain and filled whole, at the open of the bar after the tick at which it was placed: its row says it all.
    """

    def __init__(self, settle: Callable[[], None], scales: Sequence[Scale]) -> None:
        self.settle = settle
        self.numbers: list[int] = []
        """Which order filled."""
        self.kept: dict[int, Order] = {}
        """Orders by number; of those of the run that are not plain, all."""
        self.plain: list[Plain] = []
        """What orders that are not kept have in common, by symbol."""
        self.filled_whole = filled_whole(self)
        """What they are, and others that filled whole."""
        self.placed: dict[int, int] = {}
        """When an order that is not kept was placed, ns, where that was not at the end of the bar before its fill's."""
        self.which = array("q")
        """Of which of the run's symbols each fill is, by index."""
        self.units: list[int] = []
        self.bars = array("q")
        self.places: dict[int, int] = {}
        """Where in its bar a fill was made, of those that were not made at the open."""
        self.notes: dict[int, tuple[str, ...]] = {}
        self.paid: dict[int, Paid] = {}
        """What rows came to that have to be settled, of those that did not fill a short way."""
        self.market: dict[int, int] = {}
        """At what price, in price units and before slippage, the others were made, if not at the open of their bar."""
        self._lists = Amounts([], [], [], [])
        self._swept: Amounts | None = None
        self._swept_units = np.empty(0, dtype=np.int64)
        self._rows: dict[int, int] = {}
        self._index = {scale.symbol: index for index, scale in enumerate(scales)}

    @property
    def settled(self) -> int:
        """How many rows have their amounts."""
        return len(self._lists.values) + (0 if self._swept is None else len(self._swept.values))

    @property
    def amounts(self) -> Amounts:
        """All amounts, as lists."""
        self.settle()
        return self.settled_amounts()

    def columns(self) -> tuple[NDArray[Any], ...]:
        """`units`, `values`, `commissions` as `whole` arrays, `slippages` as floats."""
        self.settle()
        swept = self._swept
        if swept is not None and not self._lists.values:
            counted = map(with_room, (self._swept_units, swept.values, swept.commissions))
            return *counted, swept.slippages
        lists = self.settled_amounts()
        counted = map(whole, (self.units, lists.values, lists.commissions))
        return *counted, np.array(lists.slippages, dtype=np.float64)

    def price_column(self) -> NDArray[Any]:
        """The price of each fill, in price units, as a `whole` array."""
        self.settle()
        if self._swept is not None and not self._lists.values:
            return with_room(self._swept.prices)
        return whole(self.settled_amounts().prices)

    def append(self, order: Order, units: int, bar: int, place: int, notes: tuple[str, ...], paid: Paid) -> None:
        """Add a row of which it is known what it came to."""
        row = len(self.numbers)
        if notes:
            self.notes[row] = notes
        self.paid[row] = paid
        if place != AT_OPEN:
            self.places[row] = place
        self.kept[order.number] = order
        self.numbers.append(order.number)
        self.which.append(self._index[order.scale.symbol])
        self.units.append(units)
        self.bars.append(bar)

    def exits_of(self, symbol: str) -> AppendWhole:
        """What adds the one row of an order of a symbol that filled whole, at a price before slippage; the rest is
        settled later. All that it needs is looked up once."""
        index, numbers, kept, places, market = self._index[symbol], self.numbers, self.kept, self.places, self.market
        number, which, units_, bars = numbers.append, self.which.append, self.units.append, self.bars.append
        filled_whole = self.filled_whole

        def append(order: Order, units: int, bar: int, place: int, price: int) -> None:
            if place != AT_OPEN:
                row = len(numbers)
                market[row], places[row] = price, place
            kept[order.number] = order
            number(order.number)
            which(index)
            units_(units)
            bars(bar)
            order.__class__ = filled_whole

        return append

    def settle_next(self, paid: Paid) -> None:
        """Give the first unsettled row its amounts."""
        for column, amount in zip(self.settled_amounts(), paid, strict=True):
            column.append(amount)

    def settle_rest(self, units: NDArray[np.int64], amounts: Amounts) -> None:
        """Give all unsettled rows, which have these `units`, their amounts: int64 arrays."""
        self.settled_amounts()
        self.paid.clear()
        self.market.clear()
        self._swept_units, self._swept = units, amounts

    def worth(self, order: Order) -> int:
        """Settle, and return what the one fill of an order came to, in price units x quantity units."""
        for row in range(len(self._rows), len(self)):
            self._rows[self.numbers[row]] = row
        return int(self.amounts.prices[self._rows[order.number]]) * order.units

    def order(self, row: int) -> Order:
        """The order that a row is of."""
        number = self.numbers[row]
        order = self.kept.get(number)
        return self._restored(row) if order is None else order

    def orders(self, book: Iterable[Order]) -> list[Order]:
        """Every order that is kept, has filled or stands in the book, in the order of their numbers."""
        for row in range(len(self)):
            self.order(row)
        found = {**self.kept, **{order.number: order for order in book}}
        return [found[number] for number in sorted(found)]

    def _restored(self, row: int) -> Order:
        number, units, plain = self.numbers[row], self.units[row], self.plain[self.which[row]]
        placed = self.placed.get(number)
        if placed is None:
            placed = plain.placed(self.bars[row])
        order = self.kept[number] = Order(number, plain.scale, 1 if units > 0 else -1, abs(units), placed)
        order.__class__ = self.filled_whole
        return order

    def settled_amounts(self) -> Amounts:
        """The amounts of the rows that have theirs, as lists."""
        if self._swept is not None:
            for known, swept in zip(self._lists, self._swept, strict=True):
                known.extend(swept.tolist())
            self._swept = None
        return self._lists

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> FillRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[FillRow]: ...
    def __getitem__(self, index: int | slice) -> FillRow | list[FillRow]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        amounts = self.amounts
        return FillRow(
            order=self.order(index),
            units=self.units[index],
            price=amounts.prices[index],
            slippage=amounts.slippages[index],
            commission=amounts.commissions[index],
            bar=self.bars[index],
            place=self.places.get(index % len(self), AT_OPEN),
            notes=self.notes.get(index % len(self), ()),
            value=amounts.values[index],
        )
