"""Market data of stocks: `/v2/stocks`, of several symbols at once or of one."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from weaver.rehearsal.answers import Refused
from weaver.rehearsal.data.feeds import check_newest, history_end
from weaver.rehearsal.data.lookup import Lookup
from weaver.rehearsal.data.pages import DataPage
from weaver.rehearsal.data.queries import Query, Range, bad, check_symbol, one_of, symbols_of
from weaver.rehearsal.data.written import written
from weaver.rehearsal.market.bars.actions import Adjustment
from weaver.rehearsal.market.bars.timeframes import parse_timeframe
from weaver.rehearsal.market.wire import Fields


class Stocks:
    """The handlers. A `kind` is bars, trades or quotes."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Where they answer."""
        return [
            Route("/v2/stocks/snapshots", self.snapshots),
            Route("/v2/stocks/{kind}/latest", self.newest),
            Route("/v2/stocks/{symbol}/snapshot", self.snapshot),
            Route("/v2/stocks/{symbol}/{kind}/latest", self.newest_of_one),
            Route("/v2/stocks/{symbol}/{kind}", self.page_of_one),
            Route("/v2/stocks/{kind}", self.page),
        ]

    async def page(self, request: Request) -> Response:
        """A page of what several symbols have."""
        kind, query = request.path_params["kind"], request.query_params
        found = self._page(kind, query, symbols_of(query, is_stock=True))
        return written({kind: found.rows, "next_page_token": found.next_page_token})

    async def page_of_one(self, request: Request) -> Response:
        """A page of what one symbol has."""
        kind, symbol = request.path_params["kind"], self._symbol(request)
        found = self._page(kind, request.query_params, (symbol,))
        return written({"symbol": symbol, kind: found.rows.get(symbol, []), "next_page_token": found.next_page_token})

    async def newest(self, request: Request) -> Response:
        """The newest of several symbols."""
        kind, query = request.path_params["kind"], request.query_params
        check_newest(query)
        return written({kind: self._newest(kind, symbols_of(query, is_stock=True))})

    async def newest_of_one(self, request: Request) -> Response:
        """The newest of one symbol."""
        kind, symbol = request.path_params["kind"], self._symbol(request)
        check_newest(request.query_params)
        found = self._newest(kind, [symbol])
        if not found:
            raise Refused(404, 40410000, f"no {kind[:-1]} found for {symbol}")
        return written({"symbol": symbol, kind[:-1]: found[symbol]})

    async def snapshots(self, request: Request) -> Response:
        """Snapshots of several symbols."""
        check_newest(request.query_params)
        return written(self._lookup.snapshots(symbols_of(request.query_params, is_stock=True)))

    async def snapshot(self, request: Request) -> Response:
        """The snapshot of one symbol."""
        symbol = self._symbol(request)
        check_newest(request.query_params)
        found = self._lookup.snapshots([symbol])
        if not found:
            raise Refused(404, 40410000, f"no snapshot found for {symbol}")
        return written({"symbol": symbol, **found[symbol]})

    def _page(self, kind: str, query: Query, symbols: tuple[str, ...]) -> DataPage:
        wanted = Range.of(query, symbols, is_stock=True)
        _check_currency(query)
        end = history_end(query, wanted.start, wanted.end, self._lookup.now)
        match kind:
            case "bars":
                timeframe = parse_timeframe(query.get("timeframe", ""))
                adjustment = one_of(query, "adjustment", tuple(Adjustment))
                return self._lookup.bars(wanted, end, timeframe, adjustment)
            case "trades":
                return self._lookup.trades(wanted, end)
            case "quotes":
                return self._lookup.quotes(wanted, end)
        raise Refused(404, 40410000, "endpoint not found")

    def _newest(self, kind: str, symbols: Sequence[str]) -> dict[str, Fields]:
        return newest(self._lookup, {"bars", "trades", "quotes"}, kind)(symbols)

    @staticmethod
    def _symbol(request: Request) -> str:
        symbol: str = request.path_params["symbol"]
        check_symbol(symbol, is_stock=True)
        return symbol


def newest(lookup: Lookup, kinds: set[str], kind: str) -> Callable[[Sequence[str]], dict[str, Fields]]:
    """What looks the newest of a kind up. Raises Refused where there is no such kind."""
    known = {
        "bars": lookup.newest_bars,
        "trades": lookup.newest_trades,
        "quotes": lookup.newest_quotes,
        "orderbooks": lookup.newest_books,
    }
    if kind not in kinds:
        raise Refused(404, 40410000, "endpoint not found")
    return known[kind]


def _check_currency(query: Query) -> None:
    if query.get("currency", "USD") not in ("", "USD"):
        raise bad(f"invalid currency: {query['currency'][:10]}")
