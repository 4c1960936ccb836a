"""What goes out: exact decimal texts, and the times in force that Alpaca has."""

from decimal import Decimal

import pytest

from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.veda.adapters.alpaca.wire.bodies import change_body, order_body
from weaver.veda.exchange.orders import OrderChange, OrderRequest, StopLoss

STOCK, CRYPTO = AssetClass.STOCK, AssetClass.CRYPTO
MARKET = {"client_order_id": "r-1", "symbol": "AAPL", "side": Side.BUY, "quantity": Decimal("3")}


def request(**terms: object) -> OrderRequest:
    return OrderRequest(**{**MARKET, **terms})  # type: ignore[arg-type]


def test_market_order() -> None:
    assert order_body(request(), STOCK) == {
        "client_order_id": "r-1",
        "symbol": "AAPL",
        "side": "buy",
        "type": "market",
        "time_in_force": "day",
        "qty": "3",
    }


def test_numbers_are_exact_texts() -> None:
    body = order_body(
        request(order_type=OrderType.LIMIT, quantity=Decimal("1E+2"), limit=Decimal("0.1") + Decimal("0.2")), STOCK
    )
    assert (body["qty"], body["limit_price"]) == ("100", "0.3")


def test_notional_amount_takes_the_place_of_the_quantity() -> None:
    body = order_body(request(quantity=Decimal(0), notional=Decimal("25.50")), STOCK)
    assert (body.get("qty"), body["notional"]) == (None, "25.5")


@pytest.mark.parametrize(
    ("tif", "asset_class", "sent"),
    [
        ("day", STOCK, "day"),
        ("day", CRYPTO, "gtc"),
        ("ioc", CRYPTO, "ioc"),
        ("gtc", STOCK, "gtc"),
        ("fok", STOCK, "fok"),
    ],
)
def test_time_in_force_that_crypto_lacks_is_sent_as_gtc(tif: str, asset_class: AssetClass, sent: str) -> None:
    assert order_body(request(tif=TimeInForce(tif)), asset_class)["time_in_force"] == sent


@pytest.mark.parametrize(
    ("tif", "exit_tif", "sent"),
    [("day", "gtc", "gtc"), ("day", "day", "day"), ("gtc", "day", "gtc"), ("gtc", "gtc", "gtc")],
)
def test_bracket_is_sent_as_gtc_unless_all_of_it_is_for_the_day(tif: str, exit_tif: str, sent: str) -> None:
    body = order_body(
        request(
            order_class=OrderClass.BRACKET,
            tif=TimeInForce(tif),
            exit_tif=TimeInForce(exit_tif),
            take_profit=Decimal(110),
            stop_loss=StopLoss(stop=Decimal("95"), limit=Decimal("94.50")),
        ),
        STOCK,
    )
    assert body["time_in_force"] == sent
    assert body["take_profit"] == {"limit_price": "110"}
    assert body["stop_loss"] == {"stop_price": "95", "limit_price": "94.5"}


def test_oco_is_a_limit_order_of_its_take_profit() -> None:
    body = order_body(
        request(
            side=Side.SELL, order_class=OrderClass.OCO, take_profit=Decimal(110), stop_loss=StopLoss(stop=Decimal(95))
        ),
        STOCK,
    )
    assert (body["type"], body["order_class"], body.get("limit_price")) == ("limit", "oco", None)
    assert body["take_profit"] == {"limit_price": "110"}


def test_change_names_only_what_changes() -> None:
    change = OrderChange(client_order_id="r-2", quantity=Decimal("1.5"), limit=Decimal("10.10"))
    assert change_body(change, STOCK) == {"client_order_id": "r-2", "qty": "1.5", "limit_price": "10.1"}
    assert change_body(OrderChange(client_order_id="r-3", tif=TimeInForce.DAY), CRYPTO) == {
        "client_order_id": "r-3",
        "time_in_force": "gtc",
    }
