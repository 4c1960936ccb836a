"""Lists of orders, of activities and of what the account was worth."""

from datetime import UTC, datetime, timedelta

import pytest
from alpaca.common.enums import Sort
from alpaca.trading.enums import QueryOrderStatus
from alpaca.trading.requests import (
    GetOrdersRequest,
    GetPortfolioHistoryRequest,
    LimitOrderRequest,
    MarketOrderRequest,
)

from tests.rehearsals.served import Served


def resting(exchange: Served, count: int, symbol: str = "AAPL") -> list[str]:
    """So many orders that nothing fills, by client id, oldest first."""
    ids = [f"{symbol}-{number}" for number in range(count)]
    for id in ids:
        exchange.sdk.submit_order(
            LimitOrderRequest(symbol=symbol, qty=1, side="buy", time_in_force="gtc", limit_price=10, client_order_id=id)
        )
    return ids


def listed(exchange: Served, **query: object) -> list[str]:
    return [order.client_order_id for order in exchange.sdk.get_orders(GetOrdersRequest(**query))]


def test_list_is_of_fifty_open_orders_newest_first_unless_told_otherwise(exchange: Served) -> None:
    ids = resting(exchange, 52)
    assert listed(exchange) == ids[::-1][:50]
    assert listed(exchange, limit=500) == ids[::-1]
    assert listed(exchange, limit=2, direction=Sort.ASC) == ids[:2]


def test_list_pages_by_times_that_are_themselves_left_out(exchange: Served) -> None:
    ids = resting(exchange, 5)
    times = [order.submitted_at for order in exchange.sdk.get_orders(GetOrdersRequest(direction=Sort.ASC))]
    assert listed(exchange, after=times[1], direction=Sort.ASC) == ids[2:]
    assert listed(exchange, until=times[3], direction=Sort.ASC) == ids[:3]
    assert listed(exchange, after=times[0], until=times[4]) == ids[3:0:-1]


def test_pages_of_one_miss_no_leg(exchange: Served) -> None:
    exchange.sdk.submit_order(
        MarketOrderRequest(
            symbol="AAPL",
            qty=1,
            side="buy",
            time_in_force="day",
            order_class="bracket",
            take_profit={"limit_price": 120},
            stop_loss={"stop_price": 80},
        )
    )
    seen: list[str] = []
    until = None
    while page := exchange.sdk.get_orders(GetOrdersRequest(status=QueryOrderStatus.ALL, limit=1, until=until)):
        seen += [str(order.type.value) for order in page]
        until = page[-1].submitted_at
    assert seen == ["stop", "limit", "market"]


def test_list_by_state_symbol_and_side(exchange: Served) -> None:
    resting(exchange, 1), resting(exchange, 1, "MSFT")
    closed = exchange.sdk.get_order_by_client_id("MSFT-0")
    exchange.sdk.cancel_order_by_id(closed.id)
    assert listed(exchange) == ["AAPL-0"]
    assert listed(exchange, status=QueryOrderStatus.CLOSED) == ["MSFT-0"]
    assert listed(exchange, status=QueryOrderStatus.ALL) == ["MSFT-0", "AAPL-0"]
    assert listed(exchange, status=QueryOrderStatus.ALL, symbols=["MSFT"]) == ["MSFT-0"]
    assert listed(exchange, side="sell") == []


def test_pair_is_listed_by_either_name(exchange: Served) -> None:
    for body in ({"symbols": "BTC/USD"}, {"symbols": "BTCUSD"}):
        assert exchange.http.get("/v2/orders", params=body).json() == []
    exchange.sdk.submit_order(
        LimitOrderRequest(symbol="BTC/USD", qty=1, side="buy", time_in_force="gtc", limit_price=100)
    )
    assert len(exchange.http.get("/v2/orders", params={"symbols": "BTCUSD"}).json()) == 1


