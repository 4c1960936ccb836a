"""Yahoo's quotes, by yfinance: no account, and nothing official. Yahoo means them for personal use.

Prices are kept as they were traded: Yahoo's are divided by the splits since, which are taken out again (`as_traded`).
"""

import asyncio
import json
import logging
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar

import yfinance
from curl_cffi import requests
from yfinance import exceptions

from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError, NotFound, OverLimit, Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe, Unit
from weaver.walle.fetch.sources.catalogue import YAHOO_KEEPS
from weaver.walle.fetch.sources.quotes import Quotes, actions_of, bars_of

SOURCE = "yfinance (unofficial, for personal use)"
INTERVALS = {"1m": "1m", "2m": "2m", "5m": "5m", "15m": "15m", "30m": "30m", "1h": "1h", "1d": "1d"}
"""What is asked for as what."""
PAGE = {"1m": timedelta(days=7)}
"""What it gives at once, where that is less than all."""
SETTLED = 20 * MINUTE
"""Quotes of some exchanges are 15 minutes late: until then a bar may still change."""
SECONDS = 15
"""How long an answer may take."""
_CLASSES = {
    "EQUITY": AssetClass.STOCK, "ETF": AssetClass.STOCK, "INDEX": AssetClass.STOCK, "MUTUALFUND": AssetClass.STOCK,
    "CRYPTOCURRENCY": AssetClass.CRYPTO, "CURRENCY": AssetClass.FX, "FUTURE": AssetClass.FUTURE,
}  # fmt: skip
_CHART = "/v8/finance/chart/"
_SHOWN = 200
_UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError, ArithmeticError)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotePage:
    """Some bars, and the day on which those begin that follow."""

    bars: Bars
    next_page: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedQuote:
    """What Yahoo quotes under a symbol."""

    symbol: str
    kind: str
    currency: str

    @property
    def instrument(self) -> Instrument:
        """Raises InputError for what Weaver has no class for."""
        if self.kind not in _CLASSES:
            raise InputError(f"{self.symbol} is {self.kind or 'nothing that Yahoo names'}, which Weaver does not trade")
        facts = Instrument.default(self.symbol, _CLASSES[self.kind])
        return Instrument(
            symbol=self.symbol, asset_class=facts.asset_class, tick=facts.tick, tick_given=False, lot=facts.lot,
            quote_currency=self.currency or facts.quote_currency,
        )  # fmt: skip


