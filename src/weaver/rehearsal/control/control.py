"""The control's requests. No keys, and from this machine only."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from weaver.model.errors import InputError, InvalidOrder
from weaver.rehearsal.answers import Refused, answer, refusal
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.control.state import state_json
from weaver.rehearsal.faults.faults import BadFault
from weaver.rehearsal.ports import HOLD, MAX, Sockets
from weaver.rehearsal.server.journal import Journal
from weaver.rehearsal.trading.reading import NUMBER_MAX, instant, number, read_body, required
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.entry import find_asset
from weaver.rehearsal.venue.times import SECOND, utc_text
from weaver.rehearsal.venue.venue import Venue

NOT_HERE = Refused(403, 40310000, "the control is for this machine only")
ADVANCE_MAX = 400 * 86_400
"""Seconds."""


class Control:
    """Moves time, trades, sets faults, begins anew."""

    def __init__(self, venue: Venue, sockets: Sockets, journal: Journal) -> None:
        self._venue, self._sockets, self._journal = venue, sockets, journal
        venue.faults.on_set("disconnect", lambda fault: sockets.disconnect(fault.match.get("path")))

    @property
    def routes(self) -> list[Route]:
        """Where it is asked."""
        return [
            Route("/_control/state", self._state, methods=["GET"]),
            Route("/_control/journal", self._read, methods=["GET"]),
            Route("/_control/clock", self._move, methods=["POST"]),
            Route("/_control/price", self._trade, methods=["POST"]),
            Route("/_control/faults", self._list, methods=["GET"]),
            Route("/_control/faults", self._set, methods=["POST"]),
            Route("/_control/faults", self._clear, methods=["DELETE"]),
            Route("/_control/faults/{id}", self._remove, methods=["DELETE"]),
            Route("/_control/reset", self._reset, methods=["POST"]),
        ]

    async def _state(self, _: Request) -> Response:
        return answer(state_json(self._venue, self._sockets))

    async def _read(self, request: Request) -> Response:
        after = request.query_params.get("after") or "0"
        if not after.isascii() or not after.isdigit():
            raise bad_input("after must be the number of an entry")
        return answer(self._journal.after(int(after)))

    async def _move(self, request: Request) -> Response:
        body, clock = read_body(await request.body()), self._venue.clock
        if "speed" in body:
            clock.set_pace(_pace(body["speed"]))
        to = _goal(body, clock.now)
        if to is not None:
            await clock.advance(to, self._sockets.sent)
        elif "speed" not in body:
            raise bad_input("say advance (seconds), to (a time) or speed")
        self._venue.settle()
        await self._sockets.sent()
        return answer({"now": utc_text(clock.now), "pace": "max" if clock.pace == MAX else clock.pace})

    async def _trade(self, request: Request) -> Response:
        body = read_body(await request.body())
        asset, price = self._asset(body), number(body, "price")
        if price is None:
            raise bad_input("price is required")
        try:
            rounded = asset.scale.price_decimal(asset.scale.stop_price(price, name="price"))
        except InvalidOrder as error:
            raise bad_input(str(error)) from error
        self._venue.trade(asset.symbol, rounded)
        await self._sockets.sent()
        return answer(
            {"symbol": asset.symbol, "price": f"{rounded.normalize():f}", "now": utc_text(self._venue.clock.now)}
        )

    async def _list(self, _: Request) -> Response:
        return answer([fault.as_json() for fault in self._venue.faults])

    async def _set(self, request: Request) -> Response:
        try:
            fault = self._venue.faults.add(read_body(await request.body()))
        except (BadFault, InputError) as error:
            raise bad_input(str(error)) from error
        await self._sockets.sent()
        return answer(fault.as_json())

    async def _clear(self, _: Request) -> Response:
        return answer({"removed": self._venue.faults.clear()})

    async def _remove(self, request: Request) -> Response:
        if not self._venue.faults.remove(request.path_params["id"]):
            raise Refused(404, 40410000, "no such fault is set")
        return answer({"removed": 1})

    async def _reset(self, request: Request) -> Response:
        body = read_body(await request.body())
        cash = number(body, "cash")
        self._venue.reset(self._venue.settings.cash if cash is None else cash, self._positions(body.get("positions")))
        await self._sockets.sent()
        return answer(state_json(self._venue, self._sockets))

    def _asset(self, body: Mapping[str, object]) -> Asset:
        name = required(body, "symbol")
        asset = find_asset(self._venue.market.assets, name)
        if asset is None:
            raise bad_input(f"{name} is not traded here")
        return asset

    def _positions(self, given: object) -> Mapping[str, tuple[Decimal, Decimal | None]]:
        """Quantities by symbol, or a list of `{symbol, qty, avg_entry_price}`."""
        if given is None:
            return {}
        if isinstance(given, Mapping):
            rows: list[object] = [
                {"symbol": symbol, **(value if isinstance(value, Mapping) else {"qty": value})}
                for symbol, value in given.items()
            ]
        else:
            rows = given if isinstance(given, list) else [given]
        return dict(map(self._position, rows))

    def _position(self, row: object) -> tuple[str, tuple[Decimal, Decimal | None]]:
        if not isinstance(row, Mapping):
            raise bad_input("positions are quantities by symbol, or objects with symbol, qty and avg_entry_price")
        try:
            quantity = Decimal(str(row.get("qty", row.get("quantity"))))
        except InvalidOperation:
            raise bad_input("qty must be a number") from None
        if not quantity.is_finite() or not 0 < abs(quantity) < NUMBER_MAX:
            raise bad_input(f"qty must be a number other than 0, under {NUMBER_MAX}")
        return self._asset(row).symbol, (quantity, number(row, "avg_entry_price") or number(row, "price"))


class LocalOnly:
    """Lets nobody but this machine through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        client = scope.get("client")
        app = self._app if client is not None and _is_loopback(client[0]) else refusal(NOT_HERE)
        await app(scope, receive, send)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _pace(given: object) -> float:
    match given:
        case "max":
            return MAX
        case "hold":
            return HOLD
        case _:
            pace = number({"speed": given}, "speed")
            if pace is None:
                raise bad_input("speed must be a number, max or hold")
            return float(pace)


def _goal(body: Mapping[str, object], now: int) -> int | None:
    """The instant to go to. Raises Refused where that lies in the past, or too far ahead."""
    seconds = Decimal(0) if body.get("advance") == 0 else number(body, "advance")
    to = None if seconds is None else now + int(seconds * SECOND)
    if body.get("to") is not None:
        to = instant({"to": str(body["to"])}, "to")
    if to is not None and not now <= to <= now + ADVANCE_MAX * SECOND:
        raise bad_input("time goes forward only, by 400 days at most at once")
    return to
