"""The ratio of a split, exactly: `4`, `3:2`, `1/3`, `0.333333`."""

import re
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from weaver.model.errors import InputError, InvalidOrder
from weaver.model.numbers.money import Number, exact, plain

_OVER = re.compile(r"([^:/]+?) *(?:[:/]|[- ]for[- ]) *([^:/]+)").fullmatch
DIGITS_MAX = 100
"""Of a ratio as it is written: more say nothing, and cost time."""
FLOAT_DIGITS = 15
"""A float's digits after these are not its own."""
CHANCE = 20
"""How much denser than fractions as simple as the one that is meant the decimals of that length must lie."""

SMALL = 12
"""Up to this denominator a fraction that is not 1 over something may be meant by two or three decimals."""


def split_ratio(value: Fraction | Number) -> Fraction:
    """New shares for an old one, as `value` says: a number, or new over old as `3:2`, `1/3` or `3-for-2`.

    A decimal that is evidently a fraction, cut or rounded, is that fraction (see `_meant`). Raises InputError for what
    is no number above 0.
    """
    if isinstance(value, Fraction):
        ratio = value
    elif isinstance(value, str) and (parts := _OVER(value.strip().lower())):
        new, old = (_number(part, value) for part in parts.groups())
        if not old:
            raise InputError(f"{value!r} is no ratio: it is over 0")
        ratio = Fraction(new) / Fraction(old)
    else:
        ratio = _meant(_number(value, value))
    if ratio <= 0:
        raise InputError(f"a ratio must be above 0, not {value}")
    return ratio


def ratio_text(ratio: Fraction) -> str:
    """The ratio as `split_ratio` reads it back: `4`, `1.5`; `1/3` where it is no finite decimal."""
    rest = ratio.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    text = "" if rest > 1 else plain(Decimal(ratio.numerator) / ratio.denominator)
    return text if text and _reads_back(text, ratio) else f"{ratio.numerator}/{ratio.denominator}"


def may_be_rounded_from(ratio: Fraction) -> Fraction | None:
    """The simple fraction, 1/n or one with a small denominator, that a ratio of few decimals may be the rounding of.

    Of 0.33 it is 1/3, of 0.067 1/15, and of 1.67 5/3; None of what was said as a fraction, or is simple itself.
    """
    text = ratio_text(ratio)
    if "/" in text or ratio.denominator == 1:
        return None
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    last = Fraction(10) ** exponent
    old = int(1 / ratio)
    found = [Fraction(1, one) for one in (old, old + 1) if one]
    found.append(ratio.limit_denominator(max(1, min(SMALL, isqrt(int(1 / (10 * last)))))))
    near = [one for one in found if one.denominator > 1 and ratio - last / 2 <= one < ratio + last]
    simple = min(near, key=lambda one: abs(one - ratio), default=ratio)
    return None if simple == ratio else simple


def _reads_back(text: str, ratio: Fraction) -> bool:
    return Fraction(text) == ratio == _meant(Decimal(text))


def _number(text: Number, whole: Number) -> Decimal:
    if isinstance(text, str) and len(text) > DIGITS_MAX:
        raise InputError(f"{text[:DIGITS_MAX]!r}… is too long for a ratio: at most {DIGITS_MAX} characters")
    try:
        number = exact(text, name="a ratio")
    except InvalidOrder as error:
        raise InputError(f"{whole!r} is no ratio: write 4, 1.5, 3:2 or 1/3 (new shares over old ones)") from error
    if abs(number.adjusted()) > DIGITS_MAX:
        raise InputError(f"{whole!r} is no ratio: its number is out of all bounds")
    return number


def _meant(number: Decimal) -> Fraction:
    """The fraction that becomes `number` when it is cut or rounded to its decimals, if one is evidently meant.

    Evident: the square of its denominator, times `CHANCE`, is at most what the decimals can tell apart; then no other
    one as simple comes near. So 0.333333 is 1/3 and 0.143 is 1/7, but 1.231 stays 1231/1000 though 16/13 rounds to it.
    """
    said = Fraction(number)
    if said <= 0 or said.denominator == 1:
        return said
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    last_of_float = number.adjusted() - FLOAT_DIGITS + 1
    last = Fraction(10) ** max(exponent, last_of_float)
    denominator_max = isqrt(int(1 / (CHANCE * last)))
    if not denominator_max:
        return said
    simple = said.limit_denominator(denominator_max)
    below = last if exponent < last_of_float else last / 2
    return simple if said - below <= simple < said + last else said
