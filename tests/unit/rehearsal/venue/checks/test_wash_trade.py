"""Which pairs of orders could trade with each other."""

from decimal import Decimal

import pytest

from tests.rehearsals.by_hand import stock
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.venue.checks.wash_trade import check_wash_trade
from weaver.rehearsal.venue.tickets.status import Status
from weaver.rehearsal.venue.tickets.terms import Terms
from weaver.rehearsal.venue.tickets.ticket import Ticket


def terms(side: str, kind: str, price: int = 0, order_class: str = "simple") -> Terms:
    return Terms(
        symbol="AAPL",
        side=Side(side),
        type=OrderType(kind),
        tif=TimeInForce.GTC,
        qty=Decimal(1),
        limit_price=Decimal(price) if "limit" in kind else None,
        stop_price=Decimal(price) if "stop" in kind else None,
        order_class=OrderClass(order_class),
    )


def clash(new: Terms, resting: Terms) -> bool:
    ticket = Ticket(
        id="old", number=1, client_order_id="x", asset=stock("AAPL"), terms=resting, status=Status.NEW, now=0
    )
    try:
        check_wash_trade(new, [ticket])
    except Refused as refused:
        assert refused.extra == {"existing_order_id": "old"}
        return True
    return False


@pytest.mark.parametrize(
    ("new", "resting", "is_clash"),
    [
        (("buy", "limit", 100), ("sell", "limit", 100), True),
        (("buy", "limit", 99), ("sell", "limit", 100), False),
        (("sell", "limit", 99), ("buy", "limit", 100), True),
        (("sell", "limit", 101), ("buy", "limit", 100), False),
        (("buy", "market"), ("sell", "limit", 500), True),
        (("buy", "limit", 1), ("sell", "market"), True),
        (("buy", "limit", 1), ("sell", "stop", 90), True),
        (("sell", "stop", 90), ("buy", "limit", 1), True),
        (("buy", "stop", 110), ("sell", "stop", 90), False),
        (("buy", "limit", 100), ("buy", "market"), False),
        (("buy", "trailing_stop"), ("sell", "market"), False),
        (("buy", "market", 0, "bracket"), ("sell", "limit", 100), False),
        (("buy", "market"), ("sell", "limit", 100, "oco"), False),
    ],
)
def test_orders_on_both_sides(new: tuple[str, str], resting: tuple[str, str], is_clash: bool) -> None:
    assert clash(terms(*new), terms(*resting)) is is_clash
