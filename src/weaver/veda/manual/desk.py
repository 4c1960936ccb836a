"""Carries out what people ask of orders: the same books, the same gate and the same way to the venue as a run's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import Conflict, InvalidOrder
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.exchange.answers import Reason
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.manual.prices import have_price
from weaver.veda.manual.ticket import Ticket, check_amounts, check_prices, in_time
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.ports import NewId, TradingStore
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.exits import to_exit_at_most
from weaver.veda.trading.intents import Cancel, Intent, Replace
from weaver.veda.trading.requests import held_otherwise, held_with_entry

BY_HAND = "cancelled by hand"
_ABOUT_THE_STATE = frozenset({Reason.WASH_TRADE, Reason.BUYING_POWER, Reason.POSITION, Reason.ACCOUNT})
"""What is wrong with the moment, and not with the order: the gate sees to it, and it stands in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be different in the order that takes another's place; None: as before."""

    client_order_id: str | None = None
    quantity: Decimal | None = None
    """None: what is left of the old one."""
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    tif: TimeInForce | None = None
    expires: date | None = None

    def as_json(self, replaces: str) -> dict[str, str]:
        """All that was asked for, to tell whether the same is asked for again."""
        names = ("quantity", "limit", "stop", "trail", "trail_percent", "tif", "expires")
        given = {name: value for name in names if (value := getattr(self, name)) is not None}
        return {"replaces": replaces, **{name: str(value) for name, value in given.items()}}


class Taken(NamedTuple):
    """An order that is in the books."""

    order_id: str
    is_new: bool
    """False: the same was ordered before, be it at the same moment."""


class Desk:
    """Takes orders. What it refuses before it is in the books leaves no trace; the gate's refusals do."""

    def __init__(self, *, store: TradingStore, new_id: NewId) -> None:
        self._store, self._new_id = store, new_id

    async def placed_before(self, account: str, client_order_id: str | None, asked: Mapping[str, Any]) -> str | None:
        """The id of the order that was made of the same words; None: there is none. Raises Conflict where the client's
        id was given to another order."""
        if client_order_id is None:
            return None
        found = await self._store.order_by_client_id(account, client_order_id)
        if found is None:
            return None
        kept = await self._store.state(_scope(found))
        if kept is None or kept["asked"] != asked:
            raise Conflict(f"client_order_id {client_order_id!r} is that of another order, {found.id}")
        return found.id

    async def place(self, ticket: Ticket, account: TradingAccount, run_id: str | None, *, corr_id: str) -> Taken:
        """Have an order in the books, and on its way. Raises InvalidOrder and InputError for what
        cannot be ordered, Conflict for what may not be, and Unavailable."""
        ticket.check()
        rules = await account.rules_of(ticket.symbol)
        await have_price(account, ticket.symbol)
        intent = ticket.intent(
            self._new_id(),
            account.name,
            run_id,
            rules=rules,
            calendar=calendar_of(rules.instrument),
            now=account.adapter.now(),
        )
        _check_at_venue(account, intent.order, intent.legs)
        asked = ticket.as_json(run_id)
        return await self._carried_out(account, intent, intent.order, asked, corr_id=corr_id)

    async def replace(self, old_id: str, changes: Changes, account: TradingAccount, *, corr_id: str) -> str:
        """Have another order take an order's place; returns the id of that. Raises as `place` does, and Conflict for an
        order that is being cancelled."""
        check_amounts(changes)
        old = _replaceable(_working(account, old_id))
        rules = await account.rules_of(old.symbol)
        await have_price(account, old.symbol)
        new = _replacement(old, changes, self._new_id(), account, rules)
        _check_in_place_of(account, old, new, rules)
        intent = Replace(old_id=old_id, order=new)
        taken = await self._carried_out(
            account,
            intent,
            new,
            changes.as_json(old_id),
            corr_id=corr_id,
            check=lambda draft: _check_replaceable(draft, old_id, changes),
        )
        return taken.order_id

    async def cancel(self, order_id: str, account: TradingAccount, *, corr_id: str) -> None:
        """Have an order cancelled. Raises Conflict where it is over."""
        _working(account, order_id)
        await account.trader.carry_out([Cancel(order_id=order_id, reason=BY_HAND)], corr_id=corr_id)

    async def _carried_out(
        self,
        account: TradingAccount,
        intent: Intent,
        order: LiveOrder,
        asked: Mapping[str, Any],
        *,
        corr_id: str,
        check: Callable[[Draft], object] = lambda _draft: None,
    ) -> Taken:
        """check: raises Conflict where the order cannot be taken as things are by then."""
        has_own_id = order.client_order_id != order.id

        def keep(draft: Draft) -> None:
            check(draft)
            account.guard.mark(draft)  # what equity has lost by now counts for this order
            if has_own_id:
                draft.put_state(_scope(order), {"asked": dict(asked)})

        try:
            refused = await account.trader.carry_out([intent], corr_id=corr_id, first=keep)
        except Conflict:  # the same client id at the same time, perhaps with the same words
            known = await self.placed_before(account.name, order.client_order_id, asked) if has_own_id else None
            if known is None:
                raise
            return Taken(known, is_new=False)
        if (why := refused.get(order.id)) is not None:
            raise Conflict(f"order {order.id} was refused: {why.message}")
        return Taken(order.id, is_new=True)


