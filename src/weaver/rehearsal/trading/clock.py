"""`/v2/clock` and `/v2/calendar`."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weaver.rehearsal.answers import answer
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.ports import VenueClock
from weaver.rehearsal.trading.reading import day
from weaver.rehearsal.venue.hours import Day, day_of, stock_day
from weaver.rehearsal.venue.times import SECOND, date_of, day_number, new_york_text, new_york_time

FIRST, LAST = date(1970, 1, 1), date(2029, 12, 31)
SETTLED_AFTER = 1
"""Sessions, since May 2024."""


class Hours:
    """When the stock exchange trades."""

    def __init__(self, clock: VenueClock, faults: Faults) -> None:
        self._clock, self._faults = clock, faults

    @property
    def routes(self) -> list[Route]:
        """Where it is asked for."""
        return [
            Route("/v2/clock", self._now, methods=["GET"]),
            Route("/v2/calendar", self._calendar, methods=["GET"]),
        ]

    async def _now(self, _: Request) -> Response:
        fault = self._faults.strike("skew")
        now = self._clock.now + (0 if fault is None else int(fault.number("seconds") * SECOND))
        current = stock_day(now)
        is_open = current.open <= now
        opening = stock_day(current.close) if is_open else current
        return answer(
            {
                "timestamp": new_york_text(now),
                "is_open": is_open,
                "next_open": new_york_text(opening.open),
                "next_close": new_york_text(current.close),
            }
        )

    async def _calendar(self, request: Request) -> Response:
        first = max(day(request.query_params, "start") or FIRST, FIRST)
        last = min(day(request.query_params, "end") or LAST, LAST)
        return answer([_shown(one) for one in _days(day_number(first), day_number(last))])


def _days(first: int, last: int) -> Iterator[Day]:
    return (found for found in map(day_of, range(first, last + 1)) if found is not None)


def _shown(one: Day) -> Mapping[str, object]:
    later = islice(_days(one.day + 1, one.day + 14), SETTLED_AFTER - 1, None)
    return {
        "date": date_of(one.day).isoformat(),
        "open": _wall(one.open, ":"),
        "close": _wall(one.close, ":"),
        "session_open": _wall(one.early, ""),
        "session_close": _wall(one.late, ""),
        "settlement_date": date_of(next(later).day).isoformat(),
    }


def _wall(instant: int, separator: str) -> str:
    return new_york_time(instant).strftime(f"%H{separator}%M")
