"""Orders coming in: checked against rules and account, and made into what the fill rules work on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from weaver.model.errors import InvalidOrder
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import units_of
from weaver.model.orders.actions import OrderClass, OrderType, Side
from weaver.model.orders.order import ExitGroup, Order
from weaver.model.orders.trailing import set_level
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.ports import Market, VenueClock
from weaver.rehearsal.venue.account import Account
from weaver.rehearsal.venue.checks import rules
from weaver.rehearsal.venue.checks.auctions import check_auction
from weaver.rehearsal.venue.checks.flags import account_flags, asset_flags
from weaver.rehearsal.venue.checks.reservations import FORBIDDEN, SHORTAGE, Reservations, price_at_most
from weaver.rehearsal.venue.checks.wash_trade import check_wash_trade
from weaver.rehearsal.venue.hours import is_open
from weaver.rehearsal.venue.tickets.book import TicketBook
from weaver.rehearsal.venue.tickets.status import Status
from weaver.rehearsal.venue.tickets.terms import Terms
from weaver.rehearsal.venue.tickets.ticket import Ticket

OTHER = {Side.BUY: Side.SELL, Side.SELL: Side.BUY}
APART = 1_000
"""By how much the times of two orders differ at least (ns): lists are paged by these, and clients cut them to µs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """An order that was checked: how much it is (of one for money, about), and what a unit may cost."""

    qty: Decimal
    price: Decimal
    is_opening: bool


