"""Ticks, and what is told to one client."""

from datetime import datetime

from weaver.events.payloads.base import OfRun, Payload


class ClockTick(OfRun):
    type = "clock.Tick"
    time: datetime
    symbols: tuple[str, ...] = ()


class StreamReset(Payload):
    """Not in the log: told to one client, which then reloads."""

    type = "stream.Reset"
    reason: str
    newest: int
    """The newest `seq` of the log."""
