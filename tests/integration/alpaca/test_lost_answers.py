"""For each request of the adapter: its answer is lost before the venue acted, and after."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.contracts.venues import AlpacaVenue, alpaca_adapter
from tests.integration.alpaca.reading import PAIR, STOCK, resting, taken
from tests.local_exchange import LocalExchange
from weaver.model.errors import Unavailable
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Unknown
from weaver.veda.exchange.orders import OrderChange

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("acted", [False, True], ids=["before", "after"])]
Ask = Callable[[AlpacaVenue], Awaitable[object]]
ASKED = 2
"""How often a question is asked whose connection breaks."""


def lost(exchange: LocalExchange, method: str, path: str, *, acted: bool, times: int = 1) -> Awaitable[object]:
    return exchange.fault("answer_lost", acted=acted, times=times, match={"method": method, "path": path})


async def test_submit_is_unknown_and_there_or_not(exchange: LocalExchange, venue: AlpacaVenue, acted: bool) -> None:
    await lost(exchange, "POST", "/v2/orders", acted=acted)
    answer = await venue.adapter.submit(resting())
    assert isinstance(answer, Unknown)
    found = await venue.adapter.find_order_by_client_id("run-1")
    assert (found is not None) is acted
    again = await venue.adapter.submit(resting())  # sending it once more makes no second one
    assert len(await venue.adapter.open_orders()) == 1
    assert isinstance(again, Unknown) is False


async def test_cancel_is_unknown_and_done_or_not(exchange: LocalExchange, venue: AlpacaVenue, acted: bool) -> None:
    sent = taken(await venue.adapter.submit(resting()))
    await venue.advance(1)
    await lost(exchange, "DELETE", "/v2/orders", acted=acted)
    assert isinstance(await venue.adapter.cancel(sent.venue_id), Unknown)
    await venue.advance(1)
    found = await venue.adapter.find_order(sent.venue_id)
    assert found is not None
    assert found.status is (OrderStatus.CANCELLED if acted else OrderStatus.ACCEPTED)


async def test_replace_is_unknown_and_found_by_its_own_id_or_not(
    exchange: LocalExchange, venue: AlpacaVenue, acted: bool
) -> None:
    sent = taken(await venue.adapter.submit(resting()))
    await venue.advance(1)
    await lost(exchange, "PATCH", "/v2/orders", acted=acted)
    change = OrderChange(client_order_id="run-2", limit=Decimal(2))
    assert isinstance(await venue.adapter.replace(sent.venue_id, change), Unknown)
    await venue.advance(1)
    new, old = await venue.adapter.find_order_by_client_id("run-2"), await venue.adapter.find_order(sent.venue_id)
    assert old is not None
    if acted:
        assert new is not None
        assert (new.replaces, old.replaced_by) == (sent.venue_id, new.venue_id)
    else:
        assert (new, old.replaced_by, old.status) == (None, None, OrderStatus.ACCEPTED)


QUESTIONS: dict[str, Ask] = {
    "/v2/account": lambda venue: venue.adapter.account(),
    "/v2/clock": lambda venue: venue.adapter.clock(),
    "/v2/calendar": lambda venue: venue.adapter.calendar(venue.adapter.now().date(), venue.adapter.now().date()),
    "/v2/positions": lambda venue: venue.adapter.positions(),
    "/v2/orders": lambda venue: venue.adapter.open_orders(),
    "/v2/orders/*": lambda venue: venue.adapter.find_order("some-id"),
    "/v2/orders:by_client_order_id": lambda venue: venue.adapter.find_order_by_client_id("some-id"),
    "/v2/account/activities/FILL": lambda venue: venue.adapter.fills_since(venue.adapter.now()),
    "/v2/account/activities/CFEE": lambda venue: venue.adapter.fees_since(venue.adapter.now()),
    "/v2/assets": lambda venue: venue.adapter.instruments([STOCK, PAIR]),
    "/v2/stocks/bars": lambda venue: minutes(venue, STOCK),
    "/v1beta3/crypto/us/bars": lambda venue: minutes(venue, PAIR),
    "/v1/corporate-actions": lambda venue: venue.adapter.corporate_actions(
        STOCK, venue.adapter.now().date(), venue.adapter.now().date()
    ),
}


async def minutes(venue: AlpacaVenue, symbol: str) -> object:
    end = venue.adapter.now()
    return await venue.adapter.bars(symbol, Timeframe.parse("1m"), end - timedelta(hours=1), end)


@pytest.mark.parametrize("path", QUESTIONS)
async def test_question_has_no_answer_rather_than_an_empty_one(
    exchange: LocalExchange, venue: AlpacaVenue, acted: bool, path: str
) -> None:
    await lost(exchange, "GET", path, acted=acted, times=ASKED)
    with pytest.raises(Unavailable, match="did not answer"):
        await QUESTIONS[path](venue)
    (fault,) = [(await exchange.get("state"))["faults"]]
    assert fault == []  # it did strike


async def test_question_whose_answer_is_lost_once_is_answered(
    exchange: LocalExchange, venue: AlpacaVenue, acted: bool
) -> None:
    await lost(exchange, "GET", "/v2/account", acted=acted)
    assert (await venue.adapter.account()).account_id
    assert (await exchange.get("state"))["faults"] == []  # it did strike


async def test_connecting_says_that_the_venue_does_not_answer(
    exchange: LocalExchange, venue: AlpacaVenue, acted: bool
) -> None:
    await lost(exchange, "GET", "/v2/account", acted=acted)
    adapter = alpaca_adapter(exchange)
    try:
        with pytest.raises(Unavailable, match=r"^Alpaca \(paper\) does not answer: the connection broke"):
            await adapter.connect()
        assert (await adapter.connect()).account_id
    finally:
        await adapter.close()
