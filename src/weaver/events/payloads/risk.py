"""Refusals, limits, protection, the kill switch."""

from weaver.events.payloads.base import Amount, Payload


class RulePayload(Payload):
    """A rule said no. In events of version 1 `limit` names the rule, and there is neither `rule` nor `value`."""

    version = 2
    run_id: str | None
    """None: a manual order, or the account's own rule."""
    rule: str = ""
    """Its name: `order_notional`, `daily_loss` …"""
    limit: str
    """How far it lets things go, as a decimal or in words."""
    value: str = ""
    """What they had come to, in the same unit."""
    reason: str
    """All of it in one line, for people."""
    account: str | None = None
    symbol: str | None = None


class RiskRefused(RulePayload):
    type = "risk.Refused"
    order_id: str


class RiskLimitBreached(RulePayload):
    """What has been reached halts a run, a symbol or an account (`rule` says by which cause); of rule `clock_told`
    nothing yet."""

    type = "risk.LimitBreached"


class ProtectionPayload(Payload):
    run_id: str | None
    """None: exits of a manual order."""


class RiskUnprotected(ProtectionPayload):
    """A position has lost the exits that were asked for with it."""

    type = "risk.Unprotected"
    symbol: str
    quantity: Amount
    """How much of the position; with a sign, short is negative."""
    reason: str
    order_id: str | None = None
    """The entry whose exits they were."""
    account: str | None = None


class RiskProtectionRestored(ProtectionPayload):
    """It has exits again, or is closed."""

    type = "risk.ProtectionRestored"
    symbol: str
    quantity: Amount
    reason: str = ""
    order_id: str | None = None
    account: str | None = None


class KillSwitchPayload(Payload):
    reason: str
    account: str | None = None
    """None: all of them."""


class RiskKillSwitchOn(KillSwitchPayload):
    type = "risk.KillSwitchOn"
    flatten: bool = False


class RiskKillSwitchOff(KillSwitchPayload):
    type = "risk.KillSwitchOff"