class Session(requests.Session[requests.Response]):
    """yfinance's own kind of session, which says what Yahoo said of when to come back, and takes no page of HTML or
    half an answer for quotes."""

    def __init__(self) -> None:
        super().__init__(impersonate="chrome")
        self.retry_after: int | None = None
        self._was_let_in = True

    def request(self, method: Any, url: str, *given: Any, **named: Any) -> requests.Response:
        """Raises Unavailable, and of what Yahoo explains NotFound and InputError."""
        response = super().request(method, url, *given, **named)
        if response.status_code == 429:
            said = response.headers.get("Retry-After", "")
            self.retry_after = int(said) if said.isdecimal() else None
        elif _CHART in url:
            self._check_chart(response)
        return response

    def _check_chart(self, response: requests.Response) -> None:
        status = response.status_code
        was_let_in, self._was_let_in = self._was_let_in, status not in {401, 403}
        if not self._was_let_in and was_let_in:
            return  # yfinance asks once more, with another cookie
        if not self._was_let_in or status >= 500:
            raise Unavailable(f"Yahoo does not answer: HTTP {status}")
        try:
            said = json.loads(response.content)["chart"]["error"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable("Yahoo sent an answer that cannot be read") from error
        if said:
            description = str(said.get("description") if isinstance(said, dict) else said)[:_SHOWN]
            raise InputError(f"Yahoo: {description}") if status == 422 else NotFound(f"Yahoo: {description}")


async def connected(_exchange: str | None, now: Callable[[], datetime]) -> "YahooHistory":
    """Nothing is asked yet."""
    warnings.filterwarnings(
        "ignore", module="yfinance"
    )  # of what pandas will change: its users can do nothing about it
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # what matters is raised, and told by us
    yfinance.config.debug.hide_exceptions = False
    return YahooHistory(Session(), now)


class YahooHistory:
    """Yahoo's past, one question at a time, each on a thread."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session, self.now = session, now
        self._listings: dict[str, ListedQuote] = {}
        self._daily: dict[str, Quotes] = {}

    @property
    def source(self) -> str:
        return SOURCE

    async def close(self) -> None:
        self._session.close()

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, ListedQuote]:
        for symbol in symbols:
            if "/" in symbol:
                continue  # `BTC/USD` is BTC-USD there, and the slash would be one of the address
            if symbol not in self._listings and (found := await self._listed(symbol)) is not None:
                self._listings[symbol] = found
        return {symbol: self._listings[symbol] for symbol in symbols if symbol in self._listings}

    async def like(self, symbol: str) -> Sequence[str]:
        """What Yahoo's own search proposes; shares of a class are `BRK-B` there."""
        asked = symbol.upper().replace(".", "-").replace("/", "-")
        search = await self._asked(
            lambda: yfinance.Search(asked, max_results=8, news_count=0, session=self._session, raise_errors=False)
        )
        known = [str(one["symbol"]) for one in search.quotes if isinstance(one, Mapping) and one.get("symbol")]
        return get_close_matches(asked, known, n=3, cutoff=0.4)

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> QuotePage:
        """Bars as traded; of minutes a week at once."""
        interval = self._interval(timeframe, start)
        first = start if page is None else datetime.fromisoformat(page)
        stop = min(end, self.now()) + timedelta(seconds=1)
        if interval in PAGE:
            stop = min(stop, first + PAGE[interval])
        is_daily = timeframe.is_daily
        events = await self._since(symbol, first)
        quotes = events if is_daily else await self._quotes(symbol, interval, first, stop)
        instrument = (await self.instruments([symbol]))[symbol].instrument
        bars = bars_of(
            quotes, symbol=symbol, asset_class=instrument.asset_class, timeframe=timeframe,
            splits=actions_of(events).splits, settled_by=instant_of(self.now()) - SETTLED,
        )  # fmt: skip
        inside = (bars.timestamp >= instant_of(first)) & (bars.timestamp <= instant_of(end))
        at = inside.nonzero()[0]
        bars = bars.slice(int(at[0]), int(at[-1]) + 1) if len(at) else bars.slice(0, 0)
        is_last = is_daily or stop > min(end, self.now())
        return QuotePage(bars=bars, next_page=None if is_last else stop.isoformat())

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        found = actions_of(await self._since(symbol, datetime(first.year, first.month, first.day, tzinfo=UTC)))
        return tuple(one for one in found.all if first <= one.ex_date <= last)

    def _interval(self, timeframe: Timeframe, start: datetime) -> str:
        interval = INTERVALS.get(str(timeframe)) if timeframe.unit is Unit.TIME else None
        if interval is None:
            finer = "1d" if timeframe.nanoseconds > DAY else "1h"
            raise InputError(f"Yahoo has no bars of {timeframe} of its own: fetch {finer}, of which Weaver makes them")
        keeps = YAHOO_KEEPS.get(interval)
        if keeps is not None and start < self.now() - keeps - timedelta(days=1):
            oldest = (self.now() - keeps).date()
            raise InputError(
                f"Yahoo keeps bars of {timeframe} for {keeps.days + 1} days: ask for {oldest} and later, "
                "or for longer bars"
            )
        return interval

    async def _since(self, symbol: str, first: datetime) -> Quotes:
        """All days from `first` until now: what was split later divides what was before."""
        held = self._daily.get(symbol)
        if held is None or held.asked_from > first:
            a_day_before = first - timedelta(days=1)  # a day of Sydney's begins before ours
            held = await self._quotes(symbol, "1d", a_day_before, self.now() + timedelta(days=1))
            self._daily = {symbol: held}
        return held

    async def _quotes(self, symbol: str, interval: str, first: datetime, stop: datetime) -> Quotes:
        def asked() -> Quotes:
            ticker = yfinance.Ticker(symbol, session=self._session)
            frame = ticker.history(
                interval=interval, start=first, end=stop, auto_adjust=False, actions=True, timeout=SECONDS
            )
            return Quotes(frame=frame if len(frame) else None, asked_from=first)

        try:
            return await self._asked(asked)
        except NotFound:
            return Quotes(frame=None, asked_from=first)

    async def _listed(self, symbol: str) -> ListedQuote | None:
        def asked() -> ListedQuote:
            ticker = yfinance.Ticker(symbol, session=self._session)
            ticker.history(period="5d", auto_adjust=False, timeout=SECONDS)
            told = ticker.get_history_metadata()
            kind, currency = (str(told.get(name) or "") for name in ("instrumentType", "currency"))
            return ListedQuote(symbol=symbol, kind=kind, currency=currency)

        try:
            return await self._asked(asked)
        except NotFound:
            return None

    async def _asked(self, ask: Callable[[], T]) -> T:
        """What yfinance returns, with its errors made ours. NotFound: Yahoo has nothing of that."""
        try:
            return await asyncio.to_thread(ask)
        except exceptions.YFRateLimitError as error:
            raise OverLimit("Yahoo takes no more requests for now", seconds=self._session.retry_after) from error
        except exceptions.YFTickerMissingError as error:
            raise NotFound(f"Yahoo: {error.rationale[:_SHOWN]}") from error
        except exceptions.YFException as error:
            raise Unavailable(f"yfinance: {_first_line(error)}") from error
        except requests.exceptions.RequestException as error:
            raise Unavailable(f"Yahoo does not answer: {_first_line(error)}") from error
        except _UNREADABLE as error:
            raise Unavailable("Yahoo sent an answer that cannot be read") from error


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:_SHOWN] if lines else type(error).__name__
