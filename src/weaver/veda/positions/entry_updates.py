"""What no fill did to a run's holdings and cash, as its strategy is told of it."""

from collections.abc import Sequence

from weaver.model.calendar.days.new_york import extended_from
from weaver.model.calendar.instants import instant_of
from weaver.model.orders.actions import SIDES
from weaver.veda.inputs import CashMoved, HouseFilled, SplitSeen, Update
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.counting import cash
from weaver.veda.positions.entries import CarryEntry, DelistingEntry, DividendEntry, Entry, FeeEntry, SplitEntry
from weaver.veda.positions.sub_ledger import SubLedger


def updates_of(before: SubLedger, entry: Entry) -> list[Update]:
    """What an entry is to a strategy whose ledger stood so ahead of it; nothing where it moves nothing."""
    symbol, held = entry.symbol, before.quantity(entry.symbol)
    paid = cash(before.after(entry).cash_units - before.cash_units)
    match entry:
        case SplitEntry(numerator=numerator, denominator=denominator, ex_date=ex_date, time=time):
            since = instant_of(time) if instant_of(time) != extended_from(ex_date) else None
            split = SplitSeen(symbol=symbol, numerator=numerator, denominator=denominator, ex_date=ex_date, since=since)
            return [split, *([CashMoved(symbol=symbol, kind="fraction", amount=paid)] if paid else [])]
        case DividendEntry():
            return [CashMoved(symbol=symbol, kind="dividend", amount=paid)] if paid else []
        case CarryEntry(kind=kind):
            return [CashMoved(symbol=symbol, kind=kind.value, amount=paid)] if paid else []
        case FeeEntry(quantity=quantity):
            moves = paid or quantity
            return [CashMoved(symbol=symbol, kind="fee", amount=paid, quantity=-quantity)] if moves else []
        case DelistingEntry(value=value, time=time):
            if not held:
                return []
            side = SIDES[-1 if held > 0 else 1]
            return [
                HouseFilled(
                    symbol=symbol,
                    side=side,
                    quantity=abs(held),
                    price=value,
                    commission=cash(0),
                    time=instant_of(time),
                )
            ]


def all_updates(ledger: SubLedger, fills: Sequence[LiveFill]) -> list[tuple[int, Update]]:
    """What the entries of a ledger are to its strategy, of whose fills these are all; each with its instant (ns)."""
    step = ledger.emptied()
    found: list[tuple[int, Update]] = []
    for before, entry in ledger.entries:
        step = step.booked(*fills[step.fills : before])
        found += [(instant_of(entry.time), update) for update in updates_of(step, entry)]
        step = step.after(entry)
    return found
