"""`/v2/account/activities`: what was executed, and what was taken of coins, page by page."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import merge

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weaver.rehearsal.answers import answer
from weaver.rehearsal.trading.reading import day, instant, whole
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.coin_fees import CoinFee
from weaver.rehearsal.venue.tickets.wire import Execution
from weaver.rehearsal.venue.times import new_york_time
from weaver.rehearsal.venue.venue import Venue

PAGE, PAGE_MAX = 100, 100
FILL, COIN_FEE = "FILL", "CFEE"
CATEGORIES: Mapping[str, Collection[str]] = {"trade_activity": (FILL,), "non_trade_activity": (COIN_FEE,)}
Activity = Execution | CoinFee


class Activities:
    """Fills, and fees in coins; the exchange has no other activities."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    @property
    def routes(self) -> list[Route]:
        """Where they are asked for."""
        return [
            Route("/v2/account/activities", self._all, methods=["GET"]),
            Route("/v2/account/activities/{kind}", self._of_kind, methods=["GET"]),
        ]

    async def _all(self, request: Request) -> Response:
        query = request.query_params
        kinds = [one for one in query.get("activity_types", "").upper().split(",") if one]
        chosen = kinds or CATEGORIES.get(query.get("category", ""), (FILL, COIN_FEE))
        return answer(self._page(query, chosen))

    async def _of_kind(self, request: Request) -> Response:
        return answer(self._page(request.query_params, request.path_params["kind"].upper().split(",")))

    def _page(self, query: Mapping[str, str], kinds: Collection[str]) -> list[object]:
        direction = (query.get("direction") or "desc").lower()
        if direction not in ("asc", "desc"):
            raise bad_input("invalid direction")
        found = [*self._of(kinds)]
        ordered = found if direction == "asc" else reversed(found)
        size, token = whole(query, "page_size", PAGE, PAGE_MAX), query.get("page_token")
        wanted = list(_after_token(_within(ordered, query), token))
        return [one.as_activity() for one in wanted[:size]]

    def _of(self, kinds: Collection[str]) -> Iterator[Activity]:
        """Those of some kinds, oldest first."""
        fills: Iterable[Activity] = self._venue.lifecycle.executions if FILL in kinds else ()
        fees: Iterable[Activity] = self._venue.account.coin_fees.posted() if COIN_FEE in kinds else ()
        return merge(fills, fees, key=lambda one: one.at)


def _within(activities: Iterable[Activity], query: Mapping[str, str]) -> Iterable[Activity]:
    after, until, date = instant(query, "after"), instant(query, "until"), day(query, "date")
    for one in activities:
        is_late = after is None or one.at > after
        is_early = until is None or one.at < until
        its_day = one.day if isinstance(one, CoinFee) else new_york_time(one.at).date()
        if is_late and is_early and (date is None or its_day == date):
            yield one


def _after_token(activities: Iterable[Activity], token: str | None) -> Iterable[Activity]:
    """What comes after the last one of the page before; all of it without a page before."""
    has_come = not token
    for one in activities:
        if has_come:
            yield one
        elif one.activity_id == token:
            has_come = True
