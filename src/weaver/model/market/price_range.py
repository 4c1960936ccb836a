"""Which prices there can be."""

from decimal import Decimal

from weaver.model.market.bars import Bars
from weaver.model.numbers.money import PRICE_LIMIT, PRICE_MIN


def price_doubt(bars: Bars) -> str | None:
    """What is wrong with bars whose prices are smaller or larger than any run can keep; None: nothing."""
    if not len(bars):
        return None
    low, high = (Decimal(repr(float(price))) for price in (bars.low.min(), bars.high.max()))
    if PRICE_MIN <= low <= high < PRICE_LIMIT:
        return None
    return (
        f"the prices of its bars go from {low} to {high}, and only those from {PRICE_MIN} to under {PRICE_LIMIT} can "
        "be kept: multiply the prices by a power of ten, and divide the volume by it"
    )