@pytest.mark.parametrize("query", [{"status": "odd"}, {"limit": "0"}, {"after": "soon"}, {"direction": "up"}])
def test_list_that_makes_no_sense_is_refused(exchange: Served, query: dict[str, str]) -> None:
    assert exchange.http.get("/v2/orders", params=query).status_code == 422


def filled(exchange: Served, count: int) -> None:
    for _ in range(count):
        exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=1, side="buy", time_in_force="day"))
        exchange.bar(AAPL="100")


def test_activities_are_paged_by_the_last_id(exchange: Served) -> None:
    filled(exchange, 5)
    newest_first = exchange.sdk.get("/account/activities/FILL", {})
    assert [one["transaction_time"] for one in newest_first] == [
        f"2024-03-12T14:3{minute}:00.000000000Z" for minute in (5, 4, 3, 2, 1)
    ]
    pages, token = [], None
    while page := exchange.sdk.get(
        "/account/activities/FILL", {"page_size": 2, "direction": "asc", **({"page_token": token} if token else {})}
    ):
        pages.append([one["id"] for one in page])
        token = pages[-1][-1]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [id for page in pages for id in page] == [one["id"] for one in newest_first[::-1]]


def test_activity_tells_what_the_stream_told(exchange: Served) -> None:
    exchange.fault("partial_fill", parts=2)
    order = exchange.sdk.submit_order(MarketOrderRequest(symbol="AAPL", qty=10, side="buy", time_in_force="day"))
    exchange.bar(AAPL="100"), exchange.bar(AAPL="102")
    last, first = exchange.sdk.get("/account/activities/FILL", {})
    assert first == {
        "id": first["id"], "activity_type": "FILL", "transaction_time": "2024-03-12T14:31:00.000000000Z",
        "type": "partial_fill",
        "price": "100", "qty": "5", "side": "buy", "symbol": "AAPL", "leaves_qty": "5", "order_id": str(order.id),
        "cum_qty": "5", "order_status": "partially_filled",
    }  # fmt: skip
    assert (last["type"], last["cum_qty"], last["leaves_qty"], last["price"]) == ("fill", "10", "0", "102")
    told = [one for one in exchange.updates if one["event"] in ("fill", "partial_fill")]
    assert [one["id"].partition("::")[2] for one in (first, last)] == [one["execution_id"] for one in told]
    assert [(one["price"], one["qty"], one["position_qty"]) for one in told] == [("100", "5", "5"), ("102", "5", "10")]
    assert first["id"].startswith("20240312103100000::")
    assert exchange.sdk.get_order_by_id(order.id).filled_avg_price == "101"


def test_activities_by_time_date_and_kind(exchange: Served) -> None:
    filled(exchange, 3)
    second = "2024-03-12T14:32:00Z"
    ask = exchange.sdk.get
    assert [one["transaction_time"] for one in ask("/account/activities", {"after": second})] == [
        "2024-03-12T14:33:00.000000000Z"
    ]
    assert len(ask("/account/activities", {"until": second})) == 1
    assert len(ask("/account/activities/FILL", {"date": "2024-03-12"})) == 3
    assert ask("/account/activities/FILL", {"date": "2024-03-13"}) == []
    assert ask("/account/activities/DIV", {}) == []
    assert len(ask("/account/activities", {"activity_types": "FILL,DIV"})) == 3


def test_portfolio_history_follows_the_equity(exchange: Served) -> None:
    filled(exchange, 1)
    exchange.bar(AAPL="100 100 100 110")
    found = exchange.sdk.get_portfolio_history(GetPortfolioHistoryRequest(period="1D", timeframe="1Min"))
    assert found.equity == [100_000, 100_010]
    assert (found.profit_loss, found.profit_loss_pct) == ([0, 10], [0, 0.0001])
    first = datetime(2024, 3, 12, 14, 31, tzinfo=UTC)
    assert found.timestamp == [int((first + timedelta(minutes=n)).timestamp()) for n in range(2)]
    assert (found.base_value, found.timeframe) == (100_000, "1Min")
    assert exchange.sdk.get_portfolio_history().timeframe == "1D"
