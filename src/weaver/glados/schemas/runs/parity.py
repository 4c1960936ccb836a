"""Replay and drift on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from weaver.glados.schemas.base import Amount, ResponseBody
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import Side
from weaver.veda.parity.drift import DriftReport
from weaver.veda.parity.explained import PnlPart
from weaver.veda.parity.replay import ReplayReport


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value


Exact = Annotated[Amount, BeforeValidator(_plain)]
"""An amount that is read off a report as a decimal."""


class Told(ResponseBody):
    """What is read off a report, field by field."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class ReplayDifferenceResponse(Told):
    """The first decision that is not the recorded one, with what the strategy had been given."""

    number: int = Field(description="Of the tick; 0: the start.")
    time: datetime = Field(description="When the tick's bars closed, in the run's time.")
    recorded: str = Field(description="What it decided, in words; `nothing` where there is no action in this place.")
    again: str = Field(description="What it decides now.")
    recorded_action: str | None = Field(description="The recorded action as it is kept; null: there is none.")
    again_action: str | None = Field(description="The action of now as it would be kept; null: there is none.")
    error: str | None = Field(
        description="Why nothing was decided now: the strategy failed, or the record was altered; null otherwise."
    )
    is_altered: bool = Field(
        False, description="Whether what is recorded of the tick is not what was written down then."
    )
    inputs: list[str] = Field(description="What the tick brought: bars, fills, orders' ends …, a line each, in order.")


class ReplayResponse(Told):
    """How far a run's recorded inputs lead to its recorded decisions once more."""

    run_id: str = Field(description="The run.")
    at: datetime = Field(description="When it was looked at.")
    is_identical: bool = Field(description="Whether every decision is the recorded one, byte for byte.")
    ticks: int = Field(description="How many ticks were decided the same, the start among them.")
    actions: int = Field(description="How many actions were compared in them.")
    first: datetime | None = Field(description="The run's start; null where its first tick differs.")
    last: datetime | None = Field(description="The newest tick that was decided the same.")
    difference: ReplayDifferenceResponse | None = Field(description="The first that differs; null: none does.")

    @classmethod
    def of(cls, report: ReplayReport) -> "ReplayResponse":
        """As it is sent, and kept."""
        return cls.model_validate(report)


class ComparedOrderResponse(Told):
    """An order that only one of the two placed."""

    number: int = Field(description="In its run; 0: not its strategy's, but by hand or Weaver's own.")
    symbol: str = Field(description="What to trade.")
    side: Side = Field(description="Buy or sell.")
    order_type: str = Field(description="How it fills.")
    order_class: str = Field(description="Alone, or with legs.")
    quantity: Exact | None = Field(description="How much; null where the fill's price settles it.")
    filled: Exact = Field(description="How much of it has filled.")
    status: str = Field(description="Where it stands.")
    reason: str = Field(description="Why it ended as it did; empty where that is plain.")
    placed_at: datetime = Field(description="The tick at which it was decided.")


class OrderOfOneResponse(Told):
    """An order that only one of the two placed, and what it made."""

    order: ComparedOrderResponse = Field(description="The order.")
    pnl: Exact = Field(description="What its fills have made until the newest bar, before commissions.")


class OrdersComparedResponse(Told):
    """Orders side by side."""

    live: int = Field(description="How many the run placed.")
    backtest: int = Field(description="How many its backtest placed.")
    paired: int = Field(description="How many both placed: same tick, symbol, side, type and class.")
    other_quantity: int = Field(description="Of those: filled for another quantity.")
    only_live: list[OrderOfOneResponse] = Field(description="Those that only the run placed; the first 500.")
    only_live_total: int = Field(description="How many they are.")
    only_backtest: list[OrderOfOneResponse] = Field(description="Those that only its backtest placed; the first 500.")
    only_backtest_total: int = Field(description="How many they are.")


class BinResponse(Told):
    """A bar of a histogram."""

    start: float = Field(description="From here on, in basis points.")
    end: float = Field(description="To here; of the last one, this too.")
    count: int = Field(description="How many lie there.")


class DistributionResponse(Told):
    """Some figures in basis points: above 0 is worse."""

    count: int = Field(description="How many.")
    mean: float = Field(description="Each counts once.")
    weighted_mean: float = Field(description="Each counts by what was traded.")
    median: float = Field(description="The middle.")
    p05: float = Field(description="One in twenty is below.")
    p95: float = Field(description="One in twenty is above.")
    least: float = Field(description="The lowest.")
    most: float = Field(description="The highest.")
    bins: list[BinResponse] = Field(description="A histogram.")


