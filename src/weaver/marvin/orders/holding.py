"""A position as its strategy sees it."""

from weaver.marvin.orders.account import Account
from weaver.model.account.position import Position
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import decimal_of


class Holding:
    """What is held of one symbol: always the current state, true unless flat."""

    __slots__ = ("_account", "_held", "symbol")

    def __init__(self, account: Account, symbol: str) -> None:
        self._account, self._held, self.symbol = account, account.held, symbol

    def __bool__(self) -> bool:
        return self._held[self.symbol] != 0

    @property
    def quantity(self) -> Amount:
        """How much; negative when short."""
        return self._account.scale(self.symbol).quantity_decimal(self._held[self.symbol])

    @property
    def average_price(self) -> Amount | None:
        """What a unit of it cost, before commissions; None when flat."""
        return self._position.average_price

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
