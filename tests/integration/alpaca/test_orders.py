"""Orders of every kind: what is sent is what the venue shows, and what is refused here the exchange refuses too."""

import random
from decimal import Decimal

import pytest

from tests.contracts.venues import AlpacaVenue
from tests.integration.alpaca.reading import PAIR, STOCK, order, taken
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.adapters.alpaca import link
from weaver.veda.exchange.answers import Accepted, Reason, Refused
from weaver.veda.exchange.orders import OrderRequest, StopLoss

pytestmark = pytest.mark.anyio
D = Decimal
GTC = TimeInForce.GTC
LOW, HIGH = D("1.00"), D("9999.00")
SELL_LEGS = {"take_profit": HIGH, "stop_loss": StopLoss(stop=LOW)}
KINDS: dict[str, OrderRequest] = {
    "market": order(),
    "limit": order(order_type=OrderType.LIMIT, limit=D("1.25"), tif=GTC),
    "stop": order(order_type=OrderType.STOP, stop=HIGH, tif=GTC, quantity="1"),
    "stop_limit": order(order_type=OrderType.STOP_LIMIT, stop=D("2.00"), limit=D("2.50")),
    "trailing amount": order(order_type=OrderType.TRAILING_STOP, trail=D("3.5"), tif=GTC),
    "trailing percent": order(order_type=OrderType.TRAILING_STOP, trail_percent=D("2.5")),
    "fraction": order(quantity="0.125"),
    "notional": order(quantity="0", notional=D("55.5")),
    "extended": order(order_type=OrderType.LIMIT, limit=D("1.25"), tif=GTC, extended_hours=True),
    "bracket": order(order_class=OrderClass.BRACKET, **SELL_LEGS),
    "bracket stop-limit": order(
        order_class=OrderClass.BRACKET, take_profit=HIGH, stop_loss=StopLoss(stop=D("2"), limit=D("1.5"))
    ),
    "oto": order(order_class=OrderClass.OTO, stop_loss=StopLoss(stop=LOW)),
    "pair": order(symbol=PAIR, quantity="0.001", order_type=OrderType.LIMIT, limit=D("10001"), tif=TimeInForce.DAY),
    "pair stop_limit": order(
        symbol=PAIR, quantity="0.001", order_type=OrderType.STOP_LIMIT, stop=D("99999"), limit=D("99999"), tif=GTC
    ),
    "cls": order(tif=TimeInForce.CLS),
    "gtd": order(order_type=OrderType.LIMIT, limit=D("1.25"), tif=TimeInForce.GTD),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_order_is_shown_as_it_was_sent(venue: AlpacaVenue, kind: str) -> None:
    request = KINDS[kind]
    await venue.adapter.instruments([STOCK, PAIR])
    shown = taken(await venue.adapter.submit(request))
    again = await venue.adapter.find_order(shown.venue_id)
    assert again is not None
    for found in (shown, again):
        assert (found.symbol, found.side, found.order_type) == (request.symbol, request.side, request.order_type)
        assert (found.limit, found.stop) == (
            request.limit,
            request.stop,
        ) or request.order_type is OrderType.TRAILING_STOP
        assert (found.trail, found.trail_percent) == (request.trail, request.trail_percent)
        assert (found.notional, found.extended_hours) == (request.notional, request.extended_hours)
        assert found.order_class is request.order_class
        assert found.quantity == (request.quantity or None)
        assert found.is_understood
    legs = {(leg.order_type, leg.limit, leg.stop) for leg in again.legs}
    stop_loss, wanted = request.stop_loss, set()
    if stop_loss is not None:
        kind_of_stop = OrderType.STOP if stop_loss.limit is None else OrderType.STOP_LIMIT
        wanted.add((kind_of_stop, stop_loss.limit, stop_loss.stop))
    if request.take_profit is not None:
        wanted.add((OrderType.LIMIT, request.take_profit, None))
    assert legs == wanted


async def test_oco_is_its_take_profit_and_its_stop(venue: AlpacaVenue) -> None:
    taken(await venue.adapter.submit(order(quantity="5")))
    await venue.advance(120)
    exits = order(2, side=Side.SELL, quantity="5", order_class=OrderClass.OCO, tif=GTC, **SELL_LEGS)
    shown = taken(await venue.adapter.submit(exits))
    found = await venue.adapter.find_order(shown.venue_id)
    assert found is not None
    assert (found.order_class, found.order_type, found.limit) == (OrderClass.OCO, OrderType.LIMIT, HIGH)
    assert [(leg.order_type, leg.stop, leg.side) for leg in found.legs] == [(OrderType.STOP, LOW, Side.SELL)]
    taken(await venue.adapter.cancel(shown.venue_id))
    await venue.advance(1)
    over = await venue.adapter.find_order(shown.venue_id)
    assert over is not None
    assert over.status is OrderStatus.CANCELLED


OURS = {Reason.ORDER, Reason.PRICE, Reason.QUANTITY, Reason.INSTRUMENT, Reason.WASH_TRADE}
"""Reasons that can be known without the account."""


def chosen(chance: random.Random, number: int) -> OrderRequest:
    """An order that may well be wrong in one way or another."""
    symbol = chance.choice([STOCK, STOCK, PAIR])
    price = [None, D("150.00"), D("150.005"), D("0.1234"), D("0.12345"), D("20000"), D("0.5"), D("-1")]
    usual = {OrderType.LIMIT: {"limit"}, OrderType.STOP: {"stop"}, OrderType.STOP_LIMIT: {"limit", "stop"}}
    kind = chance.choice(list(OrderType))
    names = usual.get(kind, set()) if chance.random() < 0.8 else {"limit"}
    terms: dict[str, object] = {name: chance.choice(price) for name in names}
    if kind is OrderType.TRAILING_STOP:
        terms[chance.choice(["trail", "trail_percent"])] = chance.choice([D("1.5"), D(0), D(100), None])
    order_class = chance.choice([OrderClass.SIMPLE, OrderClass.SIMPLE, OrderClass.SIMPLE, *OrderClass])
    if order_class is not OrderClass.SIMPLE:
        terms["take_profit"] = chance.choice([None, D("9000"), D("100.001")])
        terms["stop_loss"] = chance.choice([None, StopLoss(stop=D("10")), StopLoss(stop=D("10"), limit=D("9.5"))])
    quantity = chance.choice(["1", "2", "0.5", "0.0000000001", "0", "-1", "0.0001"])
    if chance.random() < 0.1:
        quantity, terms["notional"] = "0", chance.choice([D("0.5"), D("5"), D("50"), D("5.555")])
    tif = chance.choice(list(TimeInForce) if order_class is OrderClass.SIMPLE else [TimeInForce.DAY, GTC])
    return order(
        number, symbol=symbol, quantity=quantity, order_type=kind, order_class=order_class,
        tif=tif, extended_hours=chance.random() < 0.15, **terms,
    )  # fmt: skip


async def test_what_is_refused_here_is_what_the_exchange_refuses(
    venue: AlpacaVenue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the rules of the asset, 400 orders of all sorts; each is asked about and sent, and taken away again."""
    monkeypatch.setattr(link, "REQUESTS_PER_MINUTE", 1_000_000)
    chance = random.Random(20240304)
    await venue.adapter.instruments([STOCK, PAIR])
    plain = venue.another()
    await plain.connect()  # it knows no asset's rules, so it refuses nothing itself
    seen = {"taken": 0, "refused": 0}
    different = []
    try:
        for number in range(400):
            request = chosen(chance, number)
            said, answer = venue.adapter.refusal(request), await plain.submit(request)
            if isinstance(answer, Accepted):
                seen["taken"] += 1
                await plain.cancel(answer.value.venue_id)
            else:
                assert isinstance(answer, Refused)
                seen["refused"] += 1
            if not agree(request, said, answer):
                different.append((request, said, answer))
    finally:
        await plain.close()
    assert different == []
    assert min(seen.values()) > 20


def agree(request: OrderRequest, said: Refused | None, answer: Accepted[object] | Refused) -> bool:
    """Whether both refuse, or neither; what only the account or the market's price tells is the exchange's alone."""
    if isinstance(answer, Accepted):
        return said is None
    is_by_price = request.limit is None and "cost basis" in answer.message
    return said is not None or is_by_price or answer.reason not in OURS
