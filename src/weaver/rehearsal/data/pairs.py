"""Market data of crypto pairs: `/v1beta3/crypto/us`, which needs no key."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from weaver.rehearsal.answers import Refused
from weaver.rehearsal.data.lookup import Lookup
from weaver.rehearsal.data.pages import DataPage
from weaver.rehearsal.data.queries import Query, Range, symbols_of
from weaver.rehearsal.data.stocks import newest
from weaver.rehearsal.data.written import written
from weaver.rehearsal.market.bars.actions import Adjustment
from weaver.rehearsal.market.bars.timeframes import parse_timeframe

_NEWEST = {"bars", "trades", "quotes", "orderbooks"}


class Pairs:
    """The handlers. A `kind` is bars, trades or quotes, of the newest also orderbooks."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Where they answer."""
        return [
            Route("/v1beta3/crypto/us/latest/{kind}", self.newest),
            Route("/v1beta3/crypto/us/snapshots", self.snapshots),
            Route("/v1beta3/crypto/us/{kind}", self.page),
        ]

    async def page(self, request: Request) -> Response:
        """A page of what several pairs have."""
        kind, query = request.path_params["kind"], request.query_params
        found = self._page(kind, query)
        return written({kind: found.rows, "next_page_token": found.next_page_token})

    async def newest(self, request: Request) -> Response:
        """The newest of several pairs."""
        kind = request.path_params["kind"]
        found = newest(self._lookup, _NEWEST, kind)(symbols_of(request.query_params, is_stock=False))
        return written({kind: found})

    async def snapshots(self, request: Request) -> Response:
        """Snapshots of several pairs."""
        return written({"snapshots": self._lookup.snapshots(symbols_of(request.query_params, is_stock=False))})

    def _page(self, kind: str, query: Query) -> DataPage:
        wanted = Range.of(query, symbols_of(query, is_stock=False), is_stock=False)
        end = self._lookup.now if wanted.end is None else wanted.end
        match kind:
            case "bars":
                return self._lookup.bars(wanted, end, parse_timeframe(query.get("timeframe", "")), Adjustment.RAW)
            case "trades":
                return self._lookup.trades(wanted, end)
            case "quotes":
                return self._lookup.quotes(wanted, end)
        raise Refused(404, 40410000, "endpoint not found")
