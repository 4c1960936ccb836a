"""An order that filled whole in one go, of which nothing but that is known until somebody asks."""

from typing import ClassVar, Protocol

from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderEvent, OrderStatus, transition


class Worths(Protocol):
    """Who knows what such orders came to."""

    def worth(self, order: Order) -> int:
        """What it came to, in price units x quantity units."""


class FilledWhole(Order):
    """What an order becomes when it fills a short way: how far it has filled, and for what, follows from that."""

    __slots__ = ()
    worths: ClassVar[Worths]
    status = transition(transition(OrderStatus.PENDING, OrderEvent.ACCEPT), OrderEvent.FILL_REST)

    @property
    def filled(self) -> int:  # type: ignore[override]
        return self.units

    @property
    def value(self) -> int:  # type: ignore[override]
        return self.worths.worth(self)

    def __reduce__(self) -> tuple[object, ...]:
        # Away from its run it is an order like any other.
        return Order, (self.number, self.scale, self.sign, self.units, self.placed), self.__getstate__()


def filled_whole(worths: Worths) -> type[FilledWhole]:
    """Those of one run."""
    return type("FilledWhole", (FilledWhole,), {"__slots__": (), "worths": worths})
