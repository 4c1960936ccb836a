"""What is known of orders, and what is news."""

from datetime import UTC, datetime
from decimal import Decimal

from weaver.model.orders.actions import Side
from weaver.veda.adapters.alpaca.known_orders import ORDERS_MAX, KnownOrders
from weaver.veda.adapters.alpaca.wire.orders import order_of
from weaver.veda.exchange.orders import OrderUpdate, VenueFill, VenueOrder

NOW = datetime(2024, 3, 4, 15, tzinfo=UTC)


def order(status: str = "new", *, identifier: str = "a", filled: str = "0", **fields: object) -> VenueOrder:
    record = {"id": identifier, "status": status, "filled_qty": filled, "qty": "2", "side": "buy", "symbol": "X"}
    found = order_of({**record, **fields})
    assert found is not None
    return found


def fill(execution: str, cumulative: str | None, identifier: str = "a") -> VenueFill:
    return VenueFill(
        execution_id=execution,
        venue_order_id=identifier,
        symbol="X",
        side=Side.BUY,
        quantity=Decimal(1),
        price=Decimal(10),
        cumulative_quantity=None if cumulative is None else Decimal(cumulative),
        time=NOW,
    )


def update(of: VenueOrder, filled: VenueFill | None = None) -> OrderUpdate:
    return OrderUpdate(order=of, event="fill" if filled else "new", fill=filled, time=NOW)


def test_answer_that_an_update_overtook_changes_nothing() -> None:
    known = KnownOrders()
    known.tell(update(order("filled", filled="2"), fill("e1", "2")))
    known.note([order("new")])
    assert known.working() == []
    found = known.find("a")
    assert found is not None
    assert found.filled_quantity == 2


def test_legs_are_known_with_their_parent() -> None:
    known = KnownOrders()
    known.note([order(legs=[{"id": "leg", "status": "held"}])])
    assert [one.venue_id for one in known.working()] == ["a", "leg"]


def test_order_is_news_until_an_update_has_told_it() -> None:
    known = KnownOrders()
    known.note([order("new")])
    assert known.is_news(order("new"))
    known.tell(update(order("new")))
    assert not known.is_news(order("new"))
    assert known.is_news(order("canceled"))
    assert known.is_news(order("new", replaced_by="b"))


def test_execution_is_new_once_and_cumulative_quantity_decides_where_ids_differ() -> None:
    known = KnownOrders()
    assert known.is_new_fill(fill("e1", "1"))
    known.tell(update(order("partially_filled", filled="1"), fill("e1", "1")))
    assert not known.is_new_fill(fill("e1", "1"))
    assert not known.is_new_fill(fill("another id of it", "1"))
    assert known.is_new_fill(fill("e2", "2"))
    assert known.is_new_fill(fill("e3", None))


def test_working_orders_are_never_forgotten() -> None:
    known = KnownOrders()
    known.note([order(identifier="first")])
    known.note([order("filled", identifier=f"o{number}", filled="2") for number in range(ORDERS_MAX + 5)])
    assert [one.venue_id for one in known.working()] == ["first"]
    assert known.find("o0") is None
    assert known.find(f"o{ORDERS_MAX}") is not None
