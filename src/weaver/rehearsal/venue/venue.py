"""The exchange as its requests use it: orders come in, bars fill them, and whoever listens is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from weaver.greta.orders.exchange import Exchange
from weaver.model.account.costs import CostModel, Costs
from weaver.model.errors import InputError
from weaver.model.market.session_bar import SessionBar
from weaver.model.numbers.money import CASH_DECIMALS, truncate, units_of
from weaver.model.numbers.ratio import split_ratio
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.trailing import set_level
from weaver.rehearsal.faults.faults import Fault, Faults
from weaver.rehearsal.ports import Market, VenueClock
from weaver.rehearsal.venue.account import Account
from weaver.rehearsal.venue.checks import rules
from weaver.rehearsal.venue.checks.reservations import Reservations
from weaver.rehearsal.venue.coin_fees import CoinFees
from weaver.rehearsal.venue.entry import Entry, Sized, facts_of
from weaver.rehearsal.venue.history import EquityHistory
from weaver.rehearsal.venue.hours import is_open, stock_day, trading_day
from weaver.rehearsal.venue.lifecycle import Lifecycle, Publish
from weaver.rehearsal.venue.margin import LEVERAGE
from weaver.rehearsal.venue.tickets.book import TicketBook
from weaver.rehearsal.venue.tickets.status import FIXED, Status
from weaver.rehearsal.venue.tickets.terms import Change, Terms
from weaver.rehearsal.venue.tickets.ticket import Ticket
from weaver.rehearsal.venue.times import SECOND

GRACE = SECOND
"""An order that comes this soon after bars have closed may act on those that opened then, as a client that answers to
a bar would have it; one that comes later waits for the next to open."""

RATIO_MAX = 1_000
"""Of a split, either way: beyond it prices would come to nothing."""

CONFIGURATION: Mapping[str, object] = {
    "fractional_trading": True, "max_margin_multiplier": str(LEVERAGE), "no_shorting": False, "suspend_trade": False,
    "trade_confirm_email": "all", "ptp_no_exception_entry": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an exchange is started with."""

    cash: Decimal
    is_live: bool
    slippage_bps: Decimal
    coin_fee_bps: Decimal = Decimal(0)
    """What is taken of coins that are bought, in coins."""


