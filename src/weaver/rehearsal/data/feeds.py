"""Which of a stock's feeds a request may see, and until when: what the free plan allows."""

from weaver.rehearsal.answers import Refused
from weaver.rehearsal.data.queries import Query, bad

_MINUTE = 60_000_000_000
DELAY = 15 * _MINUTE
"""How old data of the whole market must be."""
_OPEN_TO_ALL = ("iex", "delayed_sip")
_PAID = ("otc", "boats", "overnight")


def history_end(query: Query, start: int | None, end: int | None, now: int) -> int:
    """The end of what a request for history sees: of the SIP, which is meant where no feed is named, what is 15 minutes
    old. Raises Refused where more was asked for."""
    feed = _feed(query, usual="sip")
    if feed == "iex":
        return now if end is None else end
    if max(start or 0, end or 0) > now - DELAY:
        raise Refused(403, 40310000, "subscription does not permit querying recent SIP data")
    return now - DELAY if end is None else end


def check_newest(query: Query) -> None:
    """Whether a request may see the newest data. Raises Refused."""
    if _feed(query, usual="iex") == "sip":
        raise Refused(403, 40310000, "subscription does not permit querying recent SIP data")


def _feed(query: Query, *, usual: str) -> str:
    feed = query.get("feed") or usual
    if feed in _PAID:
        raise Refused(403, 40310000, f"subscription does not permit querying {feed} data")
    if feed not in (*_OPEN_TO_ALL, "sip"):
        raise bad(f"invalid feed: {feed[:40]}")
    return feed
