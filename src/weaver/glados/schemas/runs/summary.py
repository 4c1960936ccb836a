"""What a paper or live run did in a stretch of time, on the wire."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self

from pydantic import Field

from weaver.events.event import Event
from weaver.glados.schemas.base import Amount, ResponseBody
from weaver.glados.schemas.runs.results import PositionResponse, Sampling
from weaver.model.run import RunMode, RunStatus


class OrderCounts(ResponseBody):
    """How many orders were placed."""

    total: int = Field(description="All of them, exit legs too.")
    by_status: dict[str, int] = Field(description="How many of them stand how now.")


class Notice(ResponseBody):
    """Something that a trader should hear of: a halt, a refusal, a late bar, an error."""

    time: datetime = Field(description="When it was recorded, by the wall's clock.")
    type: str = Field(description="The event's type.")
    text: str = Field(description="In words.")

    @classmethod
    def of(cls, event: Event) -> Self:
        """An event as it is told."""
        return cls(time=event.ts, type=event.type, text=_words(event.type, event.payload))


def _words(type_: str, payload: Mapping[str, Any]) -> str:
    symbol = str(payload.get("symbol") or "")
    match type_:
        case "market.BarLate":
            said = f"its bar of {payload['timestamp']} came late"
        case "market.BarCorrected":
            said = f"its bar of {payload['timestamp']} was corrected"
        case _:
            said = str(payload.get("reason") or payload.get("error") or type_)
    return f"{symbol}: {said}" if symbol else said


class RunSummaryResponse(ResponseBody):
    """What a paper or live run came to, in all so far or in one day. P&L is what equity rose by."""

    run_id: str = Field(description="The run.")
    name: str = Field(description="What a person calls it.")
    strategy_id: str = Field(description="The strategy it runs.")
    mode: RunMode = Field(description="paper or live.")
    status: RunStatus = Field(description="Where it stands.")
    symbols: list[str] = Field(description="What it trades, in order.")
    day: date | None = Field(description="The session that this is of; null: all of the run so far.")
    first: datetime | None = Field(description="When its first tick was, in the run's time; null: there was none.")
    last: datetime | None = Field(description="When its last was.")
    sampled: Sampling = Field(description="How finely equity is known in it.")
    start_equity: Amount = Field(description="Before it.")
    end_equity: Amount = Field(description="At its end.")
    pnl: Amount = Field(description="end_equity − start_equity.")
    total_return: float | None = Field(description="pnl ÷ start_equity.")
    realised_pnl: Amount = Field(description="Of what was closed; dividends, commissions and fees are in it.")
    unrealised_pnl: Amount = Field(
        description="What holdings rose by in worth over their cost. With realised_pnl it is the pnl, exactly."
    )
    orders: OrderCounts = Field(description="Placed in it.")
    fills: int = Field(description="Executions in it.")
    trades: int = Field(description="Round trips that were closed in it.")
    wins: int = Field(description="Those of them that gained.")
    commission: Amount = Field(description="Paid in it.")
    slippage: Amount | None = Field(description="What its fills lost to it; null where the venue says none.")
    exposure: float | None = Field(description="The share of its rows at which something was held.")
    max_drawdown: float | None = Field(description="The deepest fall from a high within it; 0 or negative.")
    positions: list[PositionResponse] = Field(description="What was held at its end.")
    notices: list[Notice] = Field(description="Halts, refusals, errors, late bars: the newest 100, the oldest first.")
    notices_total: int = Field(description="How many there are.")
    started_at: datetime | None = Field(description="When the run was started, by the wall's clock.")
    ended_at: datetime | None = Field(description="When it ended; null: it has not.")
