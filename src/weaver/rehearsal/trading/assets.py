"""`/v2/assets`."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weaver.model.numbers.money import plain
from weaver.rehearsal.answers import Refused, answer
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.venue.checks.flags import asset_flags
from weaver.rehearsal.venue.entry import find_asset
from weaver.rehearsal.venue.tickets.wire import class_name
from weaver.rehearsal.venue.venue import Venue


class Assets:
    """What can be traded."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    @property
    def routes(self) -> list[Route]:
        """Where it is asked for; a pair's name may have its slash."""
        return [
            Route("/v2/assets", self._list, methods=["GET"]),
            Route("/v2/assets/{name:path}", self._get, methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        wanted = {name: query[key] for name, key in FILTERS.items() if query.get(key)}
        attributes = {one for one in query.get("attributes", "").split(",") if one}
        shown = [self._json(asset) for asset in self._venue.market.assets.values()]
        return answer([one for one in shown if _fits(one, wanted) and not attributes])

    async def _get(self, request: Request) -> Response:
        name = request.path_params["name"]
        asset = find_asset(self._venue.market.assets, name)
        if asset is None:
            raise Refused(404, 40410000, f"asset not found for {name}")
        return answer(self._json(asset))

    def _json(self, asset: Asset) -> Mapping[str, object]:
        scale = asset.scale
        shown: dict[str, object] = {
            "id": asset.id,
            "class": class_name(asset),
            "exchange": asset.exchange,
            "symbol": asset.symbol,
            "name": asset.name,
            **asset_flags(asset, self._venue.faults),
            "maintenance_margin_requirement": 100 if asset.is_crypto else 25,
            "attributes": [],
        }
        if asset.is_crypto:
            shown["min_order_size"] = plain(scale.quantity_decimal(scale.minimum))
            shown["min_trade_increment"] = plain(scale.quantity_decimal(scale.lot))
            shown["price_increment"] = plain(scale.price_decimal(scale.tick))
        return shown


FILTERS: Mapping[str, str] = {"status": "status", "class": "asset_class", "exchange": "exchange"}
"""Fields of an asset, by which parameter filters them."""


def _fits(asset: Mapping[str, object], wanted: Mapping[str, str]) -> bool:
    return all(str(asset[name]).lower() == value.lower() for name, value in wanted.items())
