"""Orders, fills and trades on the wire."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from weaver.glados.schemas.base import Amount, AmountInput, Day, RequestBody, ResponseBody
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.model.run import RunMode
from weaver.veda.manual.desk import Changes
from weaver.veda.manual.ticket import Ticket
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import Part, SubmissionState


class OrderSide(StrEnum):
    """Which way an order goes; in the model it is the sign of a quantity."""

    BUY = "buy"
    SELL = "sell"


class TradedMode(StrEnum):
    """Where orders go that are no backtest's."""

    PAPER = "paper"
    LIVE = "live"


class TradeSide(StrEnum):
    """Which way a position goes."""

    LONG = "long"
    SHORT = "short"


class OrderResponse(ResponseBody):
    """An order as it stands."""

    id: str = Field(description="Its id.")
    run_id: str | None = Field(description="The run that placed it; null: a manual order.")
    client_order_id: str | None = Field(description="Its client's own id for it; its id where that gave none.")
    number: int | None = Field(description="Its place among its run's orders.")
    symbol: str = Field(description="What to trade.")
    side: OrderSide = Field(description="Buy or sell.")
    order_type: OrderType = Field(description="How it fills.")
    order_class: OrderClass = Field(description="Alone, or with legs.")
    quantity: Amount | None = Field(description="How much; null where the fill's price settles it.")
    filled_quantity: Amount = Field(description="How much of it has filled.")
    average_price: Amount | None = Field(description="What the filled part cost per unit.")
    limit_price: Amount | None = Field(description="The worst price it takes.")
    stop_price: Amount | None = Field(description="What triggers it.")
    trail: Amount | None = Field(description="How far the stop trails, as an amount.")
    trail_percent: Amount | None = Field(description="How far the stop trails, in per cent.")
    limit_percent: Amount | None = Field(
        None, description="Of an exit: how far from what its entry pays its limit is, in per cent."
    )
    stop_percent: Amount | None = Field(None, description="The same of its stop.")
    time_in_force: TimeInForce = Field(description="How long it works.")
    expires: date | None = Field(description="The last session that a gtd order works in.")
    extended_hours: bool = Field(description="Whether it works outside the regular session.")
    status: OrderStatus = Field(description="Where it stands.")
    reason: str | None = Field(description="Why it was cancelled or rejected.")
    parent_id: str | None = Field(description="The entry whose leg it is.")
    replaced_by: str | None = Field(description="The order that took its place.")
    placed_at: datetime | None = Field(description="When it was placed, in its run's time.")
    updated_at: datetime | None = Field(description="When something last happened to it, in its run's time.")
    account: str | None = Field(None, description="Where it went: `alpaca paper`; null: a backtest's.")
    venue: str | None = Field(None, description="The account's venue.")
    mode: RunMode | None = Field(None, description="The account's mode.")
    notional: Amount | None = Field(None, description="An amount of cash instead of a quantity.")
    reduces: bool | None = Field(None, description="Whether it only gets out of a position.")
    waits_for: WaitsFor | None = Field(None, description="Why it has not been sent.")
    expires_at: datetime | None = Field(None, description="When Weaver ends it, where its venue does not.")
    cancel_asked: str | None = Field(None, description="Why it is to be cancelled.")
    group_id: str | None = Field(None, description="Exits that share one quantity: their entry's id.")
    replaces: str | None = Field(None, description="The order whose place it took.")


class SubmissionResponse(ResponseBody):
    """What was sent to the venue for an order: one client order id, never used for another."""

    id: str = Field(description="The client order id; of a leg that the venue holds, ours alone.")
    part: Part = Field(description="Which part of the order it carries out.")
    quantity: Amount = Field(description="How much.")
    filled_quantity: Amount = Field(description="How much of it is in the books.")
    venue_id: str | None = Field(description="The venue's id, once known.")
    state: SubmissionState = Field(description="On its way, working there, or over.")
    parent_id: str | None = Field(description="The submission with which the venue holds it.")
    replaces: str | None = Field(description="The submission, or the venue's id, whose place it took.")
    sent_at: datetime | None = Field(description="When; null: the venue holds it with another.")
    cancels: int = Field(description="How often its cancel was asked for.")
    lookups: int = Field(description="How often the venue has said that it has no such order.")


