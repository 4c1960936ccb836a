"""Orders, fills and trades on the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from weaver.glados.schemas.base import Amount, AmountInput, RequestBody, ResponseBody
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.model.run import RunMode


class OrderSide(StrEnum):
    """Which way an order goes; in the model it is the sign of a quantity."""

    BUY = "buy"
    SELL = "sell"


class TradeSide(StrEnum):
    """Which way a position goes."""

    LONG = "long"
    SHORT = "short"


class OrderResponse(ResponseBody):
    """An order as it stands."""

    id: str = Field(description="Its id.")
    run_id: str | None = Field(description="The run that placed it; null: a manual order.")
    client_order_id: str | None = Field(description="The id that a venue knows it by.")
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
    time_in_force: TimeInForce = Field(description="How long it works.")
    expires: date | None = Field(description="The last session that a gtd order works in.")
    extended_hours: bool = Field(description="Whether it works outside the regular session.")
    status: OrderStatus = Field(description="Where it stands.")
    reason: str | None = Field(description="Why it was cancelled or rejected.")
    parent_id: str | None = Field(description="The entry whose leg it is.")
    replaced_by: str | None = Field(description="The order that took its place.")
    placed_at: datetime | None = Field(description="When it was placed, in its run's time.")
    updated_at: datetime | None = Field(description="When something last happened to it, in its run's time.")


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
    slippage: Amount = Field(description="Per unit; positive where it cost.")
    filled_at: datetime = Field(description="When, in its run's time.")
    bar_timestamp: datetime | None = Field(description="The bar that made it possible.")
    exchange_fill_id: str | None = Field(description="The venue's id for it.")
    notes: list[str] = Field(description="What was special about it: `resized`, `capped` …")


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
    expires: date | None = Field(None, description="The last session that a gtd order works in; for gtd only.")
    extended_hours: bool = Field(False, description="Whether it works outside the regular session.")
    order_class: OrderClass = Field(OrderClass.SIMPLE, description="Alone, or with legs.")
    take_profit: TakeProfit | None = Field(None, description="A leg.")
    stop_loss: StopLoss | None = Field(None, description="A leg.")
    run_id: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="The running run that it belongs to."
    )
    mode: RunMode | None = Field(None, description="Of a manual order.")
    venue: Annotated[str, Field(max_length=64)] | None = Field(None, description="Of a manual order.")

    @model_validator(mode="after")
    def _belongs_somewhere(self) -> "PlaceOrderRequest":
        if (self.run_id is None) == (self.mode is None):
            raise ValueError("give run_id, or mode and venue for a manual order; not both")
        return self

    @model_validator(mode="after")
    def _expires_if_gtd(self) -> "PlaceOrderRequest":
        if (self.time_in_force is TimeInForce.GTD) != (self.expires is not None):
            raise ValueError("time_in_force gtd and expires, its last day, come together")
        return self