def _scope(order: LiveOrder) -> str:
    """Where it is kept what an order was made of: gone with its run."""
    return f"asked {order.id} {order.run_id or order.account}"


def _working(account: TradingAccount, order_id: str) -> LiveOrder:
    order = account.trader.books.known.order(order_id)
    if order is None or not order.is_working:
        raise Conflict(f"order {order_id} is {'over' if order is None else order.status}: nothing can be done to it")
    return order


def _replaceable(order: LiveOrder) -> LiveOrder:
    if order.cancel_asked is not None:
        raise Conflict(f"order {order.id} is being cancelled: nothing can take its place")
    return order


def _check_replaceable(draft: Draft, old_id: str, changes: Changes) -> None:
    """As things are by then. Raises Conflict and InvalidOrder."""
    old, wanted = _replaceable(draft.order(old_id)), changes.quantity
    if wanted is None or old.group_id is None:
        return
    if wanted > (most := to_exit_at_most(draft, old.group_id)):
        raise InvalidOrder(f"order {old.id} is an exit of {plain(most)} at most: it cannot be for {plain(wanted)}")


def _replacement(
    old: LiveOrder, changes: Changes, new_id: str, account: TradingAccount, rules: InstrumentRules
) -> LiveOrder:
    now, tif = account.adapter.now(), changes.tif or old.tif
    expires = changes.expires or (old.expires if tif is TimeInForce.GTD else None)
    if (tif is TimeInForce.GTD) != (expires is not None):
        raise InvalidOrder("time_in_force gtd and expires, its last day, come together")
    new = replace(
        old,
        id=new_id,
        number=0,
        client_order_id=changes.client_order_id or new_id,
        quantity=old.remaining if changes.quantity is None else changes.quantity,
        notional=None,
        limit=old.limit if changes.limit is None else changes.limit,
        stop=old.stop if changes.stop is None else changes.stop,
        trail=old.trail if changes.trail is None else changes.trail,
        trail_percent=old.trail_percent if changes.trail_percent is None else changes.trail_percent,
        tif=tif,
        expires=expires,
        expires_at=None,
        status=OrderStatus.PENDING,
        waits_for=None,
        reason="",
        filled=Decimal(0),
        value=Decimal(0),
        cancel_asked=None,
        replaces=None,
        replaced_by=None,
        placed_at=now,
        updated_at=now,
    )
    if _terms(new) == _terms(old):
        raise InvalidOrder(f"order {old.id} is so already: it changes nothing")
    trails = new.order_type is OrderType.TRAILING_STOP  # where its stop has got to is none of its terms
    check_prices(new.order_type, new.limit, changes.stop if trails else new.stop, new.trail, new.trail_percent)
    calendar = calendar_of(rules.instrument)
    return in_time(new, rules=rules, calendar=calendar, now=now)


def _terms(order: LiveOrder) -> tuple[object, ...]:
    """What a change can change."""
    return (
        order.remaining, order.limit, order.stop, order.trail, order.trail_percent, order.tif, order.expires,
    )  # fmt: skip


def _check_in_place_of(account: TradingAccount, old: LiveOrder, new: LiveOrder, rules: InstrumentRules) -> None:
    """Look at an entry with the exits that it is held with, and at one of two exits with the other, as a new one is."""
    group = account.trader.books.known.group(old.group_id or old.id)
    beside = tuple(one for one in group if one.id != old.id and one.is_working)
    entry = account.trader.books.known.order(old.group_id or old.id)
    waits = () if entry is None or entry.id == old.id or not entry.is_working else (entry,)
    is_held = rules.has_one_tif and bool(held_with_entry(group, account.adapter.features))
    if is_held and (told := held_otherwise(new, old, (*beside, *waits))) is not None:
        raise InvalidOrder(told)
    is_of_two = old.group_id is not None and bool(beside)
    _check_at_venue(account, replace(new, order_class=OrderClass.OCO, group_id=new.id) if is_of_two else new, beside)


def _check_at_venue(account: TradingAccount, order: LiveOrder, legs: tuple[LiveOrder, ...]) -> None:
    """Raises InvalidOrder for what the venue's rules forbid."""
    told = account.venue_refusal(order, legs)
    if told is not None and told.reason not in _ABOUT_THE_STATE:
        raise InvalidOrder(f"{account.name} takes no such order: {told.message}")