class FillResponse(ResponseBody):
    """One execution."""

    id: str = Field(description="Its id.")
    run_id: str | None = Field(description="The run whose order it filled.")
    order_id: str = Field(description="The order it filled.")
    symbol: str = Field(description="What was traded.")
    side: OrderSide = Field(description="Bought or sold.")
    price: Amount = Field(description="Per unit, slippage included.")
    quantity: Amount = Field(description="How much.")
    commission: Amount = Field(description="What it cost.")
    slippage: Amount | None = Field(description="Per unit; positive where it cost; null: the venue does not say.")
    filled_at: datetime = Field(description="When, in its run's time.")
    bar_timestamp: datetime | None = Field(description="The bar that made it possible.")
    exchange_fill_id: str | None = Field(description="The venue's id for it.")
    notes: list[str] = Field(description="What was special about it: `resized`, `capped`, `late`, `inferred` …")
    account: str | None = Field(None, description="Where it was traded: `alpaca paper`; null: in a backtest.")
    venue: str | None = Field(None, description="The account's venue.")
    mode: RunMode | None = Field(None, description="The account's mode.")
    fee_quantity: Amount | None = Field(None, description="What the venue took of the asset itself.")
    liquidity: str | None = Field(None, description="Maker or taker, where the venue says so.")


class OrderDetailResponse(OrderResponse):
    """An order with what was sent for it, what it brought, and its exits."""

    submissions: list[SubmissionResponse] = Field(description="In order; none of a backtest's.")
    fills: list[FillResponse] = Field(description="Its executions, as they were booked.")


