"""The simulated account: cash, holdings, and what they are worth. Amounts in cash units."""

from fractions import Fraction

from weaver.model.account.margin import AccountRules, Standing
from weaver.model.account.position import Position
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import CASH_DECIMALS, CASH_ONE, decimal_of, divide_half_even
from weaver.model.numbers.scale import Scale
from weaver.model.orders.execution import Execution


class SimulatedAccount:
    """What the house asks about means, and pays into. Prices of holdings are the newest closes."""

    def __init__(self, rules: AccountRules) -> None:
        self.rules = rules
        self.cash = rules.cash_units
        """What is left after all that was paid, as if nothing was held on margin (`standing`)."""
        self.units: dict[str, int] = {}
        """What is held of each listed symbol; negative when short."""
        self.positions: dict[str, Position] = {}
        self._prices: dict[str, Fraction] = {}
        """The newest close in price units, of before the tick's bars; before the first, what was paid."""

    def add(self, scale: Scale) -> None:
        """A symbol can be traded from now on."""
        self.units[scale.symbol] = 0
        self.positions[scale.symbol] = Position(scale=scale)

    def close(self, symbol: str, price: int) -> None:
        """A bar closed there."""
        self._prices[symbol] = Fraction(price)

    def price(self, symbol: str) -> Amount | None:
        """What a unit is worth now."""
        price = self._prices.get(symbol)
        return None if price is None else self.positions[symbol].scale.price_decimal(round(price))

    def value(self, symbol: str, units: int) -> int:
        """What so many units are worth now."""
        exact = self._prices[symbol] * units / self.positions[symbol].scale.per_cash
        return divide_half_even(exact.numerator, exact.denominator)

    def take(self, execution: Execution) -> None:
        """Book a fill."""
        order = execution.order
        symbol, signed = order.symbol, order.sign * execution.units
        self.cash -= order.scale.cash(execution.price, signed) + execution.commission
        self.positions[symbol] = self.positions[symbol].filled(signed, execution.price, execution.commission)
        self.units[symbol] += signed
        self._prices.setdefault(symbol, Fraction(execution.market))

    def borrowed(self, symbol: str) -> int:
        """What is short of a symbol is worth now, without a sign; 0 where nothing is, or it is on margin."""
        units = self.units[symbol]
        return -self.value(symbol, units) if units < 0 and self.positions[symbol].scale.margin is None else 0

    def standing(self, *, maintained: bool = False) -> Standing:
        """How it stands now. `maintained`: with what holdings tie up while they are held, not as they are entered."""
        held = [(symbol, units) for symbol, units in self.units.items() if units]
        values = ((self.positions[one].scale, units, self.value(one, units)) for one, units in held)
        return Standing.of(self.cash, values, maintained=maintained)

    def happen(self, symbol: str, action: CorporateAction) -> None:
        """What a corporate action does to a holding."""
        held = self.positions[symbol]
        match action:
            case Split(ratio=ratio):
                self._split(symbol, ratio)
            case Dividend(amount=amount):
                numerator, denominator = amount.as_integer_ratio()
                paid = divide_half_even(held.units * numerator * CASH_ONE, denominator * held.scale.quantity_one)
                self.positions[symbol] = held.paid(paid)
                self.cash += paid
            case Delisting(value=value):
                worth = Fraction(value) * held.scale.price_one * held.units / held.scale.per_cash
                paid = divide_half_even(worth.numerator, worth.denominator)
                self.positions[symbol] = held.paid_out(paid)
                self.units[symbol] = 0
                self.cash += paid

    def _split(self, symbol: str, ratio: Fraction) -> None:
        close = self._prices.get(symbol)
        if close is None:
            return
        numerator, denominator = ratio.as_integer_ratio()
        after, paid = self.positions[symbol].split(numerator=numerator, denominator=denominator, previous_close=close)
        self.positions[symbol], self.units[symbol] = after, after.units
        self.cash += paid
        self._prices[symbol] = close / ratio

    @staticmethod
    def amount(units: int) -> Amount:
        """Cash units as money."""
        return decimal_of(units, CASH_DECIMALS)
