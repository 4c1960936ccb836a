"""The exchange's account: cash, holdings, and what they are worth. Amounts in cash units (1e-8 dollars)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.account.position import Position
from weaver.model.numbers.money import CASH_DECIMALS, units_of
from weaver.model.orders.execution import Execution
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.venue.coin_fees import CoinFees
from weaver.rehearsal.venue.margin import LEVERAGE, margin_of

Prices = Callable[[str], Decimal | None]
"""The newest price of a symbol."""


class Account:
    """What there is. The fill rules ask it (`greta.ports.Means`) and book their fills on it."""

    def __init__(
        self,
        *,
        id: str,
        number: str,
        cash: Decimal,
        assets: Mapping[str, Asset],
        prices: Prices,
        coin_fees: CoinFees,
    ) -> None:
        self.id, self.number = id, number
        self.rules = AccountRules(cash=cash, kind=AccountKind.MARGIN, leverage=Decimal(LEVERAGE), shorting=True)
        self.cash = units_of(cash, CASH_DECIMALS)
        self.units: dict[str, int] = dict.fromkeys(assets, 0)
        self.positions: dict[str, Position] = {}
        """Those that are not flat, by symbol."""
        self.last_equity = self.cash
        """At the newest session's close."""
        self.last_maintenance = 0
        self.last_held: frozenset[str] = frozenset()
        """What was held then."""
        self._assets, self._prices, self.coin_fees = assets, prices, coin_fees

    def value(self, symbol: str, units: int) -> int:
        """What so many units are worth at the newest price."""
        scale = self._assets[symbol].scale
        return scale.cash(self.price_units(symbol), units)

    def price_units(self, symbol: str) -> int:
        """The newest price; of a symbol without any, what its holding cost."""
        price, scale = self._prices(symbol), self._assets[symbol].scale
        if price is not None:
            return units_of(price, scale.price_decimals)
        position = self.positions.get(symbol)
        average = None if position is None else position.average_price
        return 0 if average is None else units_of(abs(average), scale.price_decimals)

    def take(self, execution: Execution) -> None:
        """Book a fill."""
        order = execution.order
        symbol, signed = order.symbol, order.sign * execution.units
        self.cash -= order.scale.cash(execution.price, signed) + execution.commission
        held = self._held(symbol).filled(signed, execution.price, execution.commission)
        fee = self.coin_fees.of(signed) if signed > 0 and self._assets[symbol].is_crypto else 0
        if fee:
            price = order.scale.price_decimal(execution.price)
            self.coin_fees.take(symbol, order.scale.quantity_decimal(fee), price)
        self.units[symbol] += signed - fee
        self._keep(symbol, held.taken(fee) if fee else held)

    def give(self, symbol: str, quantity: Decimal, price: Decimal) -> None:
        """Have a holding that nothing was paid for."""
        scale = self._assets[symbol].scale
        units = units_of(quantity, scale.quantity_decimals)
        self.units[symbol] += units
        self._keep(symbol, self._held(symbol).filled(units, units_of(price, scale.price_decimals)))

    def split(self, symbol: str, ratio: Fraction) -> None:
        """Hold new shares for old ones; what is left of a lot is paid."""
        close = Fraction(self.price_units(symbol))
        numerator, denominator = ratio.as_integer_ratio()
        held, paid = self._held(symbol).split(numerator=numerator, denominator=denominator, previous_close=close)
        self.units[symbol], self.cash = held.units, self.cash + paid
        self._keep(symbol, held)

    def _held(self, symbol: str) -> Position:
        return self.positions.get(symbol) or Position(scale=self._assets[symbol].scale)

    def _keep(self, symbol: str, position: Position) -> None:
        if position.units:
            self.positions[symbol] = position
        else:
            self.positions.pop(symbol, None)

    @property
    def long_value(self) -> int:
        """What is held is worth."""
        return sum(self.value(symbol, held.units) for symbol, held in self.positions.items() if held.units > 0)

    @property
    def short_value(self) -> int:
        """What is owed is worth; negative."""
        return sum(self.value(symbol, held.units) for symbol, held in self.positions.items() if held.units < 0)

    @property
    def equity(self) -> int:
        """Cash and all positions."""
        return self.cash + self.long_value + self.short_value

    @property
    def margin(self) -> int:
        """What the positions bind: coins all that they are worth, stocks a half."""
        return sum(
            margin_of(self._assets[symbol], abs(self.value(symbol, held.units)))
            for symbol, held in self.positions.items()
        )

    @property
    def maintenance(self) -> int:
        """What equity must not fall below."""
        return sum(
            value if self._assets[symbol].is_crypto else int(value * self.rules.maintenance)
            for symbol, value in (
                (symbol, abs(self.value(symbol, held.units))) for symbol, held in self.positions.items()
            )
        )

    def close_day(self) -> None:
        """The session has closed."""
        self.last_equity, self.last_maintenance = self.equity, self.maintenance
        self.last_held = frozenset(self.positions)
