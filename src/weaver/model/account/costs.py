"""What trading costs: commission, slippage, what holding costs, and how much of a bar's volume one may take."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.model.account.funding import FundingRates
from weaver.model.errors import InputError, InvalidOrder
from weaver.model.market.instrument import AssetClass
from weaver.model.numbers.money import (
    CASH_DECIMALS,
    CASH_ONE,
    FITS,
    divide_half_even,
    divide_half_even_all,
    exact,
    plain,
)
from weaver.model.numbers.scale import Scale

Ints = NDArray[np.int64]
ZERO = Decimal(0)
WHOLE_BPS = 10_000
"""All of a price or a value, in basis points."""
SIGNIFICANT_DIGITS = 8
"""How many digits of a price after slippage are kept at least."""
SIGNIFICANT_FROM = 10 ** (SIGNIFICANT_DIGITS - 1)
"""A price of so many times 1e-8 has them with 1e-8 as its last."""
ROUNDING_MAX = 1e-7
YEARLY_MAX = 10
"""The most that borrowing can cost a year, as a share: a thousand percent."""
_TENS = 10 ** np.arange(19, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Basis points of value, amounts per unit or order, ticks; `max_participation` is a share of bar volume.

    `borrow_rate` (on what is short) and `margin_rate` (on borrowed cash) are shares a year, 0.05 for 5 %.
    """

    commission_bps: Decimal = ZERO
    commission_per_share: Decimal = ZERO
    commission_minimum: Decimal = ZERO
    slippage_bps: Decimal = ZERO
    slippage_ticks: Decimal = ZERO
    half_spread_bps: Decimal = ZERO
    max_participation: Decimal | None = None
    maker_bps: Decimal = ZERO
    taker_bps: Decimal = ZERO
    borrow_rate: Decimal = ZERO
    margin_rate: Decimal = ZERO
    funding: FundingRates | None = None

    @property
    def charges_shorts(self) -> bool:
        """Whether holding short costs something, or is settled by funding."""
        return bool(self.borrow_rate) or self.funding is not None

    @property
    def charges_holding(self) -> bool:
        """Whether anything is charged for what is held or borrowed."""
        return bool(self.margin_rate) or self.charges_shorts

    @classmethod
    def parse(cls, given: "str | Mapping[str, Any] | Costs | None", *, asset_class: AssetClass) -> "Costs":
        """A preset's name, alone or with keys to change of it (`fx,commission_bps=1`); `key=value,…` or a mapping of
        keys, which are all that there is; None: the preset of the class. Raises InputError.

        Those of several symbols are read by `CostsGiven`.
        """
        if isinstance(given, Costs):
            return given
        if given is None:
            return PRESETS[PRESET_OF[asset_class]]
        if isinstance(given, str):
            if given in PRESETS:
                return PRESETS[given]
            given = written(given)
        if not isinstance(given, Mapping):
            raise InputError(
                f"costs are a preset's name ({', '.join(PRESETS)}) or a mapping of keys, not {given!r:.60}"
            )
        costs = cls.described(given)
        if all(value is None for value in given.values()):
            raise InputError('costs: no key is given: leave costs out for the asset class\'s preset, or write "none"')
        costs._check()
        return costs

    @classmethod
    def described(cls, keys: Mapping[str, Any]) -> "Costs":
        """The costs of which `describe` gives these keys: without any, none. Raises InputError."""
        known = [field.name for field in fields(cls)]
        values: dict[str, Any] = {}
        for key, value in keys.items():
            if key not in known:
                raise InputError(f"costs: unknown key {key!r}; known: {', '.join(known)}")
            if value is not None:
                values[key] = FundingRates.parse(value) if key == "funding" else _amount(key, value)
        return cls(**values)

    def _check(self) -> None:
        """Raises InputError for costs that leave nothing of a trade."""
        adverse, share = self.slippage_bps + self.half_spread_bps, self.max_participation
        if adverse >= WHOLE_BPS:
            raise InputError(
                f"costs: slippage_bps and half_spread_bps come to {plain(adverse)}: they must be under "
                f"{WHOLE_BPS} together, which is the whole price"
            )
        for name in ("commission_bps", "maker_bps", "taker_bps"):
            if getattr(self, name) >= WHOLE_BPS:
                raise InputError(
                    f"costs: {name} must be under {WHOLE_BPS}, which is all that a fill is worth, "
                    f"not {plain(getattr(self, name))}"
                )
        if self.commission_bps and (self.maker_bps or self.taker_bps):
            raise InputError(
                "costs: commission_bps is what every fill pays: give it, or maker_bps and taker_bps, not both"
            )
        for name in ("borrow_rate", "margin_rate"):
            if getattr(self, name) > YEARLY_MAX:
                raise InputError(
                    f"costs: {name} is a share a year, 0.05 for 5 %, at most {YEARLY_MAX}, "
                    f"not {plain(getattr(self, name))}"
                )
        if share is not None and share > 1:
            raise InputError(f"costs: max_participation is a share of volume, at most 1, not {plain(share)}")
        if share is not None and not share:
            raise InputError("costs: max_participation must be above 0, not 0: leave it out to set no bound")

    def describe(self) -> dict[str, str]:
        """The keys that are set, as decimal strings."""
        found = {f.name: value for f in fields(self) if (value := getattr(self, f.name)) != f.default}
        return {
            name: value.text() if isinstance(value, FundingRates) else format(value, "f")
            for name, value in found.items()
        }


