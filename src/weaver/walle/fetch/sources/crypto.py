"""Candles of crypto exchanges, by ccxt: public ones, for which no exchange asks for an account."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar

import aiohttp
import ccxt.async_support as ccxt

from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError, NotFound, OverLimit, Unavailable
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe, Unit
from weaver.walle.fetch.sources.candles import bars_of, instrument_of

LIMIT = 500
"""How many candles are asked for where ccxt knows no exchange's own limit."""
_MILLISECOND = 1_000_000
_SHOWN = 200
T = TypeVar("T")
_UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError, ArithmeticError)
"""What ccxt stumbles over where an answer is not what the exchange documents: a page of HTML, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandlePage:
    """Some bars, and from where on those that follow are asked for (ms)."""

    bars: Bars
    next_page: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPair:
    """What is traded, as ccxt lists it."""

    market: Mapping[str, Any]
    precision_mode: int

    @property
    def instrument(self) -> Instrument:
        """Raises InputError for what Weaver does not trade."""
        mode = self.precision_mode
        return instrument_of(self.market, is_tick=mode == ccxt.TICK_SIZE, are_decimals=mode == ccxt.DECIMAL_PLACES)


async def connected(exchange: str | None, now: Callable[[], datetime]) -> "CcxtHistory":
    """An exchange, its markets loaded. Raises NotFound, InputError where it has no candles, and Unavailable."""
    name = str(exchange)
    if name not in ccxt.exchanges:
        near = get_close_matches(name.lower(), ccxt.exchanges, n=3)
        hint = " or ".join(near) if near else "ccxt's own list of exchanges has the names"
        raise NotFound(f"ccxt knows no exchange {name[:40]!r}: {hint}")
    client = getattr(ccxt, name)({"enableRateLimit": True, "aiohttp_trust_env": True})
    history = CcxtHistory(client, name, now)
    try:
        await history.connect()
    except BaseException:
        await history.close()
        raise
    return history


class CcxtHistory:
    """One exchange's past."""

    def __init__(self, client: Any, name: str, now: Callable[[], datetime]) -> None:
        self._client, self._name, self._now = client, name, now
        client.on_rest_response = _whole
        self._ahead = timedelta(0)
        """How far the exchange's clock is ahead of ours."""

    @property
    def source(self) -> str:
        return f"ccxt {self._name}"

    def now(self) -> datetime:
        return self._now() + self._ahead

    async def connect(self) -> None:
        """Raises InputError, and Unavailable."""
        if self._client.has.get("fetchOHLCV") is not True:
            raise InputError(f"{self._name} has no candles that ccxt could fetch: choose another exchange")
        if self._client.has.get("fetchTime") is True:
            told = await self._asked(self._client.fetch_time)
            if isinstance(told, int | float):
                self._ahead = datetime.fromtimestamp(told / 1000, self._now().tzinfo) - self._now()

    async def close(self) -> None:
        await self._client.close()

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, ListedPair]:
        markets = await self._markets()
        mode = self._client.precisionMode
        return {
            symbol: ListedPair(market=markets[symbol], precision_mode=mode) for symbol in symbols if symbol in markets
        }

    async def like(self, symbol: str) -> Sequence[str]:
        """`BTCUSDT` and `btc-usdt` are like `BTC/USDT`."""
        by_letters: dict[str, str] = {}
        for known in await self._markets():
            by_letters.setdefault(_letters(known), known)
        letters = _letters(symbol)
        if letters in by_letters:
            return [by_letters[letters]]
        return [by_letters[one] for one in get_close_matches(letters, by_letters, n=3)]

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> CandlePage:
        """Candles from `start`, or the page's own beginning, on: as many as the exchange gives at once."""
        spelling = self._spelled(timeframe)
        since = -(-instant_of(start) // _MILLISECOND) if page is None else int(page)
        last = instant_of(min(end, self.now())) // _MILLISECOND
        limit = self._limit(symbol)
        rows = await self._asked(lambda: self._client.fetch_ohlcv(symbol, spelling, since, limit))
        bars, newest = bars_of(
            rows, who=self._name, symbol=symbol, timeframe=timeframe, first=since, last=last,
            now=instant_of(self.now()),
        )  # fmt: skip
        step = timeframe.nanoseconds // _MILLISECOND
        # An exchange that answers for a window says nothing of one before the listing: the next may hold some.
        following = newest + step if newest is not None else since + limit * step
        return CandlePage(bars=bars, next_page=str(following) if following <= last else None)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:  # noqa: ARG002 - coins have none
        return ()

    async def _markets(self) -> Mapping[str, Mapping[str, Any]]:
        found = await self._asked(self._client.load_markets)
        if not isinstance(found, Mapping) or not found:
            raise Unavailable(f"{self._name} sent no list of its markets")
        return found

    def _spelled(self, timeframe: Timeframe) -> str:
        known = self._client.timeframes or {}
        spelling = str(timeframe)
        if timeframe.unit is not Unit.TIME:
            raise InputError(
                f"exchanges begin weeks and months on days of their own: fetch 1d, of which Weaver makes {timeframe}"
            )
        if spelling not in known:
            of_time = [one for one in known if one[-1] in "mhd"]
            raise InputError(
                f"{self._name} has no bars of {timeframe}: fetch finer ones ({', '.join(of_time)}), "
                "of which Weaver makes them"
            )
        return spelling

    def _limit(self, symbol: str) -> int:
        found = self._client.feature_value(symbol, "fetchOHLCV", "limit")
        return found if isinstance(found, int) and found > 0 else LIMIT

    async def _asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What the exchange answers, with ccxt's errors made ours."""
        try:
            return await ask()
        except (ccxt.RateLimitExceeded, ccxt.DDoSProtection) as error:
            raise OverLimit(f"{self._name} takes no more requests for now", seconds=self._retry_after()) from error
        except ccxt.NetworkError as error:
            raise Unavailable(f"{self._name} does not answer: {_first_line(error)}") from error
        except (ccxt.AuthenticationError, ccxt.PermissionDenied) as error:
            raise InputError(
                f"{self._name} does not give its candles without an account, or not from here: choose another "
                f"exchange ({_first_line(error)})"
            ) from error
        except ccxt.BaseError as error:
            if isinstance(error.__cause__, aiohttp.ClientError):  # of the network, though ccxt does not say so
                raise Unavailable(f"{self._name} does not answer: {type(error.__cause__).__name__}") from error
            raise InputError(f"{self._name} refused: {_first_line(error)}") from error
        except _UNREADABLE as error:
            raise Unavailable(f"{self._name} sent an answer that cannot be read") from error

    def _retry_after(self) -> int | None:
        headers = self._client.last_response_headers or {}
        said = next((text for name, text in headers.items() if name.lower() == "retry-after"), "")
        return int(said) if str(said).isdecimal() else None


def _whole(code: int, _reason: str, _url: str, _method: str, _headers: object, body: str, *_request: object) -> str:
    """What ccxt goes on with of an answer. It takes a page of HTML for one without candles. Raises ccxt's own error
    where a good answer is no JSON."""
    found = body.strip()
    if code < 300:
        try:
            json.loads(found)
        except ValueError as error:
            raise ccxt.ExchangeNotAvailable("an answer that cannot be read") from error
    return found


def _letters(symbol: str) -> str:
    return "".join(filter(str.isalnum, symbol.upper()))


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:_SHOWN] if lines else type(error).__name__
