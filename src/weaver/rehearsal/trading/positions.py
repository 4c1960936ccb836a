"""`/v2/positions`."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weaver.model.account.position import Position
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of, plain
from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.rehearsal.answers import Refused, answer
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.trading.orders import cancel_all
from weaver.rehearsal.trading.reading import flag, number
from weaver.rehearsal.venue.checks.flags import asset_flags
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.entry import find_asset
from weaver.rehearsal.venue.tickets.terms import Terms
from weaver.rehearsal.venue.tickets.ticket import PRICE_DECIMALS, Ticket
from weaver.rehearsal.venue.tickets.wire import class_name, order_json
from weaver.rehearsal.venue.venue import Venue

NOT_FOUND, NO_POSITION = 404, 40410000
HUNDRED = Decimal(100)
_STEP = Decimal(1).scaleb(-9)


class Positions:
    """Holdings seen, and closed."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    @property
    def routes(self) -> list[Route]:
        """Where they are asked for; a pair's name may have its slash."""
        return [
            Route("/v2/positions", self._list, methods=["GET"]),
            Route("/v2/positions", self._close_all, methods=["DELETE"]),
            Route("/v2/positions/{name:path}", self._get, methods=["GET"]),
            Route("/v2/positions/{name:path}", self._close, methods=["DELETE"]),
        ]

    async def _list(self, _: Request) -> Response:
        return answer([position_json(self._venue, symbol) for symbol in self._venue.account.positions])

    async def _get(self, request: Request) -> Response:
        return answer(position_json(self._venue, self._asset(request).symbol))

    async def _close_all(self, request: Request) -> Response:
        if flag(request.query_params.get("cancel_orders"), "cancel_orders"):
            cancel_all(self._venue)
        assets = self._venue.market.assets
        return answer([self._closed(assets[symbol]) for symbol in tuple(self._venue.account.positions)], 207)

    async def _close(self, request: Request) -> Response:
        asset = self._asset(request)
        wanted = self._wanted(request.query_params, self._venue.account.positions[asset.symbol])
        return answer(order_json(self._closing(asset, wanted), nested=True))

    def _closed(self, asset: Asset) -> object:
        quantity = abs(self._venue.account.positions[asset.symbol].quantity)
        try:
            body: Mapping[str, object] = order_json(self._closing(asset, quantity), nested=True)
        except Refused as refused:
            return {"symbol": asset.position_symbol, "status": refused.status, "body": refused.body}
        return {"symbol": asset.position_symbol, "status": 200, "body": body}

    def _closing(self, asset: Asset, quantity: Decimal) -> Ticket:
        side = Side.SELL if self._venue.account.positions[asset.symbol].units > 0 else Side.BUY
        tif = TimeInForce.GTC if asset.is_crypto else TimeInForce.DAY
        terms = Terms(symbol=asset.symbol, side=side, type=OrderType.MARKET, tif=tif, qty=quantity)
        return self._venue.submit(terms, None)

    @staticmethod
    def _wanted(query: Mapping[str, str], position: Position) -> Decimal:
        held, quantity, share = abs(position.quantity), number(query, "qty"), number(query, "percentage")
        if quantity is not None and share is not None:
            raise bad_input("only one of qty or percentage is accepted")
        if share is not None:
            if share > HUNDRED:
                raise bad_input("percentage must be between 0 and 100")
            return Decimal(held * share / HUNDRED).quantize(_STEP, ROUND_DOWN)
        return held if quantity is None else quantity

    def _asset(self, request: Request) -> Asset:
        asset = find_asset(self._venue.market.assets, request.path_params["name"])
        if asset is None or asset.symbol not in self._venue.account.positions:
            raise Refused(NOT_FOUND, NO_POSITION, "position does not exist")
        return asset


def position_json(venue: Venue, symbol: str) -> Mapping[str, object]:
    """A holding, at the newest price."""
    account, asset = venue.account, venue.market.assets[symbol]
    position, units = account.positions[symbol], account.price_units(symbol)
    current = asset.scale.price_decimal(units)
    before = venue.market.previous_close(symbol) or current
    value, profit = position.market_value(units), position.unrealised(units)
    average = position.average_price
    assert average is not None
    intraday = _cash(profit)
    basis = abs(_cash(position.cost))
    if symbol in account.last_held:
        intraday, basis = position.quantity * (current - before), abs(position.quantity * before)
    return {
        "asset_id": asset.id,
        "symbol": asset.position_symbol,
        "exchange": asset.exchange,
        "asset_class": class_name(asset),
        "asset_marginable": asset_flags(asset, venue.faults)["marginable"],
        "qty": plain(position.quantity),
        "qty_available": plain(venue.reservations.available(symbol) * (1 if position.units > 0 else -1)),
        "side": "long" if position.units > 0 else "short",
        "avg_entry_price": plain(round(Decimal(abs(average)), PRICE_DECIMALS)),
        "market_value": plain(_cash(value)),
        "cost_basis": plain(_cash(position.cost)),
        "unrealized_pl": plain(_cash(profit)),
        "unrealized_plpc": _share(_cash(profit), abs(_cash(position.cost))),
        "unrealized_intraday_pl": plain(intraday),
        "unrealized_intraday_plpc": _share(intraday, basis),
        "current_price": plain(current),
        "lastday_price": plain(before),
        "change_today": _share(current - before, before),
    }


def _cash(units: int) -> Decimal:
    return decimal_of(units, CASH_DECIMALS)


def _share(part: Decimal, whole: Decimal) -> str:
    return plain(round(Decimal(part / whole), PRICE_DECIMALS)) if whole else "0"
