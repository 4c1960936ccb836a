"""What would come of a run, on the wire."""

from datetime import datetime

from pydantic import Field

from weaver.glados.schemas.base import Amount, ResponseBody
from weaver.glados.schemas.runs.runs import RunResponse
from weaver.glados.schemas.trading.risk import HaltResponse, KillSwitchResponse, LimitValue
from weaver.model.orders.actions import OrderType, Side, TimeInForce


class StoredHistory(ResponseBody):
    """The stored bars of a symbol."""

    symbol: str = Field(description="Whose.")
    bars: int = Field(description="How many of the run's timeframe there are.")
    first: datetime | None = Field(description="The first one's stamp; null: there is none.")
    last: datetime | None = Field(description="The last one's.")
    warmup: int = Field(description="How many of them come before the run's start: history for its strategy.")


class PreviewedOrder(ResponseBody):
    """An order that the strategy would place on the stored bars."""

    symbol: str = Field(description="Of what.")
    side: Side = Field(description="Which way.")
    order_type: OrderType = Field(description="Of which type.")
    quantity: Amount | None = Field(description="How much; null: the price of its fill settles it.")
    limit_price: Amount | None = Field(description="Of limit and stop-limit orders.")
    stop_price: Amount | None = Field(description="Of stop and stop-limit orders.")
    time_in_force: TimeInForce = Field(description="How long it works.")
    placed_at: datetime = Field(description="When, in the bars' time.")
    gate: str | None = Field(
        description="`passes`, or why it would be refused, with what those before it that pass have brought; null: its "
        "size is settled as it fills. The venue's own rules are asked when it is placed; daily loss and drawdown halt "
        "a run while it trades."
    )


class RunPreviewResponse(ResponseBody):
    """A run as it would be written, and what it would be bound by. None of it is kept."""

    run: RunResponse = Field(description="The row of it; its id is nobody's.")
    account: str = Field(description="The account that it would trade in.")
    limits: dict[str, LimitValue] = Field(description="The run's limits, by name; null: off.")
    account_limits: dict[str, LimitValue] = Field(description="The account's, which bind all its runs together.")
    kill_switch: KillSwitchResponse | None = Field(description="One that is on over the account; null: none is.")
    halts: list[HaltResponse] = Field(description="Of the account and its symbols.")
    history: list[StoredHistory] = Field(description="By symbol, what is stored.")
    orders: list[PreviewedOrder] = Field(
        description="The first 20 that it would place: on a replay's bars, else on the last stored year."
    )
    orders_total: int = Field(description="How many it would place there in all.")
    problem: str | None = Field(description="Why nothing can be said of orders; null: nothing is wrong.")
