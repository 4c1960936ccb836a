"""How many requests a minute are answered, counted in the venue's time."""

from weaver.rehearsal.venue.times import MINUTE, SECOND


class RateLimit:
    """Minutes that begin with their first request; trading and data are counted apart."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, int]] = {}
        """Begin (ns) and requests so far, by what is counted."""

    def take(self, counted: str, limit: int, now: int) -> tuple[bool, dict[str, str]]:
        """Whether one more request may be answered, and the headers that say how many are left."""
        begin, count = self._windows.get(counted, (now, 0))
        if not begin <= now < begin + MINUTE:
            begin, count = now, 0
        is_allowed = count < limit
        count += is_allowed
        self._windows[counted] = begin, count
        reset = -(-(begin + MINUTE) // SECOND)
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(limit - count, 0)),
            "X-RateLimit-Reset": str(reset),
        }
        return is_allowed, headers
