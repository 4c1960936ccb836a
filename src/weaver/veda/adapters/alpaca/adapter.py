"""Alpaca as a venue."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import date, datetime
from urllib.parse import quote

from weaver.model.errors import InputError, Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import RunMode
from weaver.veda.adapters.alpaca.access import access_of
from weaver.veda.adapters.alpaca.history import class_of
from weaver.veda.adapters.alpaca.link import Link
from weaver.veda.adapters.alpaca.rest.bucket import Priority
from weaver.veda.adapters.alpaca.rest.failures import AnswerLost, Declined, NotSent
from weaver.veda.adapters.alpaca.rules import refusal
from weaver.veda.adapters.alpaca.streams.bar_line import BarLine
from weaver.veda.adapters.alpaca.streams.order_line import OrderLine
from weaver.veda.adapters.alpaca.wire.accounts import account_of
from weaver.veda.adapters.alpaca.wire.bodies import change_body, order_body
from weaver.veda.adapters.alpaca.wire.orders import order_of
from weaver.veda.exchange.account import VenueAccount, VenueFee, VenuePosition
from weaver.veda.exchange.answers import Accepted, Answer, Reason, Refused
from weaver.veda.exchange.market import BarPage, InstrumentRules, TradingDay, VenueClock
from weaver.veda.exchange.orders import OrderChange, OrderRequest, VenueFill, VenueOrder
from weaver.veda.exchange.port import BarMessage, ExchangeAdapter, OrderMessage
from weaver.veda.exchange.setup import Setup


class AlpacaAdapter(ExchangeAdapter):
    """US stocks and crypto at Alpaca, on paper and live, by the official SDK."""

    name = "alpaca"
    title = "Alpaca"
    modes = ("paper", "live")
    asset_classes = ("stock", "crypto")
    features = (
        "orders", "live_bars", "history", "corporate_actions", "fractions", "notional", "bracket", "oco", "oto",
        "trailing_stop", "replace", "extended_hours", "short",
    )  # fmt: skip
    requires = "alpaca"
    settings = (
        "ALPACA_PAPER_API_KEY", "ALPACA_PAPER_API_SECRET", "ALPACA_PAPER_BASE_URL",
        "ALPACA_LIVE_API_KEY", "ALPACA_LIVE_API_SECRET", "ALPACA_LIVE_BASE_URL",
        "ALPACA_DATA_URL", "ALPACA_STREAM_URL", "ALPACA_DATA_FEED", "WEAVER_LIVE_TRADING",
    )  # fmt: skip

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._link: Link | None = None
        self._instruments: dict[str, InstrumentRules] = {}

    @property
    def mode(self) -> RunMode:
        return self._setup.mode

    @property
    def source(self) -> str:
        return self.name if self._link is None else f"{self.name} {self._link.access.feed}"

    def check_settings(self) -> None:
        access_of(self.mode, self._setup.settings)

    async def connect(self) -> VenueAccount:
        if self._link is None:
            self._link = Link(access_of(self.mode, self._setup.settings), self._setup)
        account = await self._first_account(self._link)
        await self._link.time.learn()
        return account

    async def _first_account(self, link: Link) -> VenueAccount:
        try:
            found = await link.calls.send("trading", "get", "/account", priority=Priority.QUESTION)
        except (NotSent, AnswerLost) as error:
            raise Unavailable(f"Alpaca ({self.mode}) does not answer: {error}") from None
        except Declined as declined:
            raise self._sign_in_error(declined) from None
        account = account_of(found) if isinstance(found, Mapping) else None
        if account is None:
            raise Unavailable(f"Alpaca ({self.mode}) does not answer: what came shows no account")
        return account

    def _sign_in_error(self, declined: Declined) -> Exception:
        """In one line, with what to do; the venue's own words hold no key."""
        name, error = self.mode.value.upper(), declined.error
        if error.status in {401, 403}:
            return InputError(
                f"Alpaca does not accept ALPACA_{name}_API_KEY and ALPACA_{name}_API_SECRET for {self.mode} trading: "
                "they are wrong, swapped, revoked, or of the other mode; copy both anew from the dashboard"
            )
        if error.status == 429:
            return Unavailable(f"Alpaca ({self.mode}) answers nothing at the moment: too many requests a minute")
        return InputError(
            f"what answers at ALPACA_{name}_BASE_URL is not Alpaca (HTTP {error.status}): unset it, or mend it"
        )

    async def close(self) -> None:
        if self._link is not None:
            await self._link.close()

    def now(self) -> datetime:
        return self._setup.wall.now() if self._link is None else self._link.time.now()

    async def submit(self, request: OrderRequest) -> Answer[VenueOrder]:
        if self._link is None:
            return _NOT_CONNECTED
        if (refused := self.refusal(request)) is not None and (refused := await self._looked_again(refused, request)):
            return refused
        body = order_body(request, self._class_of(request.symbol))

        def read(found: object) -> VenueOrder:
            order = _order(found)
            if order.client_order_id != request.client_order_id:
                raise AnswerLost("the answer shows another order")
            return order

        answer = await self._link.calls.command("post", "/orders", body, read, priority=Priority.ORDER)
        return self._noted(self._link, answer)

    def refusal(self, request: OrderRequest) -> Refused | None:
        known = self._instruments.get(request.symbol)
        if known is None or self._link is None:
            return None
        return refusal(request, known, self._link.known.working(), self.now())

    async def _looked_again(self, refused: Refused, request: OrderRequest) -> Refused | None:
        """A refusal of what may have changed at the venue since, once that has been asked; None: none any more, or no
        answer, so that the venue shall decide."""
        try:
            if refused.reason is Reason.WASH_TRADE:
                for order in self._linked.known.working():
                    if order.symbol == request.symbol:
                        await self._linked.questions.find_order(order.venue_id)
            elif refused.reason is Reason.INSTRUMENT:
                await self.instruments([request.symbol])
        except Unavailable:
            return None
        return self.refusal(request)

    async def cancel(self, venue_id: str) -> Answer[None]:
        if self._link is None:
            return _NOT_CONNECTED
        path = f"/orders/{quote(venue_id, safe='')}"
        return await self._link.calls.command("delete", path, None, lambda _found: None, priority=Priority.CANCEL)

    async def replace(self, venue_id: str, change: OrderChange) -> Answer[VenueOrder]:
        if self._link is None:
            return _NOT_CONNECTED
        known = self._link.known.find(venue_id)
        body = change_body(change, None if known is None else known.asset_class)
        path = f"/orders/{quote(venue_id, safe='')}"
        answer = await self._link.calls.command("patch", path, body, _order, priority=Priority.ORDER)
        return self._noted(self._link, answer)

    def _noted(self, link: Link, answer: Answer[VenueOrder]) -> Answer[VenueOrder]:
        if isinstance(answer, Accepted):
            link.known.note([answer.value])
        return answer

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        return await self._linked.questions.find_order(venue_id)

    async def find_order_by_client_id(self, client_order_id: str) -> VenueOrder | None:
        return await self._linked.questions.find_order_by_client_id(client_order_id)

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        return await self._linked.questions.open_orders()

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        return await self._linked.questions.orders_since(after)

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        return await self._linked.questions.fills_since(after)

    async def fees_since(self, after: datetime) -> tuple[VenueFee, ...]:
        return await self._linked.questions.fees_since(after)

    async def account(self) -> VenueAccount:
        return await self._linked.questions.account()

    async def positions(self) -> tuple[VenuePosition, ...]:
        return await self._linked.questions.positions()

    async def clock(self) -> VenueClock:
        return await self._linked.questions.clock()

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        return await self._linked.questions.calendar(first, last)

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        found = await self._linked.questions.instruments(symbols)
        self._instruments |= found
        return found

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage:
        return await self._linked.history.bars(symbol, timeframe, start, end, page=page)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        return await self._linked.history.corporate_actions(symbol, first, last)

    def order_updates(self) -> AsyncIterator[OrderMessage]:
        link = self._linked
        line = OrderLine(link.access, link.known, link.questions, link.around, link.time.observe)
        return link.streams.messages([line], link.around)

    def live_bars(self, symbols: Collection[str]) -> AsyncIterator[BarMessage]:
        link = self._linked
        by_class = {asset_class: [one for one in symbols if class_of(one) is asset_class] for asset_class in AssetClass}
        lines = [
            BarLine(link.access, asset_class, some, link.around, link.history.minutes, link.time.observe)
            for asset_class, some in by_class.items()
            if some
        ]
        return link.streams.messages(lines, link.around)

    @property
    def _linked(self) -> Link:
        """Raises Unavailable before `connect`."""
        if self._link is None:
            raise Unavailable(f"Alpaca ({self.mode}) is not connected")
        return self._link

    def _class_of(self, symbol: str) -> AssetClass:
        known = self._instruments.get(symbol)
        return class_of(symbol) if known is None else known.instrument.asset_class


_NOT_CONNECTED = Refused(reason=Reason.UNREACHABLE, message="Alpaca is not connected", was_sent=False)


def _order(found: object) -> VenueOrder:
    """The order that an answer shows. Raises AnswerLost where it shows none."""
    order = order_of(found) if isinstance(found, Mapping) else None
    if order is None:
        raise AnswerLost("the answer says nothing")
    return order