class PriceDifferenceResponse(Told):
    """What both have filled of an order. Basis points are of the price before slippage that the backtest filled at."""

    time: datetime = Field(description="Of the live fill.")
    order: int = Field(description="The live order's number in its run.")
    symbol: str = Field(description="What was traded.")
    side: Side = Field(description="Buy or sell.")
    quantity: Exact = Field(description="How much both have filled.")
    live_price: Exact = Field(description="At what price the run did.")
    backtest_price: Exact = Field(description="At what price its backtest did.")
    assumed_bps: float = Field(description="What the backtest lost to slippage, by its costs.")
    realised_bps: float = Field(description="What the run lost.")
    drift_bps: float = Field(description="realised − assumed: above 0, the run did worse.")


class PricesComparedResponse(Told):
    """Fill prices side by side; null where there are none."""

    drift: DistributionResponse | None = Field(description="How much worse the run filled than its backtest.")
    realised: DistributionResponse | None = Field(description="What the run lost to slippage.")
    assumed: DistributionResponse | None = Field(description="What the backtest lost, by its costs.")
    listed: list[PriceDifferenceResponse] = Field(description="Over time; at most 2,000, evenly thinned.")
    total: int = Field(description="How many there are.")


class NamedBarResponse(Told):
    """A bar."""

    symbol: str = Field(description="Its symbol.")
    time: datetime = Field(description="When it began.")


class NotedBarsResponse(Told):
    """Bars of a kind."""

    count: int = Field(description="How many.")
    listed: list[NamedBarResponse] = Field(description="The first 200 of them.")


class StoredBarsResponse(Told):
    """The bars that a run was given of a symbol, beside those that are stored of the same time."""

    symbol: str = Field(description="The symbol.")
    given: int = Field(description="How many the run was given.")
    same: int = Field(description="As many are stored exactly as they were given.")
    other: int = Field(description="Stored with other values.")
    not_stored: int = Field(description="Not stored.")
    not_given: int = Field(description="Stored between the first and the last, and not given.")
    first: datetime | None = Field(description="The first that is not the same in both; null: all are.")


class PnlPartResponse(Told):
    """A part of the difference of P&L."""

    part: PnlPart = Field(description="What it comes from.")
    amount: Exact = Field(description="How much of the difference; below 0: the run made less by it.")


class ExplainedPnlResponse(ResponseBody):
    """backtest + all parts = live, exactly."""

    live: Amount = Field(description="What the run has made, open positions at the newest closes.")
    backtest: Amount = Field(description="What its backtest made.")
    difference: Amount = Field(description="live − backtest: the sum of the parts.")
    parts: list[PnlPartResponse] = Field(description="All parts, those that are zero too.")


class DriftResponse(Told):
    """A run beside the backtest of its strategy on the bars that it was given."""

    run_id: str = Field(description="The run.")
    at: datetime = Field(description="When it was looked at.")
    start: datetime = Field(description="The run's start.")
    end: datetime = Field(description="Its newest tick: so far both are compared.")
    ticks: int = Field(description="How many ticks that are.")
    bars: int = Field(description="How many bars they brought.")
    costs: dict[str, dict[str, str]] = Field(description="The costs that the backtest assumed, by symbol.")
    drift_bps: float | None = Field(description="`prices.drift.weighted_mean`; null where nothing can be compared.")
    orders: OrdersComparedResponse = Field(description="Those of both.")
    prices: PricesComparedResponse = Field(description="Fill prices side by side.")
    missed: NotedBarsResponse = Field(description="Bars that closed while the run was down.")
    late: NotedBarsResponse = Field(description="Bars that came after their tick.")
    corrected: NotedBarsResponse = Field(description="Bars that came again with other values.")
    pnl: ExplainedPnlResponse = Field(description="Why the P&L is another.")
    stored: list[StoredBarsResponse] = Field(description="Where stored bars say otherwise, by symbol.")
    notes: list[str] = Field(description="What may make a difference, and is no fault.")

    @classmethod
    def of(cls, report: DriftReport) -> "DriftResponse":
        """As it is sent, and kept."""
        names = set(cls.model_fields) - {"pnl"}
        pnl = report.pnl
        return cls.model_validate({
            **{name: getattr(report, name) for name in names},
            "pnl": {
                "live": plain(pnl.live), "backtest": plain(pnl.backtest), "difference": plain(pnl.live - pnl.backtest),
                "parts": [{"part": part, "amount": amount} for part, amount in pnl.parts.items()],
            },
        })  # fmt: skip


class ParityResponse(ResponseBody):
    """What is known of whether a run did what it should have done."""

    replay: ReplayResponse | None = Field(description="What its newest replay came to; null: there was none.")
    drift: DriftResponse | None = Field(description="What its newest drift came to; null: there was none.")
