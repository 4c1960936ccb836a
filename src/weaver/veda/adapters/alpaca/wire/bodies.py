"""What Alpaca is sent: every number as an exact decimal text, never as a float."""

from weaver.model.market.asset_class import AssetClass
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.veda.exchange.orders import OrderChange, OrderRequest, StopLoss

Body = dict[str, object]
ENDED_BY_US = {
    AssetClass.STOCK: frozenset({TimeInForce.GTD}),
    AssetClass.CRYPTO: frozenset({TimeInForce.DAY, TimeInForce.GTD}),
}
"""Times in force that Alpaca lacks and Weaver makes up for: they are sent as gtc."""


def sent_tif(tif: TimeInForce, asset_class: AssetClass) -> TimeInForce:
    """The time in force that goes over the wire."""
    return TimeInForce.GTC if tif in ENDED_BY_US.get(asset_class, ()) else tif


def order_body(request: OrderRequest, asset_class: AssetClass) -> Body:
    """A request for an order. Alpaca has one time in force for a whole bracket: it is sent as gtc unless all of it is
    for the day, so that exits outlive the day; whoever submitted it cancels what is left of a day entry."""
    body: Body = {
        "client_order_id": request.client_order_id,
        "symbol": request.symbol,
        "side": str(request.side),
        "type": str(request.order_type),
        "time_in_force": str(sent_tif(request.tif, asset_class)),
    }
    if request.notional is not None:
        body["notional"] = plain(request.notional)
    else:
        body["qty"] = plain(request.quantity)
    for name, value in (
        ("limit_price", request.limit),
        ("stop_price", request.stop),
        ("trail_price", request.trail),
        ("trail_percent", request.trail_percent),
    ):
        if value is not None:
            body[name] = plain(value)
    if request.extended_hours:
        body["extended_hours"] = True
    return body | _legs(request)


def _legs(request: OrderRequest) -> Body:
    if request.order_class is OrderClass.SIMPLE:
        return {}
    is_for_the_day = request.tif is request.exit_tif is TimeInForce.DAY
    tif = TimeInForce.DAY if is_for_the_day else TimeInForce.GTC
    body: Body = {"order_class": str(request.order_class), "time_in_force": str(tif)}
    if request.order_class is OrderClass.OCO:
        body["type"] = str(OrderType.LIMIT)
    if request.take_profit is not None:
        body["take_profit"] = {"limit_price": plain(request.take_profit)}
    if request.stop_loss is not None:
        body["stop_loss"] = _stop_loss(request.stop_loss)
    return body


def _stop_loss(leg: StopLoss) -> Body:
    assert leg.stop is not None  # what has no price yet, or trails, is refused before
    body: Body = {"stop_price": plain(leg.stop)}
    if leg.limit is not None:
        body["limit_price"] = plain(leg.limit)
    return body


def change_body(change: OrderChange, asset_class: AssetClass | None) -> Body:
    """A request for a replacement."""
    body: Body = {"client_order_id": change.client_order_id}
    for name, value in (
        ("qty", change.quantity),
        ("limit_price", change.limit),
        ("stop_price", change.stop),
        ("trail", change.trail),
    ):
        if value is not None:
            body[name] = plain(value)
    if change.tif is not None:
        body["time_in_force"] = str(sent_tif(change.tif, asset_class or AssetClass.STOCK))
    return body
