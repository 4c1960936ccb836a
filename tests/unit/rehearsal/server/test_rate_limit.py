"""Requests a minute."""

from weaver.rehearsal.server.rate_limit import RateLimit
from weaver.rehearsal.venue.times import MINUTE


def test_minute_begins_with_its_first_request() -> None:
    limit = RateLimit()
    begin = 10 * MINUTE + 30
    assert [limit.take("trading", 2, begin + n)[0] for n in range(3)] == [True, True, False]
    assert limit.take("data", 2, begin + 3)[0]
    allowed, headers = limit.take("trading", 2, begin + MINUTE)
    assert allowed
    assert headers["X-RateLimit-Remaining"] == "1"


def test_refused_requests_do_not_count() -> None:
    limit = RateLimit()
    limit.take("x", 1, 0)
    assert [limit.take("x", 1, n)[0] for n in range(1, 4)] == [False, False, False]
    assert limit.take("x", 2, 5)[0]
