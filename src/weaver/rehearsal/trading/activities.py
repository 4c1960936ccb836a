"""`/v2/account/activities`: what was executed, page by page."""

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weaver.rehearsal.answers import answer
from weaver.rehearsal.trading.reading import day, instant, whole
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.tickets.wire import Execution
from weaver.rehearsal.venue.times import new_york_time
from weaver.rehearsal.venue.venue import Venue

PAGE, PAGE_MAX = 100, 100
FILL = "FILL"


class Activities:
    """Fills; the exchange has no other activities."""

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
        is_other = (bool(kinds) and FILL not in kinds) or query.get("category") == "non_trade_activity"
        return answer([] if is_other else self._page(query))

    async def _of_kind(self, request: Request) -> Response:
        kinds = request.path_params["kind"].upper().split(",")
        return answer(self._page(request.query_params) if FILL in kinds else [])

    def _page(self, query: Mapping[str, str]) -> list[object]:
        direction = (query.get("direction") or "desc").lower()
        if direction not in ("asc", "desc"):
            raise bad_input("invalid direction")
        executions = self._venue.lifecycle.executions
        ordered = executions if direction == "asc" else reversed(executions)
        size, token = whole(query, "page_size", PAGE, PAGE_MAX), query.get("page_token")
        wanted = list(_after_token(_within(ordered, query), token))
        return [one.as_activity() for one in wanted[:size]]


def _within(executions: Iterable[Execution], query: Mapping[str, str]) -> Iterable[Execution]:
    after, until, date = instant(query, "after"), instant(query, "until"), day(query, "date")
    for one in executions:
        is_late = after is None or one.at > after
        is_early = until is None or one.at < until
        if is_late and is_early and (date is None or new_york_time(one.at).date() == date):
            yield one


def _after_token(executions: Iterable[Execution], token: str | None) -> Iterable[Execution]:
    """What comes after the last one of the page before; all of it without a page before."""
    has_come = not token
    for one in executions:
        if has_come:
            yield one
        elif one.activity_id == token:
            has_come = True
