"""Minute bars as they end: msgpack over Alpaca's market data sockets."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

import msgpack
from websockets.asyncio.client import ClientConnection

from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import MINUTE
from weaver.veda.adapters.alpaca.access import Access
from weaver.veda.adapters.alpaca.hours import is_open
from weaver.veda.adapters.alpaca.streams.socket import Around, SignInRefused
from weaver.veda.exchange.market import Feed, HaltChanged, LiveBar, live_bars_of

SILENCE = timedelta(seconds=90)
"""How long (venue) a feed may bring nothing while its market is open, before its bars are asked for: a whole minute
without a bar, and half of another."""
IN_FLIGHT = timedelta(seconds=15)
REMEMBERED = 500
"""Bars of a symbol, by which a second sending of one is recognised."""
HALTED, RESUMED = frozenset({"2", "H", "P"}), frozenset({"3", "T"})
"""Status codes of the two tapes: halted or paused; trading again."""
History = Callable[[str, datetime, datetime], Awaitable[Bars]]
_FIELDS = ("o", "h", "l", "c", "v")


class BarLine:
    """The socket of one asset class."""

    headers: Mapping[str, str] = MappingProxyType({"Content-Type": "application/msgpack"})

    def __init__(
        self,
        access: Access,
        asset_class: AssetClass,
        symbols: Collection[str],
        around: Around,
        history: History,
        observe: Callable[[datetime], None],
    ) -> None:
        is_stock = asset_class is AssetClass.STOCK
        self.feed = Feed.STOCK_BARS if is_stock else Feed.CRYPTO_BARS
        self.address = access.stock_stream if is_stock else access.crypto_stream
        self.is_in_order = True
        self._access, self._asset_class, self._symbols = access, asset_class, sorted(symbols)
        self._around, self._history, self._observe = around, history, observe
        self._sent: dict[str, OrderedDict[int, tuple[float, ...]]] = {symbol: OrderedDict() for symbol in symbols}
        self._halted: set[str] = set()
        self._asked = around.now()

    async def sign_in(self, socket: ClientConnection) -> None:
        await self._expect(socket, "success", "connected")
        await self._send(socket, {"action": "auth", "key": self._access.key, "secret": self._access.secret})
        await self._expect(socket, "success", "authenticated")
        wanted = {"bars": self._symbols, "updatedBars": self._symbols}
        if self._asset_class is AssetClass.STOCK:
            wanted["statuses"] = self._symbols
        await self._send(socket, {"action": "subscribe", **wanted})
        await self._expect(socket, "subscription")

    async def _send(self, socket: ClientConnection, message: Mapping[str, object]) -> None:
        await socket.send(msgpack.packb(message))

    async def _expect(self, socket: ClientConnection, kind: str, word: str | None = None) -> None:
        """Raises SignInRefused where the next control message is another."""
        for message in _messages(await socket.recv()):
            if message.get("T") == "error":
                raise SignInRefused(f"Alpaca says {message.get('code')} {message.get('msg')}")
            if message.get("T") == kind and word in {None, message.get("msg")}:
                return
        raise SignInRefused(f"Alpaca did not say {word or kind}")

    def read(self, frame: str | bytes) -> Sequence[LiveBar | HaltChanged]:
        found: list[LiveBar | HaltChanged] = []
        for message in _messages(frame):
            match message.get("T"):
                case "b" | "u":
                    found += self._bar(message)
                case "s":
                    found += self._halt(message)
                case "error":
                    facts = {"feed": str(self.feed), "code": message.get("code"), "message": message.get("msg")}
                    self._around.told("feed error", facts)
        return found

    async def repair(self, since: datetime) -> Sequence[LiveBar]:
        """The bars of each symbol that were not sent, in order of their ends."""
        return await self._unsent(since, self._around.now())

    async def missed(self, silent_since: datetime) -> Sequence[LiveBar]:
        now = self._around.now()
        if now - max(silent_since, self._asked) < SILENCE or not is_open(self._asset_class, now):
            return []
        if self._halted.issuperset(self._symbols):
            return []
        self._asked = now
        return await self._unsent(silent_since, now - IN_FLIGHT)

    async def _unsent(self, since: datetime, until: datetime) -> list[LiveBar]:
        """Those that ended after `since` (of a symbol that is known, after its newest) and by `until`."""
        missing: list[LiveBar] = []
        for symbol in self._symbols:
            sent = self._sent[symbol]
            after = max(sent, default=instant_of(since) - MINUTE)
            bars = await self._history(symbol, time_of(after), until)
            missing += [bar for bar in live_bars_of(bars) if bar.start > after and bar.end <= instant_of(until)]
        missing.sort(key=lambda bar: (bar.end, bar.symbol))
        for bar in missing:
            self._remember(bar)
        return missing

    def _bar(self, message: Mapping[str, object]) -> list[LiveBar]:
        symbol, start = message.get("S"), message.get("t")
        values = [message.get(name) for name in _FIELDS]
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        if symbol not in self._sent or not isinstance(start, int) or len(numbers) < len(_FIELDS):
            self._around.told("bar not understood", {"feed": str(self.feed), "symbol": symbol})
            return []
        self._observe(time_of(start + MINUTE))
        open_, high, low, close, volume = numbers
        bar = LiveBar(
            symbol=str(symbol),
            start=start,
            end=start + MINUTE,
            open=open_,
            high=high,
            low=low,
            close=close,
            volume=volume,
        )
        known = self._sent[bar.symbol].get(bar.start)
        if known == _values(bar):
            return []
        self._remember(bar)
        return [replace(bar, is_correction=known is not None or message.get("T") == "u")]

    def _remember(self, bar: LiveBar) -> None:
        sent = self._sent[bar.symbol]
        sent[bar.start] = _values(bar)
        if len(sent) > REMEMBERED:
            sent.popitem(last=False)

    def _halt(self, message: Mapping[str, object]) -> list[HaltChanged]:
        symbol, code, time = message.get("S"), message.get("sc"), message.get("t")
        if not isinstance(symbol, str) or code not in HALTED | RESUMED:
            return []
        is_halted = code in HALTED
        (self._halted.add if is_halted else self._halted.discard)(symbol)
        reason = str(message.get("rm") or message.get("sm") or code)
        at = time_of(time) if isinstance(time, int) else self._around.now()
        return [HaltChanged(symbol=symbol, is_halted=is_halted, reason=reason, time=at)]


def _messages(frame: str | bytes) -> list[Mapping[str, object]]:
    """The messages of a frame, times as ns; none where it cannot be read."""
    if isinstance(frame, str):
        return []
    try:
        found = msgpack.unpackb(frame, timestamp=2, strict_map_key=False)
    except (ValueError, msgpack.UnpackException):
        return []
    return [message for message in found if isinstance(message, Mapping)] if isinstance(found, list) else []


def _values(bar: LiveBar) -> tuple[float, ...]:
    return bar.open, bar.high, bar.low, bar.close, bar.volume
