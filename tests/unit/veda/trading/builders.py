"""Drafts, books and a venue by hand, for tests of what works an account's orders."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_order
from tests.virtual_wall import VirtualWall
from weaver.events.factory import EventFactory
from weaver.model.errors import InputError, Unavailable
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.account import VenueAccount, VenueFee
from weaver.veda.exchange.answers import Accepted, Answer
from weaver.veda.exchange.orders import OrderChange, OrderRequest, VenueFill, VenueOrder
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission
from weaver.veda.positions.lacking import Lack, Quantities
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.calls.calls import Calls
from weaver.veda.trading.reconciler import Reconciler


def draft_of(
    orders: Sequence[LiveOrder], submissions: Sequence[Submission] = (), *, now: datetime = NOON
) -> tuple[Draft, AccountOrders]:
    """A draft on books that have these."""
    known = AccountOrders()
    known.take(orders, submissions, ())
    return Draft(known, _events(), now=now, corr_id="c"), known


def bracket(**entry: Any) -> list[LiveOrder]:
    """An entry, its target at 130 and its stop at 90."""
    legs: dict[str, Any] = {"parent_id": "run-1", "group_id": "run-1", "reduces": True}
    return [
        live_order("run-1", order_class=OrderClass.BRACKET, **entry),
        live_order("run-2", "sell", number=2, order_type=OrderType.LIMIT, limit=130, **legs),
        live_order("run-3", "sell", number=3, order_type=OrderType.STOP, stop=90, **legs),
    ]


def venue_fill(name: str, quantity: int, price: int | str, **given: Any) -> VenueFill:
    """An execution of the order `v-<name>`."""
    values: dict[str, Any] = {"execution_id": f"x-{name}-{quantity}", "symbol": "AAPL", "side": "buy", "time": NOON}
    return VenueFill(venue_order_id=f"v-{name}", quantity=Decimal(quantity), price=Decimal(price), **(values | given))


class Held:
    """So much of everything, and by everybody."""

    def __init__(self, quantity: int, lack: Lack | None = None) -> None:
        self._quantity, self._lack = Decimal(quantity), lack or Lack()
        self.has_begun = True
        self.fees_after = None

    def held(self, run_id: str | None, symbol: str) -> Decimal:
        return self._quantity

    def net(self, symbol: str) -> Decimal:
        return self._quantity

    def lacking(self, run_id: str | None, symbol: str, taken: Quantities | None = None) -> Lack:
        return self._lack


class AlwaysOpen:
    """A market that is open, and has a session's end for what works no longer than that."""

    def opens_at(self, symbol: str, now: datetime) -> datetime | None:
        return None

    def closes_at(self, symbol: str, now: datetime, *, extended_hours: bool) -> datetime:
        return now + timedelta(hours=8 if extended_hours else 4)


FEE = VenueFee(fee_id="fee", symbol="BTC/USD", quantity=Decimal("0.1"), day=NOON.date())


