"""What a client listens to: symbols by channel, `*` for all of them."""

from collections.abc import Iterable, Mapping

from weaver.rehearsal.market.publication import Channel

ALL = "*"
STOCK_CHANNELS = (
    Channel.TRADES,
    Channel.QUOTES,
    Channel.BARS,
    Channel.UPDATED_BARS,
    Channel.DAILY_BARS,
    Channel.STATUSES,
)
PAIR_CHANNELS = (
    Channel.TRADES,
    Channel.QUOTES,
    Channel.ORDERBOOKS,
    Channel.BARS,
    Channel.UPDATED_BARS,
    Channel.DAILY_BARS,
)
SILENT = ("lulds",)
"""Channels of stocks that can be listened to, and on which nothing ever happens here."""
FOLLOWING = ("corrections", "cancelErrors")
"""Channels of stocks that come with trades."""
_COUNTED = (Channel.TRADES, Channel.QUOTES)


class SubscribedSymbols:
    """Of one connection."""

    def __init__(self, *, is_stock: bool) -> None:
        self._is_stock = is_stock
        names = [*STOCK_CHANNELS, *SILENT] if is_stock else PAIR_CHANNELS
        self._symbols: dict[str, dict[str, None]] = {str(name): {} for name in names}

    @property
    def channels(self) -> Iterable[str]:
        """Those that there are."""
        return self._symbols

    def add(self, wanted: Mapping[str, Iterable[str]]) -> None:
        """Listen to more."""
        for channel, symbols in wanted.items():
            self._symbols[channel].update(dict.fromkeys(symbols))

    def remove(self, unwanted: Mapping[str, Iterable[str]]) -> None:
        """Listen to less."""
        for channel, symbols in unwanted.items():
            for symbol in symbols:
                self._symbols[channel].pop(symbol, None)

    def has(self, channel: Channel, symbol: str) -> bool:
        """Whether the client hears of a symbol."""
        symbols = self._symbols.get(channel, {})
        return symbol in symbols or ALL in symbols

    def count_with(self, wanted: Mapping[str, Iterable[str]], all_symbols: int) -> int:
        """How many symbols it would hear trades or quotes of, `*` counting for all that there are."""
        counted: set[str] = set()
        for channel in _COUNTED:
            counted |= {*self._symbols[channel], *wanted.get(channel, ())}
        return max(len(counted - {ALL}), all_symbols if ALL in counted else 0)

    def as_lists(self) -> dict[str, list[str]]:
        """All of it, as it is confirmed."""
        lists = {channel: list(symbols) for channel, symbols in self._symbols.items()}
        if self._is_stock:
            lists |= dict.fromkeys(FOLLOWING, lists[Channel.TRADES])
        return lists
