"""A bar as whoever fills orders is given it: the prices of a span of time, and the session it belongs to."""

from typing import NamedTuple


class Session(NamedTuple):
    """When a trading day begins and ends, ns since the epoch."""

    open: int
    close: int
    extended_close: int
    """When extended trading ends."""

    def closes(self, *, extended_hours: bool) -> int:
        """When it closes for an order."""
        return self.extended_close if extended_hours else self.close


class SessionBar(NamedTuple):
    """Instants are ns since the epoch, prices are units of the symbol's scale."""

    open: int
    high: int
    low: int
    close: int
    volume: float | None
    """As measured, of which the exact decimal counts; None where nothing is known of any bar's volume."""
    start: int
    """Its stamp."""
    opened: int
    """When its first price was: of a daily bar, whose stamp only names its day, its session's open."""
    end: int
    session: Session
    """The one it belongs to; of several, the last."""
    is_regular: bool
    """Whether it overlaps the regular session."""
