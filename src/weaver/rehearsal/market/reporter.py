"""Tells those who listen what has become public."""

from collections.abc import Callable, Iterable, Mapping

from weaver.rehearsal.market.bars.coarser import PublicBars
from weaver.rehearsal.market.bars.tape import Tape
from weaver.rehearsal.market.history import SymbolHistory
from weaver.rehearsal.market.publication import Audience, Channel
from weaver.rehearsal.market.wire import Fields, bar_fields, book_fields, quote_fields, status_fields, trade_fields
from weaver.rehearsal.ports import VenueClock


class Reporter:
    """Makes messages of what happens, where somebody wants them."""

    def __init__(self, history: Mapping[str, SymbolHistory], clock: VenueClock) -> None:
        self._history, self._clock = history, clock
        self.audiences: list[Audience] = []

    def tell_bar(self, symbol: str, bar: Callable[[], PublicBars]) -> None:
        """A bar has closed, and the day's has grown by it; `bar` makes it, where somebody wants it."""
        is_stock = self._history[symbol].is_stock
        self._tell(Channel.BARS, symbol, lambda: bar_fields(bar(), is_stock=is_stock))
        self._tell_day(symbol)

    def tell_correction(self, symbol: str, bar: PublicBars) -> None:
        """A bar is not what it was said to be."""
        is_stock = self._history[symbol].is_stock
        self._tell(Channel.UPDATED_BARS, symbol, lambda: bar_fields(bar, is_stock=is_stock))
        self._tell_day(symbol)

    def tell_trades(self, symbol: str, tape: Tape) -> None:
        """Trades have happened, and the quotes follow them."""
        is_stock = self._history[symbol].is_stock
        self._tell(Channel.QUOTES, symbol, lambda: quote_fields(tape, is_stock=is_stock))
        self._tell(Channel.TRADES, symbol, lambda: trade_fields(tape, is_stock=is_stock))
        if not is_stock:
            self._tell(Channel.ORDERBOOKS, symbol, lambda: book_fields(tape))

    def wants_trades(self, symbol: str) -> bool:
        """Whether anybody wants to know of trades, or of what follows from them."""
        is_stock = self._history[symbol].is_stock
        return any(
            audience.is_wanted(channel, symbol, is_stock=is_stock)
            for audience in self.audiences
            for channel in (Channel.TRADES, Channel.QUOTES, Channel.ORDERBOOKS)
        )

    def tell_halt(self, symbol: str, is_halted: bool) -> None:
        """Trading in a symbol halts, or goes on."""
        wanted = symbol.replace("/", "").upper()
        for known in self._history:
            if known.replace("/", "") == wanted:
                self._tell(Channel.STATUSES, known, lambda: [status_fields(self._clock.now, is_halted=is_halted)])

    def _tell_day(self, symbol: str) -> None:
        history = self._history[symbol]
        self._tell(Channel.DAILY_BARS, symbol, lambda: bar_fields(history.today(), is_stock=history.is_stock))

    def _tell(self, channel: Channel, symbol: str, told: Callable[[], Iterable[Fields]]) -> None:
        is_stock = self._history[symbol].is_stock
        for audience in self.audiences:
            if audience.is_wanted(channel, symbol, is_stock=is_stock):
                for fields in told():
                    audience.publish(channel, symbol, fields, is_stock=is_stock)
