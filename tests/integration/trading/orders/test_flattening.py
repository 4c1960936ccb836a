"""All that a run holds, closed."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
import pytest

from tests.integration.trading.account import NAME, STOCK, Account, trading_account
from tests.local_exchange import LocalExchange
from tests.trading_store import FakeDisk
from weaver.model.orders.actions import Side
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.risk.switch import KillSwitch

pytestmark = pytest.mark.anyio
S = OrderStatus


async def test_what_is_flattened_twice_in_a_second_is_closed_once(account: Account) -> None:
    held = await account.until_filled(await account.order(STOCK, 10))
    for _ in range(2):
        await account.trading.flatten("run", corr_id="tested")
    await account.until(lambda: not account.held(), what="the close", step=20)
    closing = [one for one in account.disk.tables.orders.values() if one.id != held.id]
    await account.until(lambda: not any(map(account.is_working, closing)), what="the end of both")
    await account.look()
    assert sorted(account.now(one).status for one in closing) == [S.CANCELLED, S.FILLED]
    assert await account.held_there() == account.held() == 0


async def bought_unseen(account: Account, run_id: str | None = "run") -> LiveOrder:
    """An entry that has filled at the venue, and whose update was lost."""
    await account.exchange.fault("lose_update", match={"symbol": STOCK, "event": "fill"})
    entry = await account.order(STOCK, 10, run_id=run_id)
    while not await account.held_there():
        await account.exchange.post("clock", {"advance": 1})
    return entry


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_an_entry_brought_unseen_is_closed_behind_the_flattening(
    exchange: LocalExchange, restarts: bool
) -> None:
    disk = FakeDisk()
    async with AsyncExitStack() as lives:
        account = await lives.enter_async_context(trading_account(exchange, disk))
        entry = await bought_unseen(account)
        assert account.is_working(entry)
        assert not account.held()
        await account.trading.flatten("run", corr_id="tested")
        if restarts:
            await lives.aclose()
            account = await lives.enter_async_context(trading_account(exchange, disk))
        await account.until(lambda: not account.trading.winding_up.is_wanted("run"), what="the close", step=20)
        assert [await account.held_there(), account.held()] == [0, 0]
        sold = [one.filled for one in disk.tables.orders.values() if one.id != entry.id]
        assert sold == [10]


async def test_what_fills_while_the_kill_switch_flattens_is_closed(account: Account) -> None:
    entry = await bought_unseen(account, run_id=None)
    switch = KillSwitch(scope=NAME).on(reason="tested", by="a person", at=account.trading.adapter.now(), flatten=True)
    account.trading.guard.switches[NAME] = switch
    for _, step in account.trading.steps_of(switch, corr_id="tested"):
        await step()
    await account.until(lambda: not account.trading.winding_up.is_wanted(None), what="the close", step=20)
    assert account.now(entry).status is S.FILLED
    assert [await account.held_there(), account.held(run_id=None)] == [0, 0]


async def test_a_close_that_the_venue_does_not_take_is_tried_again_and_not_at_once(account: Account) -> None:
    await account.until_filled(await account.order(STOCK, 10))
    await account.exchange.fault("status", code=422, match={"method": "POST", "path": "/v2/orders"})
    await account.trading.flatten("run", corr_id="tested")
    await account.until(lambda: not account.held(), what="the close", step=20)
    closes = [one.status for one in account.disk.tables.orders.values() if one.side is Side.SELL]
    assert closes == [S.REJECTED, S.FILLED]


async def test_what_others_have_just_closed_is_looked_at_before_it_is_closed(account: Account) -> None:
    held = await account.until_filled(await account.order(STOCK, 10))
    await account.look()
    keys = {"APCA-API-KEY-ID": account.exchange.key, "APCA-API-SECRET-KEY": account.exchange.secret}
    sell = {"symbol": STOCK, "qty": "10", "side": "sell", "type": "market", "time_in_force": "day"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{account.exchange.url}/v2/orders", headers=keys, json=sell)
    assert answer.is_success, answer.text
    looks = account.trading.trader.looks
    while await account.held_there():
        await account.exchange.post("clock", {"advance": 1})
    await account.until(lambda: looks.is_awaited(datetime.now(UTC)), what="word of the others' fill")
    await account.trading.flatten("run", corr_id="tested")
    await account.until(lambda: not account.trading.winding_up.is_wanted("run"), what="its end", step=1)
    assert await account.held_there() == 0
    filled = [one for one in account.disk.tables.orders.values() if one.filled]
    assert [one.id for one in filled] == [held.id]
