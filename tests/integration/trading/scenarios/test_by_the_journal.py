"""What happened to users of other systems, to a server at the local exchange: judged by that exchange's journal."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from tests.integration.trading.desk import Desk

TURNING = '''
from weaver import Strategy


class Turning(Strategy):
    """Long, and then short in one order; says what it is told of its orders."""

    begun = False

    def on_bar(self, bar):
        if not self.begun:
            self.begun = True
            self.buy(bar.symbol, 10)
        held = self.position(bar.symbol).quantity
        if held == 10 and not self.orders:
            self.sell(bar.symbol, 15)
        self.log(f"bar {bar.index} holds {held}")

    def on_fill(self, fill):
        self.log(f"fill {fill.order_id.rpartition('-')[2]} {fill.side} {fill.quantity}")
'''
HOLDING = '''
from weaver import Strategy


class Sheltered(Strategy):
    """Buys once, with exits."""

    bought = False

    def on_bar(self, bar):
        if not self.bought:
            self.bought = True
            self.buy(bar.symbol, 10, take_profit=bar.close * 3, stop_loss=bar.close * 0.3)
        self.log(f"bar {bar.index} holds {self.position(bar.symbol).quantity}")
'''
WAITING = '''
from weaver import Strategy


class Waiting(Strategy):
    """Places one order far below the market."""

    begun = False

    def on_bar(self, bar):
        if not self.begun:
            self.begun = True
            self.buy(bar.symbol, 3, limit=bar.close * 0.95, tif="gtc")
        self.log(f"bar {bar.index} has {len(self.orders)}")
'''


def test_order_through_zero_is_a_close_and_then_an_opening_at_the_exchange(desk: Desk) -> None:
    run_id = desk.started(TURNING, "MSFT", account="margin", shorting=True, leverage="2")
    desk.until(lambda: desk.held.get("MSFT") == -5, what="a short position")
    sells = [one for one in desk.sent() if one["body"]["side"] == "sell"]
    assert [(Decimal(str(one["body"]["qty"])), one["acted"]) for one in sells] == [(10, True), (5, True)]
    assert len({one["client_order_id"] for one in sells}) == 2
    (closed_at,) = [at for at, quantity in executed(desk, "sell") if quantity == 10]
    assert moment(sells[0]) < closed_at <= moment(sells[1])
    desk.until(lambda: "holds -5" in desk.log(run_id)[-1], what="a strategy that knows")
    told = [line for line in desk.log(run_id) if line.startswith("fill ")]
    assert told == ["fill 1 buy 10", "fill 2 sell 10", "fill 2 sell 5"]  # of one order
    assert [(one["side"], Decimal(one["quantity"])) for one in desk.orders(run_id)] == [("buy", 10), ("sell", 15)]
    desk.flattened(run_id)


def test_orders_are_listed_with_their_legs_five_hundred_a_page(desk: Desk) -> None:
    before = len(lists(desk))
    desk.until(lambda: len(lists(desk)) >= before + 4, what="two looks", step=20)
    for one in lists(desk):
        asked = parse_qs(one["query"])
        assert (asked["nested"], asked["limit"]) == (["true"], ["500"]), one
    assert {parse_qs(one["query"])["status"][0] for one in lists(desk)} == {"open", "all"}


def test_position_whose_exits_the_venue_takes_in_no_form_is_closed_and_told(desk: Desk) -> None:
    desk.fault("drop_legs")
    run_id = desk.started(HOLDING, "SPY")
    desk.until(lambda: buys(desk, "SPY"), what="its entry")
    desk.fault("status", code=422, message="oco orders are not taken", match={"method": "POST", "path": "/v2/orders"})
    desk.until(lambda: desk.fills(run_id) and "SPY" not in desk.held, what="the close")
    (entry, protection, close) = [one for one in desk.sent() if one["body"]["symbol"] == "SPY"]
    assert (entry["body"]["order_class"], entry["acted"]) == ("bracket", True)
    assert (protection["body"]["order_class"], protection["status"]) == ("oco", 422)
    assert (close["body"]["side"], close["body"]["type"], close["acted"]) == ("sell", "market", True)
    assert Decimal(str(close["body"]["qty"])) == 10
    assert [one["symbol"] for one in desk.events(run_id, "risk.Unprotected")] == ["SPY"]
    desk.until(lambda: desk.is_even("SPY"), what="the close's fill")
    desk.stopped(run_id)
    desk.agrees()


def test_submit_that_was_denied_and_comes_to_light_is_cancelled_and_never_sent_again(desk: Desk) -> None:
    run_id = desk.started(WAITING, "MSFT")
    desk.fault("answer_lost", acted=True, match={"method": "POST", "path": "/v2/orders"})
    desk.fault("status", code=404, times=3, match={"method": "GET", "path": "/v2/orders:by_client_order_id"})
    desk.fault("empty", times=1_000, match={"method": "GET", "path": "/v2/orders"})
    desk.fault("mute", match={"path": "/stream"})
    desk.until(lambda: {one["status"] for one in desk.orders(run_id)} == {"rejected"}, what="its rejection")
    (order,) = desk.orders(run_id)
    denied = [one for one in desk.sent("GET", "/v2/orders:by_client_order_id") if one["status"] == 404]
    assert {one["client_order_id"] for one in denied} == {order["id"]}
    assert len(denied) == 3
    assert moment(denied[-1]) - moment(denied[0]) >= timedelta(seconds=60)
    assert len(desk.open_in("MSFT", "buy")) == 1  # it was there all along
    desk.ask("DELETE", "faults")
    desk.until(lambda: not desk.open_in("MSFT"), what="its cancel", step=20)
    assert [one["acted"] for one in desk.sent("DELETE") if one["client_order_id"] == order["id"]] == [True]
    assert [one["client_order_id"] for one in desk.sent() if one["body"]["symbol"] == "MSFT"][-1] == order["id"]
    desk.stopped(run_id)
    desk.agrees()


def test_symbol_whose_exits_cannot_be_scaled_takes_no_entries_until_they_are(desk: Desk) -> None:
    run_id = desk.started(HOLDING, "AAPL")
    desk.until(lambda: "AAPL" in desk.held and len(exits(desk)) == 2, what="a position with its exits")
    before = exits(desk).keys()
    desk.fault("status", code=500, times=1_000, match={"method": "DELETE", "path": "/v2/orders/*"})
    earlier = len(desk.sent("DELETE"))  # of entries that were late on a busy machine
    desk.fault("split", symbol="AAPL", ratio="2")
    desk.until(lambda: halts(desk, "AAPL"), what="the halt", step=60)
    assert "could not all be placed anew" in halts(desk, "AAPL")[0]["reason"]
    cancels = desk.sent("DELETE")[earlier:]
    assert cancels
    assert not any(one["acted"] for one in cancels)
    sent = len(desk.sent())
    order = {"symbol": "AAPL", "side": "buy", "order_type": "market", "qty": "1", "mode": "paper", "venue": "alpaca"}
    assert "symbol AAPL is halted" in desk.api.refused("POST", "/orders", status=409, json=order)
    assert len(desk.sent()) == sent
    assert exits(desk).keys() == before
    desk.ask("DELETE", "faults")
    desk.until(
        lambda: len(after := exits(desk)) == 2 and not before & after.keys(),
        what="exits for the shares after the split",
    )
    assert {Decimal(one["qty"]) for one in exits(desk).values()} == {20}
    desk.until(lambda: not desk.api.get("/risk")["accounts"][0]["halts"], what="the end of the halt", step=20)
    desk.stopped(run_id)


def exits(desk: Desk) -> dict[str, Any]:
    """The open sell orders at the exchange, by id."""
    return {one["id"]: one for one in desk.open_in("AAPL", "sell")}


def executed(desk: Desk, side: str) -> list[tuple[datetime, Decimal]]:
    return [
        (datetime.fromisoformat(one["transaction_time"]), Decimal(one["qty"]))
        for one in desk.state["executions"]
        if one["side"].startswith(side) and one["symbol"] == "MSFT"
    ]


def moment(entry: Any) -> datetime:
    """When something was written down."""
    return datetime.fromisoformat(entry["time"])


def lists(desk: Desk) -> list[Any]:
    """The lists of orders that the exchange was asked for."""
    return [one for one in desk.sent("GET") if one["path"] == "/v2/orders"]


def buys(desk: Desk, symbol: str) -> list[Any]:
    """Requests to buy it."""
    return [one for one in desk.sent() if one["body"]["symbol"] == symbol and one["body"]["side"] == "buy"]


def halts(desk: Desk, symbol: str) -> list[Any]:
    """What was told of a symbol's orders that could not be put on the scale after a split."""
    told = [one["payload"] for one in desk.api.events() if one["type"] == "risk.LimitBreached"]
    return [one for one in told if (one["symbol"], one["rule"]) == (symbol, "split")]
