"""Promotion on the wire: gates, what differs, and the request."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints

from weaver.glados.schemas.base import AmountInput, RequestBody, ResponseBody
from weaver.glados.schemas.runs.runs import RunDetailResponse, RunName, Trimmed
from weaver.model.promotion.differences import Difference
from weaver.model.promotion.gates import Gate
from weaver.model.promotion.next_run import Wanted
from weaver.model.promotion.prospect import Promoted, Prospect
from weaver.model.run import RunMode

NextMode = Literal[RunMode.PAPER, RunMode.LIVE]
ReplayDays = Annotated[str, Field(max_length=100)]
ReplaySpeed = Annotated[str, Field(max_length=100)]
VenueName = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class PromoteRunRequest(RequestBody):
    """Making a run of another one, nearer to the market. What is left out is as it was."""

    to: NextMode = Field(description="The mode of the new run.")
    override: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] | None = Field(
        None, description="Why it is done though gates are not met; kept with the event."
    )
    confirm: Trimmed | None = Field(None, description="The new run's name: one to live is only made with it.")
    name: RunName | None = Field(None, description="The new run's name.")
    venue: VenueName | None = Field(
        None, description="Where its orders go. Default: the run's own venue, or the only one that has the mode."
    )
    cash: AmountInput | None = Field(None, description="What is allotted to it.")
    risk: dict[str, JsonValue] | None = Field(None, description="Its limits, in place of the run's.")
    replay: ReplayDays | None = Field(
        None, description="On venue simulated: the stored bars to replay, FROM or FROM..TO."
    )
    speed: ReplaySpeed | None = Field(
        None, description="Of a replay: how many times as fast as the bars once came, or max."
    )

    def to_wanted(self) -> Wanted:
        """For who promotes."""
        return Wanted(
            to=self.to,
            venue=self.venue,
            name=self.name,
            cash=self.cash,
            risk=self.risk,
            replay=self.replay,
            speed=self.speed,
        )


class GateResponse(ResponseBody):
    """What a run must have shown, and what it has."""

    name: str = Field(description="As in `promotion` of a run; or `paper_first`, of what is to trade real money.")
    limit: bool | int | float | None = Field(description="Null: the gate is off.")
    value: bool | int | float | None = Field(description="Null: not known, or not applicable, as `told` says.")
    met: bool = Field(description="Whether it lets the run through.")
    told: str = Field(description="The value against its limit, for people.")

    @classmethod
    def of(cls, gate: Gate) -> "GateResponse":
        """A gate as it is sent."""
        return cls(name=gate.name, limit=gate.limit, value=gate.value, met=gate.met, told=gate.told)


class DifferenceResponse(ResponseBody):
    """A field that is not the same in both runs."""

    field: str = Field(description="As `options.close_at_end`; `terms.…` is what no request says.")
    before: JsonValue | datetime = Field(description="In the run that is promoted; null: not given.")
    after: JsonValue | datetime = Field(description="In the new run; null: not given.")

    @classmethod
    def of(cls, found: Difference) -> "DifferenceResponse":
        """One as it is sent."""
        return cls(field=found.field, before=found.before, after=found.after)


class PromotionResponse(ResponseBody):
    """What a promotion would take, and make; nothing is done."""

    run_id: str = Field(description="The run that would be promoted.")
    to: RunMode = Field(description="The mode of the new run.")
    name: str = Field(description="The name of the new run; a promotion to live is confirmed with it.")
    venue: str = Field(description="Where its orders would go.")
    met: bool = Field(description="Whether all gates are met.")
    problem: str | None = Field(
        description="What stands in its way beside gates: live trading is off, keys are not set."
    )
    gates: list[GateResponse] = Field(description="All of them.")
    differences: list[DifferenceResponse] = Field(description="Every field that would differ.")

    @classmethod
    def of(cls, found: Prospect, problem: str | None) -> "PromotionResponse":
        """A prospect as it is sent."""
        return cls(
            run_id=found.run.id,
            to=found.after.mode,
            name=found.after.name,
            venue=str(found.after.venue),
            met=all(gate.met for gate in found.gates),
            problem=problem,
            **_listed(found),
        )


class PromotedResponse(ResponseBody):
    """A run that was made of another one; it is pending."""

    run: RunDetailResponse = Field(description="The new run.")
    gates: list[GateResponse] = Field(description="All of them, as they stood.")
    differences: list[DifferenceResponse] = Field(description="Every field that differs from the other run's.")

    @classmethod
    def of(cls, made: Promoted) -> "PromotedResponse":
        """A run as it is sent."""
        return cls(run=RunDetailResponse.of(made.run), **_listed(made))


def _listed(found: Prospect | Promoted) -> dict[str, Any]:
    return {
        "gates": [GateResponse.of(gate) for gate in found.gates],
        "differences": [DifferenceResponse.of(one) for one in found.differences],
    }
