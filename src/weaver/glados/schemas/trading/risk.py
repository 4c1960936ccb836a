"""Limits, halts and the kill switch."""

from datetime import datetime

from pydantic import Field, JsonValue, model_validator

from weaver.glados.schemas.base import Amount, RequestBody, ResponseBody, Text
from weaver.glados.schemas.trading.accounts import OfAccount
from weaver.veda.risk.halts import Halt, HaltCause, HaltScope
from weaver.veda.risk.switch import KillSwitch

LimitValue = Amount | int | bool | None


class LimitResponse(ResponseBody):
    """What a limit can be."""

    name: str = Field(description="As in `limits`.")
    title: str = Field(description="For people.")
    unit: str = Field(description="`fraction` (0.05 is 5 %), `orders` or `yes_no`.")
    default: LimitValue = Field(description="Where nobody has set another.")
    does: str = Field(description="`refuse` an order, or `halt` what goes past it.")
    least: Amount | None = Field(None, description="The least that it can be.")
    most: Amount | None = Field(None, description="The most that it can be.")


class HaltResponse(ResponseBody):
    """What has been stopped from adding risk."""

    scope: HaltScope = Field(description="What it is over.")
    name: str = Field(description="The run's id, the symbol or the account.")
    cause: HaltCause = Field(description="What brought it about.")
    reason: str = Field(description="In words.")
    since: datetime = Field(description="When it began.")

    @classmethod
    def of(cls, halt: Halt) -> "HaltResponse":
        """A halt as it is sent."""
        return cls(scope=halt.scope, name=halt.name, cause=halt.cause, reason=halt.reason, since=halt.since)


class KillSwitchResponse(ResponseBody):
    """A switch: while it is on only what reduces positions is sent."""

    account: str | None = Field(description="Over which account; null: all of them.")
    is_on: bool = Field(description="Whether it is on.")
    reason: str = Field(description="Why it was turned.")
    at: datetime | None = Field(description="When it was turned last.")
    flatten: bool = Field(description="Whether positions are closed too.")

    @classmethod
    def of(cls, switch: KillSwitch, account: str | None) -> "KillSwitchResponse":
        """A switch as it is sent."""
        return cls(account=account, is_on=switch.is_on, reason=switch.reason, at=switch.at, flatten=switch.flatten)


class RunRisk(ResponseBody):
    """A run's own limits."""

    run_id: str = Field(description="The run.")
    equity: Amount = Field(description="Marked to market.")
    limits: dict[str, LimitValue] = Field(description="By name; null: off.")
    use: dict[str, Amount | None] = Field(description="How far each is used, in its unit; null: nothing to say.")


class AccountRisk(OfAccount):
    """An account's limits, which bind its runs together and orders by hand."""

    is_open: bool = Field(description="Whether it is connected; the use of one that is not is not known.")
    equity: Amount | None = Field(description="Marked to market.")
    limits: dict[str, LimitValue] = Field(description="By name; null: off.")
    use: dict[str, Amount | None] = Field(description="How far each is used, in its unit; null: nothing to say.")
    halts: list[HaltResponse] = Field(description="Of the account, its symbols and its runs.")
    kill_switch: KillSwitchResponse | None = Field(description="Its own; null: it was never turned.")
    runs: list[RunRisk] = Field(description="Those that trade in it now.")


class RefusalResponse(ResponseBody):
    """Something that a rule refused, or halted."""

    seq: int | None = Field(description="Of the event.")
    type: str = Field(description="`risk.Refused` or `risk.LimitBreached`.")
    time: datetime = Field(description="When.")
    run_id: str | None = Field(description="The run; null: an order by hand, or the account.")
    payload: dict[str, JsonValue] = Field(description="The event's: rule, limit, value, reason, symbol …")


class RiskResponse(ResponseBody):
    """All that keeps trading within bounds."""

    fields: list[LimitResponse] = Field(description="The limits that there are.")
    kill_switch: KillSwitchResponse = Field(description="That over all accounts.")
    accounts: list[AccountRisk] = Field(description="Those that are open, or were.")
    refusals: list[RefusalResponse] = Field(description="The newest 100, newest first.")


class Release(RequestBody):
    """A halt that a person ends, whatever its cause; what was lost so far counts no more."""

    scope: HaltScope = Field(description="What it is over.")
    name: str = Field(description="The run's id, the symbol or the account.", min_length=1, max_length=200)


class ChangeRiskRequest(RequestBody):
    """What is to change for one account, or for one run that trades."""

    account: str | None = Field(None, description="Its name: `alpaca paper`.", min_length=3, max_length=200)
    run_id: str | None = Field(
        None, description="A running run, of which the limits alone can be changed.", min_length=1, max_length=200
    )
    limits: dict[str, JsonValue] = Field(
        default_factory=dict, description="Those that are to be others; null turns one off."
    )
    release: list[Release] = Field(default_factory=list, description="Halts to end.", max_length=100)
    accept_account: bool = Field(False, description="The account that the venue shows now is the one that is meant.")

    @model_validator(mode="after")
    def _changes_something(self) -> "ChangeRiskRequest":
        if not (self.limits or self.release or self.accept_account):
            raise ValueError("it changes nothing: give limits, release or accept_account")
        return self

    @model_validator(mode="after")
    def _is_of_one(self) -> "ChangeRiskRequest":
        if (self.account is None) == (self.run_id is None):
            raise ValueError("give account or run_id, and not both")
        if self.run_id is not None and (self.release or self.accept_account):
            raise ValueError("release and accept_account go with an account: a run's halt is released there, too")
        return self


class KillRequest(RequestBody):
    """Turning the kill switch on."""

    flatten: bool = Field(False, description="Close all positions that Weaver knows, too.")
    account: str | None = Field(None, description="Only this one's: `alpaca paper`; null: all.", max_length=200)
    reason: Text = Field("", description="Why, for whoever reads it later.", max_length=500)


class ReleaseRequest(RequestBody):
    """Releasing the kill switch."""

    account: str | None = Field(None, description="That of this account; null: that over all.", max_length=200)
    reason: Text = Field("", description="Why, for whoever reads it later.", max_length=500)
