"""What can be asked of an account: orders, fills, money, positions, hours, instruments."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from weaver.model.errors import NotFound, Unavailable
from weaver.veda.adapters.alpaca.known_orders import KnownOrders
from weaver.veda.adapters.alpaca.rest.calls import Calls
from weaver.veda.adapters.alpaca.rest.shared import Shared
from weaver.veda.adapters.alpaca.venue_time import VenueTime
from weaver.veda.adapters.alpaca.wire.accounts import account_of, fee_of_activity, position_of
from weaver.veda.adapters.alpaca.wire.market import instrument_of, spellings, trading_day_of
from weaver.veda.adapters.alpaca.wire.orders import fill_of_activity, order_of, orders_of
from weaver.veda.adapters.alpaca.wire.values import Json, flag, moment, records, text
from weaver.veda.exchange.account import VenueAccount, VenueFee, VenuePosition
from weaver.veda.exchange.market import InstrumentRules, TradingDay, VenueClock
from weaver.veda.exchange.orders import VenueFill, VenueOrder
from weaver.veda.exchange.setup import Wall

T = TypeVar("T")
ORDERS_A_PAGE, ACTIVITIES_A_PAGE = 500, 100


class Questions:
    """Asked by REST, each by its turn. Raises as the port says."""

    def __init__(self, calls: Calls, time: VenueTime, wall: Wall, known: KnownOrders) -> None:
        self._calls, self._time, self._wall, self._known = calls, time, wall, known
        self._assets = Shared[InstrumentRules | None]()
        self._all_pairs = Shared[None]()
        self._pairs: Mapping[str, InstrumentRules] = {}
        self._spellings: Mapping[str, str] = {}

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        return await self._find_order(f"/orders/{quote(venue_id, safe='')}", {"nested": "true"})

    async def find_order_by_client_id(self, client_order_id: str) -> VenueOrder | None:
        return await self._find_order("/orders:by_client_order_id", {"client_order_id": client_order_id})

    async def _find_order(self, path: str, data: Mapping[str, str]) -> VenueOrder | None:
        try:
            found = await self._calls.question(path, data)
        except NotFound:
            return None
        order = _needed(order_of, found, path)
        self._known.note([order])
        return order

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        return await self._orders({"status": "open"}, None)

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        return await self._orders({"status": "all"}, after)

    async def _orders(self, asked: Mapping[str, object], after: datetime | None) -> tuple[VenueOrder, ...]:
        """All pages: each begins just before the newest of the page before, as several orders may have one time."""
        found: dict[str, VenueOrder] = {}
        while True:
            data = {**asked, "limit": ORDERS_A_PAGE, "direction": "asc", "nested": "true"}
            if after is not None:
                data["after"] = written(after)
            page = _list(await self._calls.question("/orders", data), "/orders")
            count = len(found)
            found |= {order.venue_id: order for order in orders_of(page)}
            submitted = [time for record in page if (time := moment(record, "submitted_at")) is not None]
            if len(page) < ORDERS_A_PAGE or len(found) == count or not submitted:
                break
            after = max(submitted) - timedelta(microseconds=1)
        self._known.note(found.values())
        return tuple(found.values())

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        path = "/account/activities/FILL"
        fills = [
            fill async for record in self._activities(path, after) if (fill := fill_of_activity(record)) is not None
        ]
        return tuple(sorted(fills, key=lambda fill: fill.time))

    async def fees_since(self, after: datetime) -> tuple[VenueFee, ...]:
        path = "/account/activities/CFEE"
        found = [record async for record in self._activities(path, after)]
        if found:
            await self._pairs_once()
        read = [fee_of_activity(record, lambda symbol: self._spellings.get(symbol, symbol)) for record in found]
        return tuple(fee for fee in read if fee is not None)

    async def _activities(self, path: str, after: datetime) -> AsyncIterator[Json]:
        data: dict[str, object] = {"after": written(after), "direction": "asc", "page_size": ACTIVITIES_A_PAGE}
        while True:
            page = _list(await self._calls.question(path, data), path)
            for record in page:
                yield record
            if len(page) < ACTIVITIES_A_PAGE:
                return
            data["page_token"] = text(page[-1], "id")

    async def account(self) -> VenueAccount:
        return _needed(account_of, await self._calls.question("/account"), "/account")

    async def positions(self) -> tuple[VenuePosition, ...]:
        page = _list(await self._calls.question("/positions"), "/positions")
        if any("/" not in text(record, "symbol") and text(record, "asset_class") == "crypto" for record in page):
            await self._pairs_once()
        read = [position_of(record, lambda symbol: self._spellings.get(symbol, symbol)) for record in page]
        return tuple(sorted((found for found in read if found is not None), key=lambda found: found.symbol))

    async def clock(self) -> VenueClock:
        asked = self._wall.now()
        found = await self._calls.question("/clock")
        record = found if isinstance(found, Mapping) else {}
        time = moment(record, "timestamp")
        if time is None:
            raise Unavailable("Alpaca did not answer GET /clock: the answer has no time in it")
        answered = self._wall.now()
        return VenueClock(
            time=time,
            is_open=flag(record, "is_open"),
            next_open=moment(record, "next_open"),
            next_close=moment(record, "next_close"),
            skew_seconds=self._time.sample(time, asked=asked, answered=answered),
            uncertain_seconds=(answered - asked).total_seconds() / 2,
        )

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        data = {"start": first.isoformat(), "end": last.isoformat()}
        page = _list(await self._calls.question("/calendar", data), "/calendar")
        days = [day for record in page if (day := trading_day_of(record)) is not None]
        return tuple(sorted((day for day in days if first <= day.date <= last), key=lambda day: day.date))

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        found: dict[str, InstrumentRules] = {}
        if any("/" in symbol for symbol in symbols):
            await self._ask_pairs()
        for symbol in symbols:
            known = self._pairs.get(symbol) if "/" in symbol else await self._asset_once(symbol)
            if known is not None:
                found[symbol] = known
        return found

    async def _asset_once(self, symbol: str) -> InstrumentRules | None:
        return await self._assets.answer(symbol, lambda: self._asset(symbol))

    async def _asset(self, symbol: str) -> InstrumentRules | None:
        """None for another spelling too (`aapl`, `BTCUSD`), which Alpaca would find: one thing has one name here, or
        its positions and limits would be counted apart."""
        try:
            found = await self._calls.question(f"/assets/{quote(symbol, safe='')}")
        except NotFound:
            return None
        known = instrument_of(found) if isinstance(found, Mapping) else None
        return known if known is not None and known.instrument.symbol == symbol else None

    async def _pairs_once(self) -> None:
        if not self._pairs:
            await self._ask_pairs()

    async def _ask_pairs(self) -> None:
        await self._all_pairs.answer("pairs", self._read_pairs)

    async def _read_pairs(self) -> None:
        page = _list(await self._calls.question("/assets", {"asset_class": "crypto"}), "/assets")
        read = [rules for record in page if (rules := instrument_of(record)) is not None]
        self._pairs = {rules.instrument.symbol: rules for rules in read}
        self._spellings = spellings(self._pairs)


def written(time: datetime) -> str:
    """A time as Alpaca takes it."""
    return time.isoformat().replace("+00:00", "Z")


def _needed(read: Callable[[Json], T | None], found: object, path: str) -> T:
    """What an answer shows. Raises Unavailable where that is nothing."""
    value = read(found) if isinstance(found, Mapping) else None
    if value is None:
        raise Unavailable(f"Alpaca did not answer GET {path}: the answer says nothing")
    return value


def _list(found: object, path: str) -> list[Json]:
    """The records of a list. Raises Unavailable where the answer is none: nothing is not an empty list."""
    if not isinstance(found, list):
        raise Unavailable(f"Alpaca did not answer GET {path}: the answer is no list")
    return records(found)