class Entry:
    """Takes orders, or refuses them with Alpaca's code and message."""

    def __init__(
        self,
        *,
        clock: VenueClock,
        market: Market,
        account: Account,
        book: TicketBook,
        reservations: Reservations,
        faults: Faults,
        new_id: Callable[[], str],
        configuration: Mapping[str, object],
    ) -> None:
        self._configuration = configuration
        self._clock, self._market, self._account = clock, market, account
        self._book, self._reservations, self._faults, self._new_id = book, reservations, faults, new_id
        self._number = self._newest = 0

    def asset(self, name: str) -> Asset:
        """The asset that an order names, a pair with its slash or without. Raises Refused."""
        found = find_asset(self._market.assets, name)
        if found is None:
            raise rules.bad_order(f"asset not found for {name}")
        return found

    def check(self, terms: Terms, asset: Asset, *, without: Ticket | None = None) -> Sized:
        """Whether the exchange takes an order. Raises Refused. `without`: an open one that it would replace."""
        rules.check(terms, asset)
        check_auction(terms, self._clock.now)
        self._check_flags(terms, asset)
        sized = self._size(terms, asset)
        rules.check_cost(terms, asset, sized.qty, sized.price)
        resting = (one for one in self._book.open_of(asset.symbol) if one is not without)
        check_wash_trade(terms, resting)
        if sized.is_opening:
            self._check_opening(terms, asset, sized, without)
        else:
            self._check_closing(terms, asset, sized, without)
        return sized

    def check_replacement(self, terms: Terms, old: Ticket) -> Sized:
        """The same of an order that replaces one. A leg's quantity is its entry's. Raises Refused."""
        if not old.is_leg:
            return self.check(terms, old.asset, without=old)
        rules.check(terms, old.asset)
        return self.sized_as(old)

    @staticmethod
    def sized_as(old: Ticket) -> Sized:
        """As an order that is open."""
        price = old.asset.scale.price_decimal(old.reserved_units)
        return Sized(qty=old.remaining, price=price, is_opening=old.is_opening)

    def client_order_id(self, wanted: str | None) -> str:
        """The client's id for an order, or one of ours. Raises Refused where it is taken."""
        if not wanted:
            return self._new_id()
        if len(wanted) > 128:
            raise rules.bad_input("client_order_id must be no more than 128 characters")
        if self._book.find_by_client_id(wanted) is not None:
            raise rules.bad_input("client_order_id must be unique")
        return wanted

    def ticket(self, terms: Terms, asset: Asset, sized: Sized, *, client_order_id: str, placed: int) -> Ticket:
        """A ticket with its order; not yet in the book. With its legs, where it has some."""
        ticket = self._new_ticket(terms, asset, client_order_id, placed, sized.qty)
        ticket.is_opening = sized.is_opening
        ticket.reserved_units = units_of(sized.price, asset.scale.price_decimals)
        if terms.order_class is OrderClass.OCO:
            self._add_oco(ticket, placed)
        elif terms.is_complex and self._faults.strike("drop_legs", **facts_of(ticket)) is None:
            self._add_exits(ticket, placed)
        return ticket

    def _new_ticket(self, terms: Terms, asset: Asset, client_id: str, placed: int, qty: Decimal) -> Ticket:
        self._number += 1
        status = Status.PENDING_NEW if self._is_open(asset, terms) else Status.ACCEPTED
        ticket = Ticket(
            id=self._new_id(),
            number=self._number,
            client_order_id=client_id,
            asset=asset,
            terms=terms,
            status=status,
            now=self._clock.now,
        )
        ticket.submitted_at = self._newest = max(self._clock.now, self._newest + APART)
        ticket.order = make_order(self._number, terms, asset, qty, placed)
        newest = self._account.price_units(asset.symbol)
        if ticket.order.order_type is OrderType.TRAILING_STOP and newest:
            ticket.order.mark = newest
            set_level(ticket.order)
        return ticket

    def _is_open(self, asset: Asset, terms: Terms) -> bool:
        return is_open(asset, self._clock.now, extended=terms.extended_hours)

    def _add_exits(self, entry: Ticket, placed: int) -> None:
        """Legs that wait for their entry to fill."""
        order = entry.order
        assert order is not None
        group = order.exits = ExitGroup(entry=order)
        terms = entry.terms
        for leg_terms in _legs_of(terms):
            leg = self._leg(entry, leg_terms, placed)
            assert leg.order is not None
            leg.order.waiting = leg.order.reduce_only = True
            leg.order.group = group
            group.legs.append(leg.order)
        order.is_plain = False

    def _add_oco(self, head: Ticket, placed: int) -> None:
        """A pair of exits of which the limit is the head, and the stop its leg."""
        order = head.order
        assert order is not None
        group = ExitGroup(entry=None, entered=order.units)
        stop = next(one for one in _legs_of(head.terms) if one.stop_price is not None)
        leg = self._leg(head, replace(stop, side=head.terms.side), placed)
        assert leg.order is not None
        for one in (order, leg.order):
            one.group, one.reduce_only, one.is_plain = group, True, False
            group.legs.append(one)

    def _leg(self, head: Ticket, terms: Terms, placed: int) -> Ticket:
        assert terms.qty is not None
        leg = self._new_ticket(terms, head.asset, self._new_id(), placed, terms.qty)
        leg.status, leg.is_opening, leg.parent = Status.HELD, False, head
        head.legs.append(leg)
        return leg

    # Checks

    def _check_flags(self, terms: Terms, asset: Asset) -> None:
        account, flags = account_flags(self._faults, self._configuration), asset_flags(asset, self._faults)
        if any(account[name] for name in ("trading_blocked", "account_blocked", "trade_suspended_by_user")):
            raise Refused(FORBIDDEN, SHORTAGE, "account is restricted from trading")
        if flags["status"] != "active":
            raise rules.bad_input(f"asset {asset.symbol} is not active")
        if not flags["tradable"]:
            raise rules.bad_input(f"asset {asset.symbol} is not tradable")
        if terms.is_fractional and not flags["fractionable"]:
            raise Refused(FORBIDDEN, SHORTAGE, f'asset "{asset.symbol}" is not fractionable')

    def _size(self, terms: Terms, asset: Asset) -> Sized:
        newest = self._market.price(asset.symbol)
        price = terms.limit_price or terms.stop_price if newest is None else price_at_most(terms, newest)
        if price is None:
            raise Refused(FORBIDDEN, SHORTAGE, f"no price is known of {asset.symbol}")
        qty = terms.qty
        if qty is None:
            assert terms.notional is not None
            level = terms.limit_price or terms.stop_price or newest or price
            lot = asset.scale.quantity_decimal(asset.scale.lot)
            qty = Decimal(terms.notional / level // lot * lot)
        held = self._reservations.quantity(asset.symbol)
        return Sized(qty=qty, price=price, is_opening=held * terms.side.sign >= 0)

    def _check_opening(self, terms: Terms, asset: Asset, sized: Sized, without: Ticket | None) -> None:
        if terms.order_class is OrderClass.OCO:
            raise rules.bad_order("oco orders must be exit orders")
        if terms.side is Side.SELL:
            self._check_short(terms, asset, sized.qty)
        price, qty = sized.price, sized.qty
        if without is not None and without.is_opening:
            # What the old order has reserved comes free: only what goes beyond it must be there.
            freed = without.remaining * asset.scale.price_decimal(without.reserved_units)
            qty = max(qty - freed / price, Decimal(0))
        self._reservations.check(asset, terms, qty, price)

    def _check_short(self, terms: Terms, asset: Asset, qty: Decimal) -> None:
        if asset.is_crypto:
            self._reservations.check_available(asset, qty, Decimal(0))
        if not account_flags(self._faults, self._configuration)["shorting_enabled"]:
            raise Refused(FORBIDDEN, SHORTAGE, "account is not allowed to short")
        if not asset_flags(asset, self._faults)["shortable"]:
            raise Refused(FORBIDDEN, SHORTAGE, f'asset "{asset.symbol}" cannot be sold short')
        if terms.is_fractional:
            raise rules.bad_order("fractional orders cannot be sold short")

    def _check_closing(self, terms: Terms, asset: Asset, sized: Sized, without: Ticket | None) -> None:
        if terms.order_class in (OrderClass.BRACKET, OrderClass.OTO):
            raise rules.bad_order(f"{terms.order_class} orders must be entry orders")
        available = self._reservations.available(asset.symbol)
        if without is not None and not without.is_opening:
            available += without.remaining
        self._reservations.check_available(asset, sized.qty, available)


def make_order(number: int, terms: Terms, asset: Asset, qty: Decimal, placed: int) -> Order:
    """The order that the fill rules work on. Raises Refused for a price or a quantity that is too small."""
    scale, sign = asset.scale, terms.side.sign
    try:
        order = Order(number, scale, sign, scale.quantity(qty), placed)
        if terms.limit_price is not None:
            order.limit_units = scale.limit_price(terms.limit_price, sign=sign)
        if terms.stop_price is not None:
            order.stop_units = scale.stop_price(terms.stop_price)
        if terms.trail_price is not None:
            order.trail_units = scale.stop_price(terms.trail_price, name="trail price")
    except InvalidOrder as error:
        raise rules.bad_input(str(error)) from error
    order.trail_percent = None if terms.trail_percent is None else Amount(terms.trail_percent)
    order.order_type, order.order_class, order.tif = terms.type, terms.order_class, terms.tif
    order.extended_hours, order.is_tif_asked = terms.extended_hours, True
    order.is_plain = terms.type is OrderType.MARKET and terms.order_class is OrderClass.SIMPLE
    order.is_sized = True
    return order


def facts_of(ticket: Ticket) -> dict[str, str]:
    """What a fault may be narrowed down to."""
    return {
        "method": "POST",
        "path": "/v2/orders",
        "symbol": ticket.asset.symbol,
        "client_order_id": ticket.client_order_id,
        "side": str(ticket.terms.side),
        "id": ticket.id,
    }


def find_asset(assets: Mapping[str, Asset], name: str) -> Asset | None:
    """By symbol, a pair with its slash or without, or by id."""
    found = assets.get(name) or assets.get(name.upper())
    if found is None:
        found = next((one for one in assets.values() if name in (one.id, one.position_symbol)), None)
    return found


def _legs_of(terms: Terms) -> list[Terms]:
    """The exits of an order, the take-profit first."""
    plain = replace(
        terms,
        side=OTHER[terms.side],
        limit_price=None,
        stop_price=None,
        take_profit=None,
        stop_loss=None,
        position_intent=None,
    )
    legs = []
    if terms.take_profit is not None:
        legs.append(replace(plain, type=OrderType.LIMIT, limit_price=terms.take_profit))
    if terms.stop_loss is not None:
        stop, limit = terms.stop_loss.stop_price, terms.stop_loss.limit_price
        kind = OrderType.STOP if limit is None else OrderType.STOP_LIMIT
        legs.append(replace(plain, type=kind, stop_price=stop, limit_price=limit))
    return legs