def in_words(described: Mapping[str, str]) -> dict[str, str]:
    """What `Costs.describe` gives, in a form to be shown: of funding how many rates there are."""
    return {key: f"{value.count('=')} rates" if key == "funding" else value for key, value in described.items()}


def _amount(key: str, value: Any) -> Decimal:
    try:
        amount = exact(value, name=f"costs: {key}")
    except InvalidOrder as error:
        raise InputError(str(error)) from error
    if amount < 0:
        raise InputError(f"costs: {key} must be 0 or more, not {value}")
    return amount


PRESETS: Mapping[str, Costs] = {
    "none": Costs(),
    "alpaca-stocks": Costs(slippage_bps=Decimal(1), half_spread_bps=Decimal(1)),
    "alpaca-crypto": Costs(commission_bps=Decimal(25), slippage_bps=Decimal(2), half_spread_bps=Decimal(3)),
    "fx": Costs(slippage_bps=Decimal("0.1"), half_spread_bps=Decimal("0.5")),
    "futures": Costs(commission_bps=Decimal("0.2"), slippage_bps=Decimal("0.5"), half_spread_bps=Decimal("0.5")),
}
PRESET_OF: Mapping[AssetClass, str] = {
    AssetClass.STOCK: "alpaca-stocks",
    AssetClass.CRYPTO: "alpaca-crypto",
    AssetClass.FX: "fx",
    AssetClass.FUTURE: "futures",
}


def decimals_after_slippage(costs: Costs, ticks: tuple[Decimal, Decimal], low: Decimal, high: Decimal) -> int:
    """The most decimals that a price between `low` and `high` can be rounded to after slippage.

    `ticks`: those of prices from 1 on and under 1.
    """
    with localcontext(prec=100):
        adverse = (costs.slippage_bps + costs.half_spread_bps) / WHOLE_BPS
        if not (adverse or costs.slippage_ticks):
            return 0
        sold = [low * (1 - adverse) - costs.slippage_ticks * ticks[low < 1]]
        if low < 1 <= high:
            sold.append(1 - adverse - costs.slippage_ticks * ticks[0])
        left = Decimal(1).scaleb(min(low.adjusted() - SIGNIFICANT_DIGITS + 1, -CASH_DECIMALS))
        return max(CASH_DECIMALS, SIGNIFICANT_DIGITS - 1 - max(left, min(sold)).adjusted())


