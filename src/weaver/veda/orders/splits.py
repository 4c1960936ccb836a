"""What a split does to an order of ours."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from weaver.model.market.instrument import Instrument
from weaver.model.numbers.money import decimal_of, plain
from weaver.model.numbers.scale import Scale
from weaver.veda.orders.live_order import LiveOrder

PRICE_DECIMALS = 16


def split_prices(order: LiveOrder, ratio: Fraction, instrument: Instrument) -> LiveOrder:
    """An order with its prices on the scale after a split, each at the nearest tick."""
    move = _mover(instrument.scale(price_decimals=PRICE_DECIMALS), ratio)
    return replace(order, limit=move(order.limit), stop=move(order.stop), trail=move(order.trail))


def split_rest(order: LiveOrder, ratio: Fraction, lot: Decimal) -> LiveOrder:
    """An order with what is left of it on that scale, cut down to the lot."""
    return replace(order, quantity=order.filled + split_quantity(order.remaining, ratio, lot))


def split_quantity(quantity: Decimal, ratio: Fraction, lot: Decimal) -> Decimal:
    """So much after a split, cut down to the lot."""
    exact = Fraction(quantity) * ratio
    return exact // Fraction(lot) * lot


def _mover(scale: Scale, ratio: Fraction) -> Callable[[Decimal | None], Decimal | None]:
    def move(price: Decimal | None) -> Decimal | None:
        if price is None:
            return None
        exact = Fraction(price) * scale.price_one / ratio
        ticks = scale.nearest_tick(exact.numerator, exact.denominator)
        return Decimal(plain(decimal_of(ticks, scale.price_decimals)))

    return move
