"""The one position arithmetic: what a holding is, what it cost, and what closing it earned."""

from dataclasses import dataclass, replace
from fractions import Fraction

from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import decimal_of, divide_half_even
from weaver.model.numbers.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A holding in the units of `scale`: `quantity` is negative for a short, `cost` is what opening it took in cash
    units (negative for a short: what it brought), `realised` what closing parts earned, before `fees`."""

    scale: Scale
    units: int = 0
    cost: int = 0
    realised: int = 0
    fees: int = 0
    income: int = 0
    """Dividends received less those paid, in cash units."""

    def filled(self, signed_units: int, price: int, fee: int = 0) -> "Position":
        """After a fill of so many units (negative: sold) at so many price units, `fee` in cash units."""
        return self.traded(signed_units, self.scale.cash(price, signed_units), fee)

    def traded(self, signed_units: int, value: int, fee: int = 0) -> "Position":
        """The same of units that came to `value` cash units (negative: sold)."""
        if self.units == 0 or (self.units > 0) == (signed_units > 0):
            return replace(self, units=self.units + signed_units, cost=self.cost + value, fees=self.fees + fee)
        closing = min(abs(signed_units), abs(self.units))
        closed_value = divide_half_even(value * closing, abs(signed_units))
        closed_cost = divide_half_even(self.cost * closing, abs(self.units))
        return replace(
            self,
            units=self.units + signed_units,
            cost=self.cost - closed_cost + value - closed_value,
            realised=self.realised - closed_value - closed_cost,
            fees=self.fees + fee,
        )

    def split(self, *, numerator: int, denominator: int, previous_close: Fraction) -> "tuple[Position, int]":
        """After a split of numerator:denominator, and the cash for the fraction of a lot (a short pays: negative).

        The fraction is paid at previous close ÷ ratio, half to even to 1e-8, and takes its share of the cost along.
        """
        exact = self.units * numerator
        lot = self.scale.lot * denominator
        whole = (exact // lot if exact >= 0 else -(-exact // lot)) * lot
        units = whole // denominator
        fraction = exact - whole  # in units ÷ denominator, of the new shares
        if not fraction:
            return replace(self, units=units), 0
        # fraction/denominator units × previous close × denominator/numerator: the denominators cancel.
        worth = fraction * previous_close * self.scale.notional_factor / (numerator * self.scale.notional_divisor)
        paid = divide_half_even(worth.numerator, worth.denominator)
        cost = divide_half_even(self.cost * abs(fraction), abs(exact))
        held = replace(self, units=units, cost=self.cost - cost, realised=self.realised + paid - cost)
        return held, paid

    def taken(self, units: int) -> "Position":
        """After so many units (> 0) were taken as a fee in the asset itself. What they cost stays with the rest; where
        no rest is left, it is lost."""
        left = self.units - units
        if self.units <= 0 or left > 0:
            return replace(self, units=left)
        return replace(self, units=left, cost=0, realised=self.realised - self.cost)

    def paid_out(self, amount: int) -> "Position":
        """After all of it was taken for so many cash units (negative: a short paid them)."""
        return replace(self, units=0, cost=0, realised=self.realised + amount - self.cost)

    def paid(self, amount: int) -> "Position":
        """After a dividend of so many cash units (negative: paid by a short)."""
        return replace(self, income=self.income + amount)

    @property
    def quantity(self) -> Amount:
        """How much is held; negative when short."""
        return self.scale.quantity_decimal(self.units)

    @property
    def average_price(self) -> Amount | None:
        """What a unit of the open holding cost, or None when flat."""
        return decimal_of(self.cost, 8) / self.quantity / self.scale.multiplier if self.units else None

    @property
    def realised_pnl(self) -> Amount:
        """What closed parts earned, before commissions and without dividends."""
        return decimal_of(self.realised, 8)

    def market_value(self, price: int) -> int:
        """Cash units that the holding is worth at so many price units; negative when short."""
        return self.scale.cash(price, self.units)

    def unrealised(self, price: int) -> int:
        """Cash units that closing at so many price units would earn, before costs."""
        return self.market_value(price) - self.cost