class Venue:
    """One account and its orders on one market."""

    def __init__(
        self,
        *,
        clock: VenueClock,
        market: Market,
        faults: Faults,
        new_id: Callable[[], str],
        publish: Publish,
        settings: Settings,
    ) -> None:
        self.clock, self.market, self.faults = clock, market, faults
        self._new_id, self._publish, self.settings = new_id, publish, settings
        costs = Costs(slippage_bps=settings.slippage_bps)
        self._costs = {symbol: CostModel(costs, asset.scale) for symbol, asset in market.assets.items()}
        self._tick = clock.now
        """When bars closed last."""
        self._unsettled: list[Callable[[], None]] = []
        self._account_id, self._account_number = new_id(), self._new_account_number()
        self._begin(settings.cash)
        market.subscribe(self.on_bars)
        self._await_close()
        faults.on_set("venue_replace", self._replace_by_itself)
        faults.on_set("split", self._split)
        faults.on_set("new_account", lambda _: self._rename())

    def _begin(self, cash: Decimal) -> None:
        """An account with nothing but cash, and no orders."""
        self.account = Account(
            id=self._account_id, number=self._account_number, cash=cash, assets=self.market.assets,
            prices=self.market.price,
            coin_fees=CoinFees(bps=self.settings.coin_fee_bps, clock=self.clock, new_id=self._new_id),
        )  # fmt: skip
        self.created_at, self.base_equity = self.clock.now, self.account.equity
        self.configuration: dict[str, object] = dict(CONFIGURATION)
        self.history = EquityHistory()
        self.book = TicketBook()
        self.exchange = Exchange(self.account, self._costs, legs_wait=True)
        self.reservations = Reservations(self.account, self.book)
        self.entry = Entry(
            clock=self.clock, market=self.market, account=self.account, book=self.book,
            reservations=self.reservations, faults=self.faults, new_id=self._new_id,
            configuration=self.configuration,
        )  # fmt: skip
        self.lifecycle = Lifecycle(
            clock=self.clock, book=self.book, exchange=self.exchange, faults=self.faults, new_id=self._new_id,
            publish=self._publish,
        )  # fmt: skip

    # Requests

    def submit(self, terms: Terms, client_order_id: str | None) -> Ticket:
        """Take an order. Raises Refused."""
        asset = self.entry.asset(terms.symbol)
        client_id = self.entry.client_order_id(client_order_id)
        sized = self.entry.check(terms, asset)
        ticket = self.entry.ticket(terms, asset, sized, client_order_id=client_id, placed=self._placed())
        self._place(ticket)
        late = self.faults.strike("late_reject", **facts_of(ticket))
        self._unsettled.append(partial(self._reject, ticket, late) if late else partial(self._admit, ticket))
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Cancel an order, and with it what it belongs to. Raises Refused where it is over."""
        if not ticket.is_open:
            raise rules.bad_order(f'order is already in "{ticket.status}" state')
        is_again = ticket.status is Status.PENDING_CANCEL
        if not is_again and self.faults.strike("stuck_cancel", **{**facts_of(ticket), **_deleting(ticket)}):
            ticket.status, ticket.updated_at = Status.PENDING_CANCEL, self.clock.now
            self.lifecycle.tell("pending_cancel", ticket)
            return
        for one in ticket.family:
            if one.order is not None and one.order.is_working:
                self.exchange.cancel(one.order, "cancelled by its client")
        self.lifecycle.follow(self.exchange.book.take_changes())

    def replace(self, old: Ticket, change: Change) -> Ticket:
        """Put a new order in the place of an old one. Raises Refused."""
        order = old.order
        if order is None:
            raise rules.bad_order(f'order is already in "{old.status}" state')
        if old.status in FIXED:
            raise rules.bad_order(f"cannot replace order in {old.status} status")
        if old.terms.notional is not None:
            raise rules.bad_order("cannot replace notional orders")
        terms = _changed(old.terms, change, old.remaining)
        client_id = self.entry.client_order_id(change.client_order_id)
        sized = self.entry.check_replacement(_bare(terms), old)
        return self._take_over(old, terms, sized, client_id)

    def settle(self) -> None:
        """What a request began goes on, now that its answer has been written: orders work, updates are published."""
        while self._unsettled:
            self._unsettled.pop(0)()

    # Market

    def on_bars(self, now: int, bars: Mapping[str, SessionBar]) -> None:
        """Bars have closed: orders act on them."""
        self.settle()
        self._tick = now
        self._act(now, bars)
        self.history.note(now, self.account.equity)

    def trade(self, symbol: str, price: Decimal) -> None:
        """Somebody trades at a price: orders that it makes marketable act first, then it is the newest price."""
        self.settle()
        asset, now = self.market.assets[symbol], self.clock.now
        if self.faults.find("halt", symbol=symbol) is None:
            units = units_of(price, asset.scale.price_decimals)
            session = trading_day(asset, now, extended=True).session
            bar = SessionBar(units, units, units, units, None, now, now, now, session, is_open(asset, now))
            self._act(now, {symbol: bar})
        self.market.trade(symbol, price)

    def reset(self, cash: Decimal, positions: Mapping[str, tuple[Decimal, Decimal | None]]) -> None:
        """The account begins anew: cash and holdings (quantity, and the price paid for one); nothing else is left."""
        self._unsettled.clear()
        self.lifecycle.forget_all()
        self._begin(cash)
        for symbol, (quantity, price) in positions.items():
            paid = price if price is not None else self.market.price(symbol)
            self.account.give(symbol, quantity, paid or Decimal(0))
        self.account.close_day()
        self.base_equity = self.account.equity
        self.lifecycle.hold(self.account.units)

    # Within

    def _await_close(self) -> None:
        """Just after each close, so that the last bars come first."""
        self.clock.schedule(stock_day(self.clock.now).close + 1, self._close_session)

    def _close_session(self) -> None:
        self.account.close_day()
        self._await_close()

    def _placed(self) -> int:
        return self._tick if self.clock.now - self._tick <= GRACE else self.clock.now

    def _place(self, ticket: Ticket) -> None:
        parts = self.faults.strike("partial_fill", **facts_of(ticket))
        for one in (ticket, *ticket.legs):
            assert one.order is not None
            self.book.add(one)
            self.exchange.place(one.order)
        self.lifecycle.expect_end(ticket)
        if parts is not None:
            self.exchange.filling.portions[ticket.number] = _part(ticket, int(parts.number("parts")))

    def _admit(self, ticket: Ticket) -> None:
        if ticket.is_open:
            self.lifecycle.admit(ticket)
            self._replace_new(ticket)

    def _reject(self, ticket: Ticket, fault: Fault) -> None:
        if ticket.order is not None:
            self.exchange.book.reject(ticket.order, fault.text("reason"))
            self.exchange.book.sweep()
            self.lifecycle.follow(self.exchange.book.take_changes())

    def _act(self, now: int, bars: Mapping[str, SessionBar]) -> None:
        self._size(bars)
        self.lifecycle.follow(self.exchange.on_bars(now, bars))

    def _size(self, bars: Mapping[str, SessionBar]) -> None:
        """Orders for an amount of money are as large as that buys at the open of the bar."""
        for ticket in self.book.open.values():
            order, bar = ticket.order, bars.get(ticket.asset.symbol)
            if ticket.terms.notional is None or order is None or bar is None or order.filled:
                continue
            if order.order_type is not OrderType.MARKET:
                continue
            paid = self._costs[ticket.asset.symbol].slipped(bar.open, sign=order.sign, limit=None)
            money = units_of(ticket.terms.notional, CASH_DECIMALS) * order.scale.notional_divisor
            order.units = max(truncate(money // paid, order.scale.lot), order.scale.lot)

    def _take_over(self, old: Ticket, terms: Terms, sized: Sized, client_id: str) -> Ticket:
        """Let a new ticket stand where an old one stands: in its family, and among the orders that work."""
        new = self.entry.ticket(_bare(terms), old.asset, sized, client_order_id=client_id, placed=self._placed())
        was_held = old.status is Status.HELD
        assert old.order is not None
        assert new.order is not None
        new.terms, new.is_opening = terms, old.is_opening
        new.order.order_class, new.order.reduce_only = terms.order_class, old.order.reduce_only
        if old.order.mark is not None:
            new.order.mark = old.order.mark
            set_level(new.order)
        self.book.add(new)
        self.exchange.replace(old.order, new.order)
        new.order.is_plain = new.order.is_plain and new.order.exits is None and new.order.group is None
        _join_family(old, new)
        self.exchange.book.take_changes()
        self.lifecycle.replaced(old, new)
        self.lifecycle.expect_end(new)
        if was_held:
            new.status = Status.HELD
        else:
            self._unsettled.append(partial(self._admit, new))
        return new

    # Faults

    def _replace_new(self, ticket: Ticket) -> None:
        if self.faults.strike("venue_replace", **facts_of(ticket)) is not None:
            self._replace_one(ticket)

    def _replace_by_itself(self, fault: Fault) -> None:
        """The newest leg that is open, or else the newest order; if there is none, the next one."""
        open_ones = [one for one in self.book.open.values() if fault.fits(facts_of(one)) and one.status not in FIXED]
        if open_ones:
            self.faults.use(fault)
            self._replace_one(max(open_ones, key=lambda one: (one.is_leg, one.number)))

    def _replace_one(self, old: Ticket) -> None:
        if old.order is not None:
            self._take_over(old, old.terms, self.entry.sized_as(old), self._new_id())
            self.settle()

    def _split(self, fault: Fault) -> None:
        ratio, asset = split_ratio(fault.text("ratio")), self.entry.asset(fault.match["symbol"])
        if max(ratio, 1 / ratio) > RATIO_MAX:
            raise InputError(f"a ratio must be from 1/{RATIO_MAX} to {RATIO_MAX}, not {fault.text('ratio')}")
        self.account.split(asset.symbol, ratio)
        if fault.is_set("adjust_orders"):
            self.exchange.split(asset.symbol, ratio.as_integer_ratio())
            self.lifecycle.follow(self.exchange.book.take_changes())
        self.lifecycle.hold(self.account.units)
        self.market.split(asset.symbol, ratio)

    def _rename(self) -> None:
        self._account_id, self._account_number = self._new_id(), self._new_account_number()
        self.account.id, self.account.number = self._account_id, self._account_number

    def _new_account_number(self) -> str:
        digits = int(self._new_id().replace("-", ""), 16)
        return f"{digits % 10**9:09d}" if self.settings.is_live else f"PA3{digits % 36**9:09d}"[:12]


def _deleting(ticket: Ticket) -> Mapping[str, str]:
    return {"method": "DELETE", "path": f"/v2/orders/{ticket.id}"}


def _part(ticket: Ticket, count: int) -> int:
    """One of so many parts of an order, in whole shares where it is."""
    order = ticket.order
    assert order is not None
    is_whole = not ticket.asset.is_crypto and not order.units % order.scale.quantity_one
    step = order.scale.quantity_one if is_whole else order.scale.lot
    return -(-order.units // (max(count, 1) * step)) * step


def _bare(terms: Terms) -> Terms:
    """Those of the order by itself."""
    return replace(terms, order_class=OrderClass.SIMPLE, take_profit=None, stop_loss=None)


def _join_family(old: Ticket, new: Ticket) -> None:
    new.parent, new.legs, old.legs = old.parent, old.legs, []
    for leg in new.legs:
        leg.parent = new
    if new.parent is not None:
        legs = new.parent.legs
        legs[legs.index(old)] = new


def _changed(terms: Terms, change: Change, remaining: Decimal) -> Terms:
    """The terms of a replacement. Raises Refused where nothing changes, or what the type has not."""
    asked = {"tif": change.tif, "limit_price": change.limit_price, "stop_price": change.stop_price}
    changes: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
    changes["qty"] = change.qty if change.qty is not None else remaining
    if change.trail is not None:
        if terms.type is not OrderType.TRAILING_STOP:
            raise rules.bad_order("trail can be changed of trailing_stop orders only")
        changes["trail_price" if terms.trail_price is not None else "trail_percent"] = change.trail
    new = replace(terms, **changes)  # type: ignore[arg-type] # each under its own name
    if new == terms:
        raise rules.bad_order("order parameters are not changed")
    return new
