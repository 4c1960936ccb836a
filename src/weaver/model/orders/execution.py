"""An execution: so much of an order filled on a bar, in whole units."""

from typing import NamedTuple

from weaver.model.market.session_bar import SessionBar
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order

AT_OPEN, INSIDE, AT_CLOSE, AT_END = 0, 1, 2, 3
"""Where in its bar an order fills; AT_END: at the close of a bar that may be long past, as the run ends."""


class Execution(NamedTuple):
    """Prices in price units, quantities in quantity units, amounts in cash units."""

    order: Order
    units: int
    """Above 0: the order has the sign."""
    market: int
    """The price before slippage."""
    price: int
    commission: int
    bar: SessionBar
    place: int
    """AT_OPEN, INSIDE, AT_CLOSE or AT_END."""
    notes: tuple[str, ...]
    is_maker: bool
    """The order rested, and others came to it."""

    @property
    def slippage(self) -> int:
        """What a unit lost to it."""
        return self.order.sign * (self.price - self.market)

    def as_fill(self) -> Fill:
        """The fill that it is to whoever placed the order."""
        return Fill.of(
            self.order,
            units=self.units,
            price=self.price,
            slippage=self.slippage,
            commission=self.commission,
            time=self.bar.opened if self.place == AT_OPEN else self.bar.end,
            bar_time=self.bar.start,
            notes=self.notes,
        )
