"""Counting in integers: how many units of what make a price, a quantity and an amount of cash."""

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from weaver.model.errors import InvalidOrder
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import (
    FITS,
    Number,
    decimal_of,
    divide_half_even,
    divide_half_even_all,
    exact,
    plain,
    truncate,
    units_of,
)
from weaver.model.numbers.price_decimals import EXACT_BELOW

_SPARE_DECIMALS = 20
_SPARE: int = 10**_SPARE_DECIMALS
_AVERAGES = Context(prec=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The units of one instrument. Prices count 10^-price_decimals, quantities 10^-quantity_decimals, cash 1e-8."""

    symbol: str
    price_decimals: int
    quantity_decimals: int
    price_one: int
    quantity_one: int
    tick: int
    """That of prices from 1 on."""
    tick_under_one: int
    lot: int
    minimum: int
    least_whole: int
    """From this whole number on every whole quantity can be ordered as it is."""
    notional_divisor: int
    notional_factor: int = 1
    """price units x quantity units x the factor ÷ the divisor = cash units; in lowest terms."""
    multiplier: Decimal = Decimal(1)
    """What a unit of quantity is worth at a price of 1."""
    margin: int | None = None
    """Cash units that a whole unit of quantity ties up when it is entered; None: it is paid for."""
    maintenance_margin: int | None = None
    """Cash units that have to stand behind one that is held."""

    @property
    def per_cash(self) -> Fraction:
        """price units x quantity units that make one cash unit."""
        return Fraction(self.notional_divisor, self.notional_factor)

    def quantity(self, value: Number) -> int:
        """Units of an order's explicit quantity, cut down to the lot. Raises InvalidOrder at or under nothing."""
        number = exact(value, name=f"{self.symbol}: the quantity of an order")
        if number <= 0:
            raise InvalidOrder(f"{self.symbol}: the quantity of an order must be above 0, not {value}")
        units = truncate(units_of(number, self.quantity_decimals), self.lot)
        if units == 0:
            lot = decimal_of(self.lot, self.quantity_decimals)
            raise InvalidOrder(f"{self.symbol}: a quantity of {value} is less than one lot ({lot:f})")
        if units < self.minimum:
            least = decimal_of(self.minimum, self.quantity_decimals)
            raise InvalidOrder(f"{self.symbol}: a quantity of {value} is less than the minimum ({least:f})")
        return units

    def signed_quantity(self, value: Number) -> int:
        """Units of a target, either sign, cut toward zero to the lot. Raises InvalidOrder on what is no number."""
        if value.__class__ is int and not self.quantity_one % self.lot:
            return int(value) * self.quantity_one
        number = exact(value, name=f"{self.symbol}: a target")
        return truncate(units_of(number, self.quantity_decimals), self.lot)

    def limit_price(self, value: Number, *, sign: int) -> int:
        """Units of a limit, rounded to the tick away from filling: down for a buy (+1), up for a sell (−1)."""
        units = round(value * self.price_one) if value.__class__ is float and 0 < value < EXACT_BELOW else 0
        if 0 < units < EXACT_BELOW and units / self.price_one == value:
            counted, one = units, 1  # as in `_price`: nearly every limit is such a number
        else:
            counted, one = self._price(value, "limit price")
        tick = self.tick if counted >= self.price_one * one else self.tick_under_one
        price = counted * sign // (tick * one) * tick * sign
        if price <= 0:
            raise InvalidOrder(f"{self.symbol}: a limit price of {value} is under one tick ({self.text(tick)})")
        return price

    def stop_price(self, value: Number, *, name: str = "stop price") -> int:
        """Units of a stop or a trailing amount, at the nearest tick (half to even)."""
        counted, one = self._price(value, name)
        tick = self.tick_at(counted, one)
        price = divide_half_even(counted, tick * one) * tick
        if price <= 0:
            raise InvalidOrder(f"{self.symbol}: a {name} of {value} is under half a tick ({self.text(tick)})")
        return price

    def nearest_tick(self, numerator: int, divisor: int = 1) -> int:
        """`numerator / divisor` price units at the nearest tick, half to even, at least one tick."""
        tick = self.tick if numerator >= self.price_one * divisor else self.tick_under_one
        return max(divide_half_even(numerator, divisor * tick) * tick, tick)

    def limit_tick(self, numerator: int, divisor: int, *, sign: int) -> int:
        """A limit at `numerator / divisor` price units, rounded to the tick away from filling, at least one tick."""
        tick = self.tick_at(numerator, divisor)
        return max(numerator * sign // (divisor * tick) * tick * sign, tick)

    def tick_at(self, numerator: int, divisor: int = 1) -> int:
        """The tick that holds at a price of `numerator / divisor` units."""
        return self.tick if numerator >= self.price_one * divisor else self.tick_under_one

    def text(self, price: int) -> str:
        """A price as a decimal string."""
        return plain(decimal_of(price, self.price_decimals))

    def _price(self, value: Number, name: str) -> tuple[int, int]:
        """A price exactly, and how many of what it is counted in make a unit: many, where it is no whole number of
        units, so that rounding to the tick sees every digit a float can have."""
        if value.__class__ is float and 0 < value < EXACT_BELOW:
            one = self.price_one
            units = round(value * one)
            if 0 < units < EXACT_BELOW and units / one == value:
                return units, 1
        number = exact(value, name=f"{self.symbol}: the {name}")
        if number <= 0:
            raise InvalidOrder(f"{self.symbol}: the {name} of an order must be above 0, not {value}")
        return units_of(number, self.price_decimals + _SPARE_DECIMALS), _SPARE

    def cash(self, price: int, quantity: int) -> int:
        """Cash units of so many units at so many price units, half to even; the sign is the quantity's."""
        if self.notional_divisor == 1:
            return price * quantity * self.notional_factor
        return divide_half_even(price * quantity * self.notional_factor, self.notional_divisor)

    def tied(self, each: int, quantity: int) -> int:
        """Cash units that so many units tie up, at `each` a whole one, half to even; either side ties up the same."""
        return divide_half_even(each * abs(quantity), self.quantity_one)

    def cash_all(self, prices: NDArray[np.int64], quantities: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """`cash` of many, all > 0; None where int64 might not hold a step of it."""
        common = gcd(int(np.gcd.reduce(quantities)), self.notional_divisor)
        parts = quantities // common
        if int(parts.max()) * self.notional_factor >= FITS:
            return None
        parts = parts * self.notional_factor
        if max(int(prices.max()) * int(parts.max()), self.notional_divisor // common) >= FITS:
            return None
        return divide_half_even_all(prices * parts, self.notional_divisor // common)

    def price_decimal(self, units: int) -> Amount:
        """A price as a decimal."""
        return decimal_of(units, self.price_decimals)

    def average_price(self, worth: int | Fraction, units: int) -> Amount:
        """The price of each of so many units that came to `worth`, in price units x quantity units: exact where they
        had one price, else to 28 digits."""
        if isinstance(worth, int) and not worth % units:
            return self.price_decimal(worth // units)
        exact = Fraction(worth) / units
        if exact.denominator == 1:
            return self.price_decimal(exact.numerator)
        average = _AVERAGES.divide(Decimal(exact.numerator), Decimal(exact.denominator))
        return Amount(average.scaleb(-self.price_decimals, _AVERAGES))

    def quantity_decimal(self, units: int) -> Amount:
        """A quantity as a decimal."""
        return decimal_of(units, self.quantity_decimals)
