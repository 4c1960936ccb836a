"""The conversation on a socket of market data."""

from collections.abc import Mapping

from weaver.rehearsal.market.publication import Channel
from weaver.rehearsal.ports import Accepts
from weaver.rehearsal.streams.conversation import Answers, Message
from weaver.rehearsal.streams.subscriptions import SubscribedSymbols

SYMBOLS_MAX = 30
"""Of which one client hears trades or quotes: the free plan's."""
_ERRORS = {
    400: "invalid syntax",
    401: "not authenticated",
    402: "auth failed",
    403: "already authenticated",
    404: "auth timeout",
    405: "symbol limit exceeded",
    406: "connection limit exceeded",
    407: "slow client",
    409: "insufficient subscription",
    410: "invalid subscribe action for this feed",
    500: "internal error",
}
_FATAL = (402, 404, 406, 407, 409)
"""After these the connection is closed."""


class Seat:
    """The one place that an account has at an endpoint."""

    def __init__(self) -> None:
        self._taken_by: object | None = None

    def take(self, conversation: object) -> bool:
        """Whether it was free, and is this one's now."""
        if self._taken_by is not None:
            return False
        self._taken_by = conversation
        return True

    def leave(self, conversation: object) -> None:
        """It is free again, if it was this one's."""
        if self._taken_by is conversation:
            self._taken_by = None


class DataStream:
    """One client's. `symbols`: how many there are."""

    def __init__(self, *, is_stock: bool, accepts: Accepts, seat: Seat, symbols: int) -> None:
        self.is_authenticated, self.is_stock = False, is_stock
        self.subscriptions = SubscribedSymbols(is_stock=is_stock)
        self._accepts, self._seat, self._symbols = accepts, seat, symbols

    def begin(self, headers: Mapping[str, str]) -> Answers:
        """Say that it is connected; keys may have come with the upgrade already."""
        hello: Message = [{"T": "success", "msg": "connected"}]
        key, secret = headers.get("apca-api-key-id"), headers.get("apca-api-secret-key")
        if key is None or secret is None:
            return Answers(frames=[hello])
        answers = self._authenticate(key, secret)
        return Answers(frames=[hello, *answers.frames], is_last=answers.is_last)

    def hear(self, message: Message) -> Answers:
        """Answer."""
        action = message.get("action") if isinstance(message, dict) else None
        if not isinstance(message, dict) or action not in ("auth", "subscribe", "unsubscribe"):
            return error(400)
        if action == "auth":
            key, secret = message.get("key"), message.get("secret")
            if self.is_authenticated:
                return error(403)
            return self._authenticate(key, secret) if isinstance(key, str) and isinstance(secret, str) else error(400)
        if not self.is_authenticated:
            return error(401)
        return self._listen(message, is_more=action == "subscribe")

    def too_late(self) -> Answers:
        """The client did not authenticate itself."""
        return error(404)

    def too_slow(self) -> Answers:
        """The client does not read."""
        return error(407)

    def subscribed(self) -> object:
        """The channels that have symbols."""
        return {channel: symbols for channel, symbols in self.subscriptions.as_lists().items() if symbols}

    def end(self) -> None:
        """Give the place at the endpoint back."""
        self._seat.leave(self)

    def wants(self, channel: Channel, symbol: str) -> bool:
        """Whether the client hears of a symbol."""
        return self.subscriptions.has(channel, symbol)

    def _authenticate(self, key: str, secret: str) -> Answers:
        if not self._accepts(key, secret):
            return error(402)
        if not self._seat.take(self):
            return error(406)
        self.is_authenticated = True
        return Answers(frames=[[{"T": "success", "msg": "authenticated"}]])

    def _listen(self, message: Mapping[object, object], *, is_more: bool) -> Answers:
        wanted: dict[str, list[str]] = {}
        for channel, symbols in message.items():
            if channel in ("action", "corrections", "cancelErrors"):
                continue
            if not isinstance(channel, str) or channel not in self.subscriptions.channels:
                return error(410)
            if not isinstance(symbols, list) or not all(isinstance(symbol, str) and symbol for symbol in symbols):
                return error(400)
            wanted[channel] = symbols
        if is_more and self.subscriptions.count_with(wanted, self._symbols) > SYMBOLS_MAX:
            return error(405)
        if is_more:
            self.subscriptions.add(wanted)
        else:
            self.subscriptions.remove(wanted)
        return Answers(frames=[[{"T": "subscription", **self.subscriptions.as_lists()}]])


def error(code: int) -> Answers:
    """An error as the stream tells it."""
    return Answers(frames=[[{"T": "error", "code": code, "msg": _ERRORS[code]}]], is_last=code in _FATAL)
