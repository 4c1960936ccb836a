"""The venue forbids something while an account trades, or is another one suddenly: entries stop with a reason, exits go
on, and so do entries once it is over."""

import re
from decimal import Decimal

import pytest

from tests.integration.trading.account import STOCK, Account, trading_account
from tests.local_exchange import LocalExchange
from tests.trading_store import FakeDisk
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.trading.intents import Place

pytestmark = pytest.mark.anyio


async def test_account_that_is_blocked_takes_no_entries_and_lets_exits_through(account: Account) -> None:
    held = await account.until_filled(await account.order(STOCK, 10))
    blocked = await account.exchange.fault("account_flags", transfers_blocked=True, account_blocked=True)
    await account.trading.look()
    assert await refused(account) == "account alpaca paper is halted: the account is blocked"
    await account.exchange.clear_faults()
    assert blocked["kind"] == "account_flags"
    exit_ = await account.order(STOCK, -held.filled)  # entries are halted still
    await account.until_filled(exit_)
    await account.trading.look()
    assert await refused(account) is None
    assert [one["rule"] for one in account.events("risk.LimitBreached")] == ["venue"]


async def test_asset_that_is_no_longer_traded_takes_no_entries(account: Account) -> None:
    await account.exchange.fault("asset_flags", symbol=STOCK, tradable=False)
    await account.trading.look()
    assert "it cannot be traded" in str(await refused(account))
    (told,) = account.events("risk.LimitBreached")
    assert (told["rule"], told["symbol"], told["reason"]) == ("market", STOCK, "it cannot be traded")
    await account.exchange.clear_faults()
    await account.trading.look()
    assert await refused(account) is None


async def test_asset_that_cannot_be_sold_short_is_not(account: Account) -> None:
    assert await refused(account, -5) is None
    await account.exchange.fault("asset_flags", symbol=STOCK, shortable=False)
    await account.trading.look()
    assert "cannot be sold short" in str(await refused(account, -7))
    assert await refused(account, 5) is None


async def test_another_account_takes_no_entries_until_a_person_says_that_it_is_meant(exchange: LocalExchange) -> None:
    disk = FakeDisk()
    async with trading_account(exchange, disk) as account:
        before = account.trading.venue_account
        assert await refused(account) is None
        await exchange.fault("new_account")
        await account.trading.look()
        reason = await refused(account)
    async with trading_account(exchange, disk) as account:  # over a restart, too
        assert await refused(account) == reason
        shown = account.trading.venue_account
        assert before is not None
        assert shown is not None
        told = f"it is another account than before: {shown.account_id}, not {before.account_id}"
        assert reason == f"account alpaca paper is halted: {told}"
        await account.trading.accept_account(corr_id="tested")
        assert await refused(account) is None
        await account.trading.look()
        assert await refused(account) is None
    async with trading_account(exchange, disk) as account:
        assert await refused(account) is None


async def refused(account: Account, quantity: int = 5) -> str | None:
    """Why an entry far from the market is not sent, but for the rest that every halt says; None: it is."""
    far = Decimal("0.95") if quantity > 0 else Decimal("1.05")
    order: LiveOrder = account.made(STOCK, quantity, limit=round(await account.price(STOCK) * far, 2))
    sent = len(await account.requests("POST", "/v2/orders"))
    told = (await account.carry_out(Place(order=order))).get(order.id)
    if told is None:
        return None
    assert len(await account.requests("POST", "/v2/orders")) == sent
    return re.sub(r"\. Only orders that reduce a position are sent$", "", told.message)


async def test_venue_is_asked_about_a_symbol_once_a_minute_at_most(account: Account) -> None:
    async def questions() -> int:
        return len(await account.requests("GET", "/v2/assets"))

    await account.trading.know([STOCK])
    before = await questions()
    rules = await account.trading.rules_of(STOCK)
    assert rules == await account.trading.rules_of(STOCK)
    assert await questions() == before
    await account.pass_time(61)
    assert await account.trading.rules_of(STOCK) == rules
    assert await questions() == before + 1