def written(text: str) -> dict[str, Any]:
    """`key=value,…`, or a preset with such, taken apart. Raises InputError."""
    if "=" not in text:
        raise InputError(f"costs {text!r}: not a preset ({', '.join(PRESETS)}) nor key=value,…")
    first, _, keys = text.partition(",")
    preset = PRESETS.get(first.strip())
    if preset is not None:  # with some keys changed
        return {**preset.describe(), **(written(keys) if keys else {})}
    found: dict[str, Any] = {}
    for part in text.split(","):
        key, _, value = (piece.strip() for piece in part.partition("="))
        if key in found:
            raise InputError(f"costs: {key} is given twice")
        if part.strip():
            found[key] = value
    return found


class CostModel:
    """The costs of one instrument, as integer arithmetic on its units. Commissions are those of takers; `maker` has the
    ones of orders that rested, and is the model itself where they are the same."""

    __slots__ = (
        "_bps", "_divisor", "_each", "_per_unit", "_rate", "_slip_divisor", "_slip_fixed", "_slip_fixed_under_one",
        "_slip_one", "_slip_rate", "_step", "free", "is_by_liquidity", "maker", "max_participation", "minimum", "scale",
        "slips",
    )  # fmt: skip

    def __init__(self, costs: Costs, scale: Scale) -> None:
        self.scale = scale
        self._rate = Fraction(costs.commission_bps + costs.taker_bps) / WHOLE_BPS
        self._each = Fraction(costs.commission_per_share) * CASH_ONE / scale.quantity_one
        value_to_cash = self._rate * scale.notional_factor / scale.notional_divisor
        self._divisor = value_to_cash.denominator * self._each.denominator
        self._bps = value_to_cash.numerator * self._each.denominator
        self._per_unit = self._each.numerator * value_to_cash.denominator
        self.minimum = round(Fraction(costs.commission_minimum) * CASH_ONE)
        adverse = (Fraction(costs.slippage_bps) + Fraction(costs.half_spread_bps)) / WHOLE_BPS
        ticks = Fraction(costs.slippage_ticks)
        self._step = scale.price_one // CASH_ONE  # price units in 1e-8
        self._slip_one = adverse.denominator * ticks.denominator
        self._slip_rate = adverse.numerator * ticks.denominator
        self._slip_fixed = ticks.numerator * adverse.denominator * scale.tick
        self._slip_fixed_under_one = ticks.numerator * adverse.denominator * scale.tick_under_one
        self._slip_divisor = self._slip_one * self._step
        self.slips = bool(adverse or ticks)
        self.free = not (self._bps or self._per_unit)
        self.max_participation = costs.max_participation
        self.is_by_liquidity = costs.maker_bps != costs.taker_bps
        """Whether it makes a difference who came to whom."""
        as_taker = replace(costs, taker_bps=costs.maker_bps)
        self.maker: CostModel = CostModel(as_taker, scale) if self.is_by_liquidity else self

    def slipped(self, price: int, *, sign: int, limit: int | None) -> int:
        """`price` made worse, never past `limit`; all in price units.

        It is rounded to 1e-8 or eight significant digits, whichever is finer, but never to a better price; one such
        step of `price` is always left.
        """
        fixed = self._slip_fixed if price >= self.scale.price_one else self._slip_fixed_under_one
        worse = price * self._slip_one + sign * (price * self._slip_rate + fixed)
        units = self._rounded(worse)
        if sign * units < sign * price:
            units = price
        if limit is not None and sign * units > sign * limit:
            units = limit
        return max(units, self._step_at(price))

    def _rounded(self, worse: int) -> int:
        """`worse` ÷ `_slip_one` price units, rounded."""
        if self._step == 1:
            return divide_half_even(worse, self._slip_divisor)
        step = self._step_at(worse // self._slip_one)
        return divide_half_even(worse, self._slip_one * step) * step

    def _step_at(self, price: int) -> int:
        """What a price after slippage is rounded to, by its size; in price units."""
        if price >= SIGNIFICANT_FROM * self._step:
            return self._step
        digits = len(str(price)) if price > 0 else 0
        step: int = 10 ** max(digits - SIGNIFICANT_DIGITS, 0)
        return step

    def computed(self, price: int, quantity: int) -> int:
        """The commission of a fill of `quantity` > 0 units by itself, in cash units."""
        if self.free:
            return 0
        return divide_half_even(price * quantity * self._bps + quantity * self._per_unit, self._divisor)

    def due(self, total_computed: int, paid: int) -> int:
        """What a fill is charged, the order's computed commissions summing to `total_computed` with it."""
        return max(self.minimum, total_computed) - paid

    def slipped_all(self, prices: Ints, signs: Ints) -> Ints | None:
        """`slipped` of many, without limits; None where int64 might not hold a step of it."""
        most = int(prices.max()) * (self._slip_one + self._slip_rate) + self._slip_fixed
        if max(most, self._slip_divisor) >= FITS:
            return None
        fixed: int | Ints = self._slip_fixed
        if self._slip_fixed_under_one != self._slip_fixed:
            fixed = np.where(prices >= self.scale.price_one, self._slip_fixed, self._slip_fixed_under_one)
        worse = prices * self._slip_one + signs * (prices * self._slip_rate + fixed)
        if self._step == 1:
            least: int | Ints = 1
            rounded = divide_half_even_all(worse, self._slip_divisor)
        else:
            least, steps = self._steps_at(prices), self._steps_at(worse // self._slip_one)
            rounded = divide_half_even_all(worse, self._slip_one * steps) * steps
        slipped: Ints = np.where(signs > 0, np.maximum(rounded, prices), np.minimum(rounded, prices))
        return np.maximum(slipped, least)

    def _steps_at(self, prices: Ints) -> Ints:
        """`_step_at` of many."""
        digits = np.searchsorted(_TENS, prices, side="right")
        steps: Ints = np.minimum(_TENS[np.maximum(digits - SIGNIFICANT_DIGITS, 0)], self._step)
        return steps

    def due_all(self, prices: Ints, quantities: Ints) -> Ints | None:
        """What many orders are charged, each filled whole at once; None where int64 might not hold a step of it."""
        if self.free:
            return np.full(len(prices), self.minimum, dtype=np.int64)
        common = int(np.gcd.reduce(quantities))
        shared = gcd(common, self._divisor)
        parts, factor = quantities // common, common // shared
        most = int(prices.max()) * self._bps + self._per_unit
        if max(most * int(parts.max()) * factor, self._divisor // shared, self.minimum) >= FITS:
            return None
        terms = (prices * self._bps + self._per_unit) * (parts * factor)
        due: Ints = np.maximum(divide_half_even_all(terms, self._divisor // shared), self.minimum)
        return due

    @property
    def most(self) -> tuple[float, float]:
        """What a unit bought at 1.0 costs at most in all, the minimum aside: times its price, and by quantity unit.

        The second is in cash units. Rounding moves a price by less than `ROUNDING_MAX` of it. A unit sold brings at
        least 2 − the first.
        """
        rate, slip = float(self._rate), self._slip_rate / self._slip_one + (ROUNDING_MAX if self.slips else 0.0)
        moved = max(self._slip_fixed, self._slip_fixed_under_one) / self._slip_one
        moved *= self.scale.notional_factor / self.scale.notional_divisor
        return (1 + slip) * (1 + rate), moved * (1 + rate) + float(self._each)

    def capacity(self, volume: float) -> int:
        """Quantity units that `max_participation` allows of a bar's volume, cut down."""
        assert self.max_participation is not None
        return int(Fraction(Decimal(repr(volume))) * Fraction(self.max_participation) * self.scale.quantity_one)
