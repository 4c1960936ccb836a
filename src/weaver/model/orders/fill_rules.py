"""When a bar fills an order, and at what price before slippage: the scalar form of the fill rules.

Prices are anything exact that compares (integer units, Decimal). `sign` is +1 for a buy, −1 for a sell; a sell is the
mirror image of a buy, so each comparison is made on prices multiplied by the sign. Text: docs/architecture/greta.md.
"""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeVar

from weaver.model.orders.actions import OrderType

Price = TypeVar("Price", int, Decimal)


class Touch(NamedTuple):
    """What a bar does to an order: a price to fill at (or None), and whether its stop has triggered by now."""

    price: int | Decimal | None
    triggered: bool


UNTOUCHED, TRIGGERED = Touch(None, False), Touch(None, True)
LIMITED = (OrderType.LIMIT, OrderType.STOP_LIMIT)


def touch_at_open(
    order_type: OrderType, sign: int, limit: Price | None, stop: Price | None, triggered: bool, open_: Price
) -> Touch:
    """What the first price of a bar does."""
    if stop is not None and not triggered:
        if sign * open_ < sign * stop:
            return UNTOUCHED
        triggered = True
    if order_type in LIMITED:
        assert limit is not None
        if sign * open_ > sign * limit:
            return TRIGGERED if triggered else UNTOUCHED
    return Touch(open_, triggered)


def touch_inside(
    order_type: OrderType,
    sign: int,
    limit: Price | None,
    stop: Price | None,
    triggered: bool,
    bar: tuple[Price, Price, Price, Price],
) -> Touch:
    """What the rest of a bar (open, high, low, close) does, after its open had its chance."""
    open_, high, low, close = bar
    best, worst = (low, high) if sign > 0 else (high, low)
    if stop is not None and not triggered:
        if sign * worst < sign * stop:
            return UNTOUCHED
        triggered, at_start = True, sign * open_ >= sign * stop
        if order_type is not OrderType.STOP_LIMIT:
            return Touch(open_ if at_start else stop, True)
        assert limit is not None
        if not at_start:  # what the bar did before it triggered cannot fill it: only the close is known to come after
            if sign * stop <= sign * limit:
                return Touch(stop, True)
            return Touch(limit if sign * close <= sign * limit else None, True)
    if order_type in LIMITED:
        assert limit is not None
        if sign * best <= sign * limit:
            return Touch(open_ if sign * open_ <= sign * limit else limit, triggered)
    return TRIGGERED if triggered else UNTOUCHED  # a market order has the open only


def price_as_triggered(sign: int, stop: Price, open_: Price) -> Price:
    """Where the market stood as a bar triggered a stop inside: at it, or beyond it from the start."""
    return open_ if sign * open_ >= sign * stop else stop


def price_away(worth: int, units: int, *, direction: int, percent: Decimal) -> tuple[int, int]:
    """Numerator and divisor of the price so many percent above (+1) or below (−1) the average of `units` that came to
    `worth`, before rounding."""
    numerator, denominator = percent.as_integer_ratio()
    return worth * (100 * denominator + direction * numerator), units * 100 * denominator


def trailing_level(mark: int | Fraction, *, sign: int, trail: int | None, percent: Decimal | None) -> tuple[int, int]:
    """Numerator and divisor of a trailing stop's level, before rounding: above the mark for a buy, below for a sell."""
    if percent is None:
        assert trail is not None
        return mark.numerator + sign * trail * mark.denominator, mark.denominator
    numerator, denominator = percent.as_integer_ratio()
    return mark.numerator * (100 * denominator + sign * numerator), mark.denominator * 100 * denominator
