"""Orders, executions and updates as Alpaca writes them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.adapters.alpaca.wire.orders import fill_of_activity, order_of, orders_of, remaining, update_of

NOW = datetime(2024, 3, 4, 15, tzinfo=UTC)
# As Alpaca's documentation shows one, with a leg; numbers are texts, times have nanoseconds.
BRACKET = {
    "id": "904837e3-3b76-47ec-b432-046db621571b",
    "client_order_id": "run-7",
    "created_at": "2024-03-04T14:31:00.123456789Z",
    "updated_at": "2024-03-04T14:31:02Z",
    "submitted_at": "2024-03-04T09:31:00.5-05:00",
    "filled_at": None,
    "symbol": "AAPL",
    "asset_class": "us_equity",
    "notional": None,
    "qty": "15",
    "filled_qty": "5",
    "filled_avg_price": "106.00",
    "order_class": "bracket",
    "order_type": "limit",
    "type": "limit",
    "side": "buy",
    "time_in_force": "gtc",
    "limit_price": "107.00",
    "stop_price": None,
    "status": "partially_filled",
    "extended_hours": False,
    "legs": [
        {
            "id": "leg-1",
            "client_order_id": "venue-made",
            "symbol": "AAPL",
            "asset_class": "us_equity",
            "qty": "15",
            "filled_qty": "0",
            "order_class": "bracket",
            "type": "stop",
            "side": "sell",
            "time_in_force": "gtc",
            "stop_price": "99.5",
            "status": "held",
            "extended_hours": False,
        },
    ],
}


def test_order_is_read_with_its_legs() -> None:
    order = order_of(BRACKET)
    assert order is not None
    assert (order.venue_id, order.client_order_id, order.symbol) == (BRACKET["id"], "run-7", "AAPL")
    assert (order.side, order.order_type, order.order_class) == (Side.BUY, OrderType.LIMIT, OrderClass.BRACKET)
    assert (order.tif, order.asset_class, order.status) == (TimeInForce.GTC, AssetClass.STOCK, OrderStatus.PARTIAL)
    assert (order.quantity, order.filled_quantity, order.average_price) == (Decimal(15), Decimal(5), Decimal(106))
    assert order.created_at == datetime(2024, 3, 4, 14, 31, 0, 123456, tzinfo=UTC)
    assert [(leg.venue_id, leg.status, leg.stop, leg.limit) for leg in order.legs] == [
        ("leg-1", OrderStatus.PENDING, Decimal("99.5"), None)
    ]
    assert remaining(order) == Decimal(10)


def test_order_with_nothing_but_id_and_status_is_an_order() -> None:
    order = order_of({"id": "x", "status": "new"})
    assert order is not None
    assert (order.side, order.order_type, order.tif, order.quantity, order.created_at) == (None, None, None, None, None)
    assert remaining(order) == 0


@pytest.mark.parametrize("record", [{}, {"id": "x"}, {"status": "new"}, {"id": None, "status": None}])
def test_record_without_id_or_status_says_nothing(record: dict[str, object]) -> None:
    assert order_of(record) is None


def test_words_and_numbers_that_make_no_sense_are_none_and_stop_nothing() -> None:
    strange = {
        "side": "sideways",
        "type": "iceberg",
        "order_class": "mleg",
        "time_in_force": "gth",
        "qty": "NaN",
        "limit_price": "about 5",
        "created_at": "yesterday",
        "legs": "none",
        "asset_class": "us_option",
    }
    order = order_of({**BRACKET, **strange})
    assert order is not None
    assert (order.side, order.order_class, order.tif) == (None, None, None)
    assert order.order_type is OrderType.LIMIT  # the other of its two fields still says it
    assert (order.quantity, order.limit, order.created_at, order.legs, order.asset_class) == (
        None,
        None,
        None,
        (),
        None,
    )


def test_empty_order_class_is_simple() -> None:
    order = order_of({**BRACKET, "order_class": ""})
    assert order is not None
    assert order.order_class is OrderClass.SIMPLE


def test_replaced_order_is_over_and_names_the_other() -> None:
    order = order_of({**BRACKET, "status": "replaced", "replaced_by": "new-id", "replaced_at": "2024-03-04T15:00:00Z"})
    assert order is not None
    assert (order.status, order.replaced_by, order.ended_at) == (OrderStatus.CANCELLED, "new-id", NOW)
    assert remaining(order) == 0


def test_order_that_is_to_be_cancelled_still_works() -> None:
    order = order_of({**BRACKET, "status": "pending_cancel", "filled_qty": "0"})
    assert order is not None
    assert (order.status, order.is_cancel_asked, order.is_working) == (OrderStatus.ACCEPTED, True, True)


def test_lists_leave_out_what_says_nothing() -> None:
    assert [order.venue_id for order in orders_of([BRACKET, None, 5, {}, {"id": "y", "status": "new"}])] == [
        BRACKET["id"],
        "y",
    ]


ACTIVITY = {
    "activity_type": "FILL",
    "id": "20240304143102000::e1",
    "order_id": "o1",
    "symbol": "AAPL",
    "side": "sell",
    "qty": "2",
    "cum_qty": "5",
    "price": "10.5",
    "transaction_time": "2024-03-04T14:31:02Z",
}


def test_activity_is_a_fill_under_the_streams_execution_id() -> None:
    fill = fill_of_activity(ACTIVITY)
    assert fill is not None
    assert (fill.execution_id, fill.venue_order_id, fill.side) == ("e1", "o1", Side.SELL)
    assert (fill.quantity, fill.price, fill.cumulative_quantity) == (Decimal(2), Decimal("10.5"), Decimal(5))


@pytest.mark.parametrize("missing", ["id", "side", "qty", "price", "transaction_time"])
def test_activity_that_lacks_what_makes_a_fill_is_none(missing: str) -> None:
    assert fill_of_activity({**ACTIVITY, missing: None}) is None


def test_update_with_a_fill() -> None:
    data = {
        "event": "partial_fill",
        "execution_id": "e1",
        "order": BRACKET,
        "position_qty": "5",
        "price": "106",
        "qty": "5",
        "timestamp": "2024-03-04T14:31:02.5Z",
    }
    update = update_of(data, received=NOW)
    assert update is not None
    assert update.fill is not None
    assert (update.event, update.position, update.fill.quantity) == ("partial_fill", Decimal(5), Decimal(5))
    assert (update.fill.cumulative_quantity, update.time.microsecond) == (Decimal(5), 500_000)


def test_update_of_another_event_has_no_fill_and_the_orders_time() -> None:
    update = update_of({"event": "unheard_of", "order": BRACKET}, received=NOW)
    assert update is not None
    assert (update.fill, update.time) == (None, datetime(2024, 3, 4, 14, 31, 2, tzinfo=UTC))


@pytest.mark.parametrize("data", [{}, {"event": "fill"}, {"event": "fill", "order": None}, {"order": {"id": "x"}}])
def test_update_without_an_order_tells_nothing(data: dict[str, object]) -> None:
    assert update_of(data, received=NOW) is None
