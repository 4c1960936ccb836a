"""An order on paper or live as it is kept: what was asked for, and how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus


class WaitsFor(StrEnum):
    """Why a pending order has not been sent."""

    ENTRY = "entry"
    """An exit leg, until its entry fills."""
    CANCELS = "cancels"
    """Until the cancels of its own tick are final."""
    CLOSE = "close"
    """The opening half of an order through zero: the closing half has filled, and the gate is to be asked again."""
    OPEN = "open"
    """A closing order, until the market opens."""
    SPLIT = "split"
    """Until what stands of it at the venue, of before a split, is cancelled: it is placed anew then."""
    STREAM = "stream"
    """An entry, until the order stream stands and a first reconciliation is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOrder:
    """What a strategy or a person ordered. One at a venue is a `Submission`: an order may take several, or none.

    A change makes a new value, and is committed before anybody else sees it.
    """

    id: str
    """`<run>-<number>`; of a manual order, an id of its own."""
    account: str
    """Where it goes: `alpaca paper`."""
    run_id: str | None
    """None: a manual order."""
    number: int
    """In its run; 0 of a manual order."""
    client_order_id: str
    """The caller's own name for it; the id where there is none."""
    symbol: str
    side: Side
    quantity: Decimal
    """Estimated while the price of its fill settles it (`notional`). Of an exit leg: what its entry brings at most."""
    notional: Decimal | None = None
    """An amount of cash instead of a quantity."""
    may_be_cut: bool = False
    """It is after a holding, not a quantity: its venue may cut off what cannot be paid for."""
    order_type: OrderType
    order_class: OrderClass = OrderClass.SIMPLE
    tif: TimeInForce
    expires: date | None = None
    """Of a gtd order: the last session that it works in."""
    expires_at: datetime | None = None
    """When Weaver ends it, where the venue does not (gtd; day on crypto; a day entry whose exits are gtc)."""
    extended_hours: bool = False
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    limit_percent: Decimal | None = None
    """Of an exit leg: how many percent its limit lies from what its entry pays; there is no `limit` before that."""
    stop_percent: Decimal | None = None
    """The same of its stop."""
    parent_id: str | None = None
    """The entry whose exit leg it is."""
    group_id: str | None = None
    """Exits that share one remaining quantity: the id of their entry, or of the first of an oco."""
    reduces: bool = False
    """It only gets out of a position: an exit leg, or an order that was found to reduce when it was placed."""
    status: OrderStatus = OrderStatus.PENDING
    waits_for: WaitsFor | None = None
    reason: str = ""
    """Why it ended as it did, where that is not plain."""
    filled: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    """What the filled part came to, price x quantity."""
    split_added: Decimal = Decimal(0)
    """What splits have added to what it brought, as far as its exits are for that; a reverse split takes off."""
    cancel_asked: str | None = None
    """Why it is to be cancelled."""
    replaces: str | None = None
    replaced_by: str | None = None
    """Ids of ours."""
    placed_at: datetime
    updated_at: datetime

    @property
    def is_working(self) -> bool:
        """It may still fill; a waiting leg counts."""
        return not self.status.is_final

    @property
    def remaining(self) -> Decimal:
        """What has not filled; never below 0, though a venue may fill more than was asked for."""
        return max(self.quantity - self.filled, Decimal(0))

    @property
    def average_price(self) -> Decimal | None:
        """What the filled part cost per unit."""
        return self.value / self.filled if self.filled else None
