"""A position as its strategy sees it."""

from datetime import datetime

from weaver.marvin.orders.account import Account
from weaver.marvin.series.timeline import Timeline
from weaver.model.account.position import Position
from weaver.model.calendar.instants import time_of
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import decimal_of


class Holding(list[bool]):
    """What is held of one symbol: always the current state, true unless flat.

    It is a list only so that asking whether anything is held, as strategies do on each bar, calls nothing: the account
    keeps it empty while flat.
    """

    __slots__ = ("_account", "_line", "symbol")
    __eq__, __ne__ = object.__eq__, object.__ne__
    __hash__ = object.__hash__  # type: ignore[assignment] # it is itself, whatever is held

    def __init__(self, account: Account, symbol: str, line: Timeline) -> None:
        """line: of the symbol's bars, of the run's timeframe."""
        super().__init__()
        self._account, self._line = account, line
        self.symbol = symbol
        """Of what."""
        account.show(symbol, self)

    @property
    def quantity(self) -> Amount:
        """How much; negative when short."""
        return self._account.scale(self.symbol).quantity_decimal(self._account.held[self.symbol])

    @property
    def average_price(self) -> Amount | None:
        """What a unit of it cost, before commissions; None when flat."""
        return self._position.average_price

    @property
    def opened(self) -> datetime | None:
        """When it was opened, from flat or through zero, UTC: its fill's timestamp; None when flat."""
        opening = self._account.opening(self.symbol)
        return None if opening is None else time_of(opening.time)

    @property
    def bars_held(self) -> int:
        """How many of the symbol's bars have closed since the one in which it was opened; 0 when flat."""
        opening = self._account.opening(self.symbol)
        if opening is None:
            return 0
        line = self._line
        return max(line.visible - 1 - int(line.ends.searchsorted(opening.bar, side="right")), 0)

    @property
    def realised_pnl(self) -> Amount:
        """What closed parts earned, before commissions and without dividends."""
        return self._position.realised_pnl

    @property
    def unrealised_pnl(self) -> Amount:
        """What closing it at the newest close would earn, before costs."""
        price = self._account.close(self.symbol)
        return decimal_of(self._position.unrealised(price), 8) if price is not None else Amount(0)

    @property
    def market_value(self) -> Amount:
        """What it is worth at the newest close; negative when short."""
        price = self._account.close(self.symbol)
        return decimal_of(self._position.market_value(price), 8) if price is not None else Amount(0)

    @property
    def _position(self) -> Position:
        return self._account.position(self.symbol)

    def __repr__(self) -> str:
        return f"<Position {self.quantity} {self.symbol}>"
