"""The order stream is away: entries wait for it, not for ever, and exits go all the same."""

from decimal import Decimal

import pytest

from tests.integration.trading.account import STOCK, Account
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import WaitsFor

pytestmark = pytest.mark.anyio
S = OrderStatus


async def test_entry_waits_ten_seconds_for_the_stream_and_an_exit_does_not(account: Account) -> None:
    held = await account.until_filled(await account.order(STOCK, 10))
    await away(account)
    before = len(await account.requests("POST", "/v2/orders"))
    entry, exit_ = await account.order(STOCK, 5), await account.order(STOCK, -held.filled)
    await account.pass_time(9)
    assert account.now(entry).waits_for is WaitsFor.STREAM
    await account.until(lambda: account.now(entry).status is S.REJECTED, what="the entry's refusal")
    assert "order stream was away for 10 s" in account.now(entry).reason
    await account.until_filled(exit_)
    assert len(await account.requests("POST", "/v2/orders")) == before + 1
    assert await account.held_there() == account.held() == 0


async def test_entry_goes_once_the_stream_is_there_again(account: Account) -> None:
    await away(account)
    price = await account.price(STOCK)
    entry = await account.order(STOCK, 5, limit=round(price * Decimal("0.95"), 2))
    assert account.now(entry).waits_for is WaitsFor.STREAM
    await account.exchange.clear_faults()
    await account.until_still(lambda: account.trading.trader.is_streaming, what="the stream")
    await account.until(lambda: account.now(entry).status is S.ACCEPTED, what="it to work", step=0.01)
    (there,) = await account.at_venue()
    assert there["client_order_id"] == account.sent(entry)[0].id


async def away(account: Account) -> None:
    """The stream is cut, and does not come back."""
    trader = account.trading.trader
    await account.until(lambda: trader.is_ready, what="the stream and a look")
    await account.exchange.fault("refuse_connection", path="/stream", times=1000)
    await account.exchange.fault("disconnect", path="/stream")
    await account.until_still(lambda: not trader.is_streaming, what="the stream's loss")
