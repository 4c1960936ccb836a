"""Orders as they are sent to a venue, and as it shows them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLoss:
    """The stop leg of a bracket, oco or oto: a stop-limit order where there is a limit. What is in percent, and a stop
    that trails, is for a venue that holds any order so (feature `any_exit`)."""

    stop: Decimal | None = None
    limit: Decimal | None = None
    stop_percent: Decimal | None = None
    """Instead of a price: how far it lies from what the entry pays."""
    limit_percent: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitTerms:
    """The one exit of an oto, on its other side, for a venue that holds any order so (feature `any_exit`)."""

    quantity: Decimal | None = None
    """How much of the entry it is for at most; None: all of it."""
    order_type: OrderType
    tif: TimeInForce
    expires: date | None = None
    expires_at: datetime | None = None
    extended_hours: bool = False
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    limit_percent: Decimal | None = None
    """Instead of a price: how far it lies from what the entry pays."""
    stop_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """One order to be sent, with the legs that the venue is to hold for it.

    An oco is its take-profit: `limit` is not given, `take_profit` and `stop_loss` are. An oto has one of the two, or
    `exit`.
    """

    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    """0 where `notional` says how much."""
    notional: Decimal | None = None
    """An amount of cash instead of a quantity, where the venue has that."""
    may_be_cut: bool = False
    """It is after a holding, not a quantity: what cannot be paid for is cut off, where a venue does that, and nothing
    is refused for it."""
    order_type: OrderType = OrderType.MARKET
    tif: TimeInForce = TimeInForce.DAY
    """What the trader asked for. What the venue lacks but Weaver can make up for (`InstrumentRules.ended_by_us`) is
    sent as gtc; whoever submitted the order cancels it in time."""
    expires: date | None = None
    """The last session of a gtd order, and (`expires_at`) when that closes: for a venue that can end it by itself."""
    expires_at: datetime | None = None
    extended_hours: bool = False
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    order_class: OrderClass = OrderClass.SIMPLE
    take_profit: Decimal | None = None
    take_profit_percent: Decimal | None = None
    """Instead of a price, where the venue has the feature `any_exit`: how far it lies from what the entry pays."""
    stop_loss: StopLoss | None = None
    exit: ExitTerms | None = None
    exit_tif: TimeInForce = TimeInForce.GTC
    """Of the legs. A venue with one time in force for all is sent day where entry and exits are day, else gtc: whoever
    submitted the order cancels what ends before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """What is to be different in the order that replaces another; None: as before. `client_order_id` is the new
    order's, by which its fate can be looked up."""

    client_order_id: str
    quantity: Decimal | None = None
    tif: TimeInForce | None = None
    expires: date | None = None
    expires_at: datetime | None = None
    """See `OrderRequest`."""
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    """The new trailing amount, or percentage, whichever the order has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOrder:
    """An order as the venue shows it. Where it says something that Weaver has no word for, the field is None; orders
    that others placed in the account are shown like ours."""

    venue_id: str
    client_order_id: str
    symbol: str
    asset_class: AssetClass | None
    """None: something that Weaver does not trade, an option say."""
    side: Side | None
    order_type: OrderType | None
    order_class: OrderClass | None
    tif: TimeInForce | None
    """The venue's own; an order that Weaver ends itself stands here as gtc."""
    quantity: Decimal | None
    """None of a notional order."""
    notional: Decimal | None = None
    filled_quantity: Decimal = Decimal(0)
    average_price: Decimal | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    status: OrderStatus
    """Ours, of `venue_status` and what has filled."""
    venue_status: str
    is_understood: bool = True
    """False: the venue's status is one that Weaver does not know. `status` is then the safest reading, and the order is
    to be asked for again."""
    is_cancel_asked: bool = False
    """The venue knows that it is to be cancelled, and has not done so yet."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was filled, cancelled, replaced, rejected or expired, as far as the venue says."""
    expires_at: datetime | None = None
    """When the venue ends it by itself."""
    replaces: str | None = None
    replaced_by: str | None = None
    """Venue ids, of chains that we did not start too."""
    reason: str = ""
    """Why the venue rejected it, where it says so."""
    legs: tuple["VenueOrder", ...] = ()
    """Held with it, in whatever status; their client ids are the venue's."""

    @property
    def is_working(self) -> bool:
        """It may still fill."""
        return not self.status.is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFill:
    """One execution.

    A venue has ids that are the same in its stream and in its list of fills, or cumulative quantities, or both: of one
    that has neither nobody can tell which of two executions of an order was missed, and so at which price.
    """

    execution_id: str
    """The same in the stream and in the list of fills, as far as the venue keeps them equal; `cumulative_quantity`
    decides where it does not."""
    venue_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal = Decimal(0)
    """In cash, as far as the venue says."""
    cumulative_quantity: Decimal | None = None
    """How much of the order has filled, this included."""
    slippage: Decimal | None = None
    """What a unit of it lost to slippage, where the venue knows."""
    bar_time: datetime | None = None
    """When the bar began in which it happened, where the venue fills by bars."""
    notes: tuple[str, ...] = ()
    """What a simulated venue says of it, in the fill rules' words."""
    liquidity: str | None = None
    """`maker` or `taker`, where the venue says so."""
    time: datetime


class Source(StrEnum):
    """How something came to be known."""

    STREAM = "stream"
    POLL = "poll"
    """Asked for by REST: what a stream lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUpdate:
    """Something happened to an order. Updates come twice, late, out of order or, but for the poll, never: `order` is
    what counts, and of it what has filled only ever grows."""

    order: VenueOrder
    event: str
    """The venue's word; `poll` for what was asked for."""
    fill: VenueFill | None = None
    position: Decimal | None = None
    """What the account holds of the symbol after the fill, where the venue says so."""
    time: datetime
    source: Source = Source.STREAM