class TradeResponse(ResponseBody):
    """A closed round trip: one entry order against one exit order, or a delisting."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, validate_by_alias=True)

    run_id: str = Field(description="The run.")
    number: int = Field(description="Its place among the run's trades.")
    symbol: str = Field(description="What was traded.")
    side: TradeSide = Field(description="Which way.")
    quantity: Amount = Field(description="How much.")
    entry_time: datetime = Field(description="When it was entered.")
    entry_price: Amount = Field(description="At what price.")
    exit_time: datetime = Field(
        description="When it was left; that of a `delisting` in the cash flows where no order did it."
    )
    exit_price: Amount = Field(description="At what price.")
    pnl: Amount = Field(description="Profit after commissions.")
    return_: float | None = Field(alias="return", description="pnl ÷ what was paid for the entry.")
    commission: Amount = Field(description="Of both sides.")
    bars: int = Field(description="How many bars it was held.")
    mae: float | None = Field(description="The worst it stood at on the way, as a fraction.")
    mfe: float | None = Field(description="The best it stood at on the way, as a fraction.")


class TakeProfit(RequestBody):
    """The leg of a bracket that takes the profit."""

    limit_price: AmountInput = Field(description="Where to take it.")


class StopLoss(RequestBody):
    """The leg of a bracket that limits the loss."""

    stop_price: AmountInput = Field(description="What triggers it.")
    limit_price: AmountInput | None = Field(None, description="The worst price it then takes.")


class PlaceOrderRequest(RequestBody):
    """An order, of a running run (`run_id`) or by hand (`mode` and `venue`)."""

    client_order_id: Annotated[str, Field(min_length=1, max_length=128)] | None = Field(
        None, description="The same id twice is one order."
    )
    symbol: Annotated[str, Field(min_length=1, max_length=64)] = Field(description="What to trade.")
    side: OrderSide = Field(description="Buy or sell.")
    order_type: OrderType = Field(description="How it fills.")
    qty: AmountInput = Field(description="How much; more than 0.")
    limit_price: AmountInput | None = Field(None, description="Of limit and stop_limit orders.")
    stop_price: AmountInput | None = Field(None, description="Of stop and stop_limit orders.")
    trail: AmountInput | None = Field(None, description="Of trailing stops: an amount.")
    trail_percent: AmountInput | None = Field(None, description="Of trailing stops: per cent.")
    time_in_force: TimeInForce = Field(TimeInForce.DAY, description="How long it works.")
    expires: Day | None = Field(None, description="The last session that a gtd order works in; for gtd only.")
    extended_hours: bool = Field(False, description="Whether it works outside the regular session.")
    order_class: OrderClass = Field(OrderClass.SIMPLE, description="Alone, or with legs.")
    take_profit: TakeProfit | None = Field(None, description="A leg.")
    stop_loss: StopLoss | None = Field(None, description="A leg; of an oco, the order beside it.")
    exit_time_in_force: Literal["day", "gtc"] = Field("gtc", description="How long the legs work.")
    run_id: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="The running run that it belongs to."
    )
    mode: TradedMode | None = Field(None, description="Of a manual order.")
    venue: Annotated[str, Field(max_length=64)] | None = Field(None, description="Of a manual order.")

    @model_validator(mode="after")
    def _belongs_somewhere(self) -> "PlaceOrderRequest":
        if (self.run_id is None) == (self.mode is None) or (self.mode is None) != (self.venue is None):
            raise ValueError("give run_id, or mode and venue for a manual order; not both")
        return self

    @model_validator(mode="after")
    def _expires_if_gtd(self) -> "PlaceOrderRequest":
        if (self.time_in_force is TimeInForce.GTD) != (self.expires is not None):
            raise ValueError("time_in_force gtd and expires, its last day, come together")
        return self

    def to_ticket(self) -> Ticket:
        """For the desk."""
        profit, loss = self.take_profit, self.stop_loss
        return Ticket(
            client_order_id=self.client_order_id,
            symbol=self.symbol,
            side=Side(self.side),
            quantity=Decimal(self.qty),
            order_type=self.order_type,
            limit=_maybe(self.limit_price),
            stop=_maybe(self.stop_price),
            trail=_maybe(self.trail),
            trail_percent=_maybe(self.trail_percent),
            tif=self.time_in_force,
            expires=self.expires,
            extended_hours=self.extended_hours,
            order_class=self.order_class,
            take_profit=None if profit is None else Decimal(profit.limit_price),
            stop_loss=None if loss is None else Decimal(loss.stop_price),
            stop_loss_limit=None if loss is None else _maybe(loss.limit_price),
            exit_tif=TimeInForce(self.exit_time_in_force),
        )


class ChangeOrderRequest(RequestBody):
    """What is to be different in an order; what is left out stays. The order is replaced by another."""

    client_order_id: Annotated[str, Field(min_length=1, max_length=128)] | None = Field(
        None, description="Of the new order: the same id twice is one order."
    )
    qty: AmountInput | None = Field(None, description="How much is still to fill; what has filled is no part of it.")
    limit_price: AmountInput | None = Field(None, description="Of limit and stop_limit orders.")
    stop_price: AmountInput | None = Field(None, description="Of stop and stop_limit orders.")
    trail: AmountInput | None = Field(None, description="Of trailing stops: an amount.")
    trail_percent: AmountInput | None = Field(None, description="Of trailing stops: per cent.")
    time_in_force: TimeInForce | None = Field(None, description="How long it works.")
    expires: Day | None = Field(None, description="The last session that a gtd order works in.")

    @model_validator(mode="after")
    def _changes_something(self) -> "ChangeOrderRequest":
        if not self.model_dump(exclude={"client_order_id"}, exclude_none=True):
            raise ValueError("it changes nothing: give qty, a price, or time_in_force")
        return self

    def to_changes(self) -> Changes:
        """For the desk."""
        return Changes(
            client_order_id=self.client_order_id,
            quantity=_maybe(self.qty),
            limit=_maybe(self.limit_price),
            stop=_maybe(self.stop_price),
            trail=_maybe(self.trail),
            trail_percent=_maybe(self.trail_percent),
            tif=self.time_in_force,
            expires=self.expires,
        )


def _maybe(amount: str | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)