@dataclass(kw_only=True)
class FakeVenue:
    """It answers as it was told to, and shows what is put there."""

    wall: VirtualWall
    answers: list[Answer[Any]] = field(default_factory=list)
    """To requests, in turn; then all are accepted, and their orders shown."""
    shown: dict[str, VenueOrder] = field(default_factory=dict)
    """By venue id."""
    listed: tuple[VenueOrder, ...] = ()
    fills: tuple[VenueFill, ...] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)
    """What it was asked for, and by which id."""
    listed_since: list[datetime] = field(default_factory=list)
    """How far back lists of fills were to reach."""
    fees: tuple[VenueFee, ...] | None = (FEE,)
    """None: it will not list them."""
    fees_asked: list[datetime] = field(default_factory=list)
    is_away: bool = False
    is_replay: bool = False
    features: tuple[str, ...] = ()

    def now(self) -> datetime:
        return self.wall.now()

    async def submit(self, request: OrderRequest) -> Answer[VenueOrder]:
        self.asked.append(("submit", request.client_order_id))
        if self.answers:
            return self.answers.pop(0)
        return Accepted(value=self.show(self.as_asked(request)))

    async def replace(self, venue_id: str, change: OrderChange) -> Answer[VenueOrder]:
        self.asked.append(("replace", venue_id))
        return self.answers.pop(0)

    async def cancel(self, venue_id: str) -> Answer[None]:
        self.asked.append(("cancel", venue_id))
        return self.answers.pop(0) if self.answers else Accepted(value=None)

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        return self._found("find", venue_id, self.shown.get(venue_id))

    async def find_order_by_client_id(self, client_order_id: str) -> VenueOrder | None:
        found = next((one for one in self.shown.values() if one.client_order_id == client_order_id), None)
        return self._found("look up", client_order_id, found)

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        return tuple(one for one in self.listed if one.is_working)

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        return self.listed

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        self.listed_since.append(after)
        return self.fills

    async def fees_since(self, after: datetime) -> tuple[VenueFee, ...]:
        self.fees_asked.append(after)
        if self.fees is None:
            raise InputError("there are no such activities")
        return self.fees

    async def account(self) -> VenueAccount:
        return VenueAccount(account_id="a", number="PA", status="ACTIVE", cash=Decimal(1000), can_short=True)

    async def positions(self) -> tuple[()]:
        return ()

    def show(self, *orders: VenueOrder) -> VenueOrder:
        """Have orders there from now on; returns the last."""
        self.shown |= {one.venue_id: one for one in orders}
        return orders[-1]

    def as_asked(self, request: OrderRequest) -> VenueOrder:
        """What it shows of an order that it takes."""
        return VenueOrder(
            venue_id=f"v-{request.client_order_id}", client_order_id=request.client_order_id, symbol=request.symbol,
            asset_class=None, side=request.side, order_type=request.order_type, order_class=request.order_class,
            tif=request.tif, quantity=request.quantity, status=OrderStatus.ACCEPTED, venue_status="new",
        )  # fmt: skip

    def _found(self, what: str, id_: str, order: VenueOrder | None) -> VenueOrder | None:
        self.asked.append((what, id_))
        if self.is_away:
            raise Unavailable("the venue does not answer")
        return order


@dataclass(kw_only=True)
class Desk:
    """An account's books, its venue and the calls between them."""

    venue: FakeVenue
    wall: VirtualWall
    store: FakeTradingStore
    disk: FakeDisk
    books: Books
    calls: Calls
    reconciler: Reconciler

    @property
    def warned(self) -> list[str]:
        """The warnings that are in the log."""
        payloads = [one.payload for one in self.disk.events if one.type == "orders.Warned"]
        return [f"{one['warning']} {one['order_id']}" for one in payloads]

    def order(self, name: str = "run-1") -> LiveOrder:
        found = self.books.known.order(name)
        assert found is not None
        return found

    def sent(self, name: str = "run-1") -> Submission:
        found = self.books.known.submission(name)
        assert found is not None
        return found


def at_desk(
    do: Callable[[Desk], Awaitable[None]], orders: Sequence[LiveOrder] = (), submissions: Sequence[Submission] = ()
) -> None:
    """Do something at a desk whose books begin with these. It is noon in New York."""

    async def go() -> None:
        wall, disk = VirtualWall(NOON), FakeDisk()
        store = FakeTradingStore(disk)
        async with store.transaction() as transaction:
            await transaction.put_orders(orders)
            await transaction.put_submissions(submissions)
        venue = FakeVenue(wall=wall)
        books = Books(ACCOUNT, store=store, events=_events(), now=venue.now)
        await books.read()
        calls = Calls(books=books, adapter=venue, store=store, wall=wall, look=lambda: None)
        reconciler = Reconciler(books=books, adapter=venue, calls=calls, store=store, fees_after=lambda: None)
        await do(Desk(venue=venue, wall=wall, store=store, disk=disk, books=books, calls=calls, reconciler=reconciler))

    asyncio.run(go())


def _events() -> EventFactory:
    return EventFactory(producer="test", now=lambda: NOON, new_id=iter(map(str, range(9999))).__next__)
