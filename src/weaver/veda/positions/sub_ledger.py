"""A run's own account: the cash that was allotted to it, and what its own fills and its shares of corporate actions
made of that. Nobody else's trading is in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from weaver.model.account.margin import Standing
from weaver.model.account.position import Position
from weaver.model.numbers.money import CASH_ONE, plain
from weaver.model.numbers.scale import Scale
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.contract import PLAIN, Contract
from weaver.veda.positions.counting import cash, cash_units, decimal, fine, fine_scale, rounded
from weaver.veda.positions.entries import (
    CarryEntry,
    DelistingEntry,
    DividendEntry,
    Entry,
    FeeEntry,
    SplitEntry,
    entry_as_json,
    entry_of_json,
)

Prices = Mapping[str, Decimal]
FEE_BPS_MAX = 30
"""The most that a venue is believed to take of a purchase in the asset itself; Alpaca's highest fee is 25."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is held of a symbol. Amounts that need a price are None where none is known."""

    symbol: str
    quantity: Decimal
    """Negative: short."""
    cost: Decimal
    """What opening it took; of a short, minus what it brought."""
    average_price: Decimal | None
    price: Decimal | None
    market_value: Decimal | None
    unrealised_pnl: Decimal | None
    realised_pnl: Decimal
    """Of what was closed, before commissions and without dividends."""
    commission: Decimal
    income: Decimal
    """Dividends received less those paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPoint:
    """A point of an equity curve."""

    time: datetime
    equity: Decimal
    cash: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SubLedger:
    """One run's account, or (`run_id` None, nothing allotted) the manual orders'. A change makes a new one, so that it
    can be committed before anybody sees it.

    Fills and entries in the order in which they were booked give the same ledger again: fills are rows of their own,
    entries are in `as_json`.
    """

    run_id: str | None
    allotted: Decimal
    cash_units: int
    positions: Mapping[str, Position] = field(default_factory=dict)
    """By symbol, of all that was ever held."""
    bought: Mapping[str, int] = field(default_factory=dict)
    """By symbol, in units (see `counting`): what was ever bought in fills that named no fee in the asset."""
    fills: int = 0
    """How many were booked."""
    entries: tuple[tuple[int, Entry], ...] = ()
    """Each with the number of fills booked before it."""
    kept: tuple[Mapping[str, Any], ...] = field(default=(), compare=False, repr=False)
    """The entries as they are kept: each is written out once, as a run that pays funding has thousands."""
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    """By symbol, of the futures that it may hold."""

    @classmethod
    def opened(
        cls, run_id: str | None, allotted: Decimal = Decimal(0), contracts: Mapping[str, Contract] | None = None
    ) -> "SubLedger":
        """Before anything happened."""
        return cls(run_id=run_id, allotted=allotted, cash_units=cash_units(allotted), contracts=contracts or {})

    def emptied(self) -> "SubLedger":
        """As it was opened."""
        return SubLedger.opened(self.run_id, self.allotted, self.contracts)

    def scale(self, symbol: str) -> Scale:
        """What a symbol is counted in."""
        return fine_scale(symbol, self.contracts.get(symbol, PLAIN))

    def _position(self, symbol: str) -> Position:
        return self.positions.get(symbol) or Position(scale=self.scale(symbol))

    @classmethod
    def rebuilt(cls, kept: Mapping[str, Any], fills: Sequence[LiveFill]) -> "SubLedger":
        """From what `as_json` gave and all fills, as they were booked."""
        contracts = {symbol: Contract.of_json(one) for symbol, one in kept.get("contracts", {}).items()}
        opened = cls.opened(kept["run_id"], Decimal(kept["allotted"]), contracts)
        entries = [(one["fills_before"], entry_of_json(one)) for one in kept["entries"]]
        return opened._gone_on(entries, fills)

    def _gone_on(self, entries: Iterable[tuple[int, Entry]], fills: Sequence[LiveFill]) -> "SubLedger":
        """After some entries, each with the number of fills booked before it, and all fills."""
        ledger = self
        for before, entry in entries:
            ledger = ledger.booked(*fills[ledger.fills : before]).after(entry)
        return ledger.booked(*fills[ledger.fills :])

    def as_json(self) -> dict[str, Any]:
        """What is not in the fills, to be kept."""
        kept = {"run_id": self.run_id, "allotted": plain(self.allotted), "entries": [*self.kept]}
        contracts = {symbol: one.as_json() for symbol, one in self.contracts.items()}
        return {**kept, "contracts": contracts} if contracts else kept

    def booked(self, *fills: LiveFill) -> "SubLedger":
        """After fills of its own. What the venue kept of the asset as its fee is not held. One of before a split that
        is booked already is of old shares."""
        positions, bought, left = dict(self.positions), dict(self.bought), self.cash_units
        for fill in fills:
            held = positions.get(fill.symbol) or self._position(fill.symbol)
            signed, price = fill.side.sign * fine(fill.quantity), fine(fill.price)
            commission = cash_units(fill.commission)
            left -= held.scale.cash(price, signed) + commission
            for split in self._splits_after(fill):
                signed = signed * split.numerator // split.denominator
                price = price * split.denominator // split.numerator
            held = held.filled(signed, price, commission)
            positions[fill.symbol] = held.taken(fine(fill.fee_quantity)) if fill.fee_quantity else held
            if signed > 0 and not fill.fee_quantity:
                bought[fill.symbol] = bought.get(fill.symbol, 0) + signed
        return replace(self, positions=positions, bought=bought, cash_units=left, fills=self.fills + len(fills))

    def after(self, entry: Entry) -> "SubLedger":
        """After something that was no fill."""
        noted = replace(
            self,
            entries=(*self.entries, (self.fills, entry)),
            kept=(*self.kept, {"fills_before": self.fills, **entry_as_json(entry)}),
        )
        if isinstance(entry, CarryEntry):  # no position's
            return replace(noted, cash_units=self.cash_units + cash_units(entry.amount))
        held, paid = _moved(self._position(entry.symbol), entry)
        positions = {**self.positions, entry.symbol: held}
        return replace(noted, positions=positions, cash_units=self.cash_units + paid)

    def _splits_after(self, fill: LiveFill) -> Sequence[SplitEntry]:
        """Those that are booked, and happened after a fill."""
        return [
            entry
            for _, entry in self.entries
            if isinstance(entry, SplitEntry) and entry.symbol == fill.symbol and fill.filled_at < entry.time
        ]

    def ahead_of(self, entry: Entry, fills: Sequence[LiveFill]) -> "SubLedger":
        """As it stood when something happened that was no fill; `fills`: all that are booked."""
        place = self._place(entry, fills)
        if place == self.fills:
            return self
        return self.emptied()._gone_on([one for one in self.entries if one[0] <= place], fills[:place])

    def with_entry(self, entry: Entry, fills: Sequence[LiveFill]) -> "SubLedger":
        """After something that was no fill, and may have been before some of these, which are all that are booked."""
        place = self._place(entry, fills)
        later = [one for one in self.entries if one[0] > place]
        return self.ahead_of(entry, fills).after(entry)._gone_on(later, fills[: self.fills])

    def as_of(
        self, fills: Sequence[LiveFill], *, filled: Callable[[LiveFill], bool], happened: Callable[[Entry], bool]
    ) -> "SubLedger":
        """As it stood when only those of its fills and entries had come that are said to; `fills`: all that are
        booked."""
        ledger, done = self.emptied(), 0
        for before, entry in self.entries:
            ledger, done = ledger.booked(*filter(filled, fills[done:before])), before
            ledger = ledger.after(entry) if happened(entry) else ledger
        return ledger.booked(*filter(filled, fills[done : self.fills]))

    def _place(self, entry: Entry, fills: Sequence[LiveFill]) -> int:
        """How many fills were booked before the first of its symbol that happened after an entry."""
        later = (
            number
            for number, fill in enumerate(fills[: self.fills])
            if fill.symbol == entry.symbol and fill.filled_at >= entry.time
        )
        return next(later, self.fills)

    @property
    def cash(self) -> Decimal:
        """What is left of what was allotted after all that was paid and received, short sales included: as if futures
        on margin were paid for (`settled_cash`)."""
        return cash(self.cash_units)

    @property
    def realised_pnl(self) -> Decimal:
        """What closing parts of positions earned, before commissions and without dividends."""
        return cash(sum(held.realised for held in self.positions.values()))

    @property
    def commission(self) -> Decimal:
        """What was paid to trade, in cash."""
        return cash(sum(held.fees for held in self.positions.values()))

    @property
    def held(self) -> dict[str, Decimal]:
        """Quantities by symbol, of what is held now."""
        return {symbol: Decimal(held.quantity) for symbol, held in self.positions.items() if held.units}

    def quantity(self, symbol: str) -> Decimal:
        """How much is held; negative: short."""
        return self.held.get(symbol, Decimal(0))

    def fee_room(self, symbol: str) -> Decimal:
        """How much of what is held may yet turn out to have been taken as fees in the asset on what was bought."""
        charged = sum(fine(one.quantity) for one in self.fees(symbol))
        room = self.bought.get(symbol, 0) * FEE_BPS_MAX // 10_000 - charged
        held = self.positions.get(symbol)
        return decimal(max(min(room, 0 if held is None else held.units), 0))

    def fees(self, symbol: str) -> Iterator[FeeEntry]:
        """What was charged apart from fills, as it was booked."""
        return (one for _, one in self.entries if isinstance(one, FeeEntry) and one.symbol == symbol)

    def estimated(self, symbol: str) -> Decimal:
        """How much of the asset was taken off that the venue has not named yet."""
        taken = sum((one.quantity for one in self.fees(symbol) if one.is_estimated), Decimal(0))
        return max(taken - sum((one.settles for one in self.fees(symbol)), Decimal(0)), Decimal(0))

    def equity(self, prices: Prices) -> Decimal:
        """Cash and holdings; one of which no price is known counts as what it cost."""
        return cash(self.cash_units + sum(_worth(held, prices.get(s)) for s, held in self.positions.items()))

    def exposure(self, prices: Prices) -> Decimal:
        """What all holdings are worth, without their signs."""
        return cash(sum(abs(_worth(held, prices.get(s))) for s, held in self.positions.items()))

    def settled_cash(self, prices: Prices) -> Decimal:
        """`cash` with what futures on margin have gained and lost by now: nothing was paid for those."""
        held = ((one.scale, one.units, _worth(one, prices.get(s))) for s, one in self.positions.items() if one.units)
        return cash(Standing.of(self.cash_units, held).cash)

    def point(self, time: datetime, prices: Prices) -> AccountPoint:
        """Where it stands at an instant."""
        return AccountPoint(time=time, equity=self.equity(prices), cash=self.settled_cash(prices))

    def holdings(self, prices: Prices, *, with_closed: bool = False) -> tuple[Holding, ...]:
        """What is held, by symbol; with those of which nothing is left, if they are asked for."""
        return tuple(
            holding_of(symbol, held, prices.get(symbol))
            for symbol, held in sorted(self.positions.items())
            if held.units or with_closed
        )


def holding_of(symbol: str, held: Position, price: Decimal | None) -> Holding:
    """A position at a price."""
    average = held.average_price
    units = None if price is None else fine(price)
    return Holding(
        symbol=symbol,
        quantity=Decimal(held.quantity),
        cost=cash(held.cost),
        average_price=None if average is None else Decimal(average),
        price=price,
        market_value=None if units is None else cash(held.market_value(units)),
        unrealised_pnl=None if units is None else cash(held.unrealised(units)),
        realised_pnl=cash(held.realised),
        commission=cash(held.fees),
        income=cash(held.income),
    )


def sum_of_held(ledgers: Iterable[SubLedger]) -> dict[str, Decimal]:
    """What several hold together, by symbol."""
    total: dict[str, Decimal] = {}
    for ledger in ledgers:
        for symbol, quantity in ledger.held.items():
            total[symbol] = total.get(symbol, Decimal(0)) + quantity
    return total


def _moved(held: Position, entry: SplitEntry | DividendEntry | DelistingEntry | FeeEntry) -> tuple[Position, int]:
    """A position after an entry, and the cash units that came with it."""
    match entry:
        case SplitEntry():
            scaled = replace(held, scale=replace(held.scale, lot=fine(entry.lot)))
            return scaled.split(
                numerator=entry.numerator,
                denominator=entry.denominator,
                previous_close=Fraction(fine(entry.previous_close)),
            )
        case DividendEntry():
            paid = _per_unit(held, entry.amount)
            return held.paid(paid), paid
        case DelistingEntry():
            paid = _per_unit(held, entry.value)
            return held.paid_out(paid), paid
        case FeeEntry():
            charged = cash_units(entry.amount)
            held = held.taken(fine(entry.quantity)) if entry.quantity else held
            return replace(held, fees=held.fees + charged), -charged


def _per_unit(held: Position, amount: Decimal) -> int:
    """So much cash for each unit held, in cash units."""
    return rounded(Fraction(held.units * CASH_ONE, held.scale.quantity_one) * Fraction(amount))


def _worth(held: Position, price: Decimal | None) -> int:
    return held.cost if price is None else held.market_value(fine(price))
