"""What a ticket becomes, and until when it works."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InvalidOrder
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.venue import venue_rules
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.manual.ticket import Ticket
from weaver.veda.trading.intents import Place

NOW = datetime(2024, 3, 13, 15, tzinfo=UTC)  # a Wednesday, 11:00 in New York
CLOSE = datetime(2024, 3, 13, 20, tzinfo=UTC)


def ticket(**more: Any) -> Ticket:
    usual = {"symbol": "AAPL", "side": Side.BUY, "quantity": Decimal(3), "order_type": OrderType.MARKET}
    return Ticket(**{**usual, **more})


def placed(asked: Ticket, asset: AssetClass = AssetClass.STOCK, **more: Any) -> Place:
    asked.check()
    rules = venue_rules("alpaca-stocks")
    assert rules is not None
    instrument = Instrument(symbol="AAPL", asset_class=asset, tick=Decimal("0.01"), lot=Decimal(1))
    known = InstrumentRules(
        instrument=instrument, rules=rules, is_tradable=True, is_shortable=True, is_fractionable=True, **more
    )
    return asked.intent("id", "alpaca paper", None, rules=known, calendar=calendar_for(asset), now=NOW)


def test_bracket_waits_for_its_entry() -> None:
    asked = ticket(order_class=OrderClass.BRACKET, take_profit=Decimal(200), stop_loss=Decimal(150))
    place = placed(asked, has_one_tif=True)
    target, stop = place.legs
    assert (place.order.expires_at, place.order.group_id, place.order.reduces) == (None, None, False)
    assert (target.limit, target.order_type, target.side) == (200, OrderType.LIMIT, Side.SELL)
    assert (stop.stop, stop.order_type, stop.tif) == (150, OrderType.STOP, TimeInForce.GTC)
    assert {(leg.parent_id, leg.group_id, leg.reduces, leg.expires_at) for leg in place.legs} == {
        ("id", "id", True, None)
    }


def test_oco_is_two_exits_of_one_group() -> None:
    asked = ticket(
        order_class=OrderClass.OCO, side=Side.SELL, order_type=OrderType.LIMIT, limit=Decimal(200),
        stop_loss=Decimal(150), stop_loss_limit=Decimal(149), tif=TimeInForce.GTC,
    )  # fmt: skip
    place = placed(asked)
    [stop] = place.legs
    assert (place.order.group_id, place.order.reduces) == ("id", True)
    assert (stop.order_type, stop.side, stop.parent_id, stop.group_id) == (OrderType.STOP_LIMIT, Side.SELL, None, "id")


def test_weaver_ends_what_its_venue_would_not() -> None:
    assert placed(ticket()).order.expires_at is None
    crypto = placed(ticket(), AssetClass.CRYPTO, ended_by_us=frozenset({TimeInForce.DAY}))
    assert crypto.order.expires_at == datetime(2024, 3, 14, tzinfo=UTC)
    friday = placed(ticket(tif=TimeInForce.GTD, expires=date(2024, 3, 15)))
    assert friday.order.expires_at == datetime(2024, 3, 15, 20, tzinfo=UTC)
    with pytest.raises(InvalidOrder, match="2024-03-12, on which the order expires, is over"):
        placed(ticket(tif=TimeInForce.GTD, expires=date(2024, 3, 12)))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"quantity": Decimal(0)}, "qty must be above 0"),
        ({"quantity": Decimal("1e20")}, "under 1e20"),
        ({"quantity": Decimal("1e-19")}, "18 decimals at most"),
        ({"order_type": OrderType.STOP_LIMIT, "limit": Decimal(1)}, "takes limit_price and stop_price"),
        ({"trail": Decimal(1)}, "takes no price, and was given trail"),
        ({"order_type": OrderType.TRAILING_STOP, "trail": Decimal(1), "trail_percent": Decimal(1)}, "not both"),
        ({"exit_tif": TimeInForce.GTD}, "exits are day or gtc"),
        ({"order_class": OrderClass.OTO}, "one leg"),
        ({"order_class": OrderClass.OCO}, "an oco is a limit order"),
        ({"tif": TimeInForce.GTD}, "come together"),
    ],
)
def test_what_no_venue_takes_is_refused(more: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidOrder, match=reason):
        ticket(**more).check()


def test_same_numbers_are_the_same_words() -> None:
    same = ticket(quantity=Decimal("3.00")).as_json("run")
    assert ticket().as_json("run") == same
    assert ticket(quantity=Decimal(4)).as_json("run") != same
    assert ticket().as_json(None) != same
