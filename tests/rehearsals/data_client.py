"""Requests to the local exchange's market data, without a socket."""

import asyncio
from collections.abc import Mapping

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from tests.rehearsals.hand_market import MarketByHand
from weaver.rehearsal.answers import Refused, refusal
from weaver.rehearsal.data.routes import data_routes


class DataClient:
    """Asks a market by hand, as it stands."""

    def __init__(self, market: MarketByHand) -> None:
        routes = list(data_routes(market.market.history, market.clock))
        self._app = Starlette(routes=routes, exception_handlers={Refused: _refuse})

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> httpx.Response:
        """The answer to a request."""
        return asyncio.run(self._get(path, params))

    async def _get(self, path: str, params: Mapping[str, str | int] | None) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange") as client:
            return await client.get(path, params=params)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)
