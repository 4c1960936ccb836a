"""What went wrong for others with single orders: each as it happened, on an account at the local exchange."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from tests.integration.trading.account import PAIR, STOCK, Account, trading_account
from tests.local_exchange import LocalExchange
from tests.trading_store import FakeDisk
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.manual.desk import Changes, Desk
from weaver.veda.manual.ticket import Ticket
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.trading.intents import Cancel, Place, Replace

pytestmark = pytest.mark.anyio
S = OrderStatus


async def test_legs_and_the_fifty_first_order_are_found_after_a_restart(exchange: LocalExchange) -> None:
    disk = FakeDisk()
    async with trading_account(exchange, disk) as account:
        price = await account.price(STOCK)
        entry, profit, loss = await account.bracket(STOCK, 1, limit=round(price * Decimal("0.95"), 2))
        many = [await account.order(STOCK, 1, limit=round(price * Decimal("0.95"), 2)) for _ in range(55)]
        await account.until(lambda: all(account.now(one).status is S.ACCEPTED for one in many), what="all to work")
    async with trading_account(exchange, disk) as account:
        await account.until(lambda: account.trading.trader.is_ready, what="a look")
        await account.look()
        assert account.trading.trader.reconciler.foreign == {}
        assert all(map(account.is_working, (entry, profit, loss, *many)))


async def test_part_filled_and_cancelled_entry_has_exits_again_at_once(account: Account) -> None:
    await account.exchange.fault("partial_fill", parts=5)
    entry, profit, loss = await account.bracket(STOCK, 10)
    await account.until(lambda: account.now(entry).filled > 0, what="a part", step=10)
    await account.cancel(entry)
    await account.until(lambda: not account.now(entry).is_working, what="its end")
    filled = account.now(entry).filled
    assert 0 < filled < 10
    await account.until(lambda: account.events("risk.ProtectionRestored"), what="its exits")
    there = await account.at_venue()
    assert {one["order_class"] for one in there} == {"oco"}
    assert {(one["type"], Decimal(one["qty"])) for one in there} == {("limit", filled), ("stop", filled)}
    assert all(map(account.is_working, (profit, loss)))
    assert account.events("risk.Unprotected")


@pytest.mark.parametrize("is_replaced", [False, True])
@pytest.mark.parametrize("is_by_hand", [False, True])
async def test_exits_of_a_day_entry_outlive_the_close_and_its_rest_does_not(
    account: Account, *, is_by_hand: bool, is_replaced: bool
) -> None:
    held, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(held)
    resting = await (bracket_by_hand if is_by_hand else bracket_of_a_run)(account, is_replaced=is_replaced)
    known = account.trading.trader.books.known
    legs = [one for one in known.group(resting.id) if one.parent_id == resting.id]
    assert len(legs) == 2
    await to_the_close(account)
    await account.until(lambda: not any(map(account.is_working, (resting, *legs))), what="the end of entry and legs")
    assert [account.now(one).status for one in legs] == [S.CANCELLED] * 2
    assert all(map(account.is_working, (profit, loss)))
    assert {one["time_in_force"] for one in await account.at_venue()} == {"gtc"}


async def test_close_behind_cancels_waits_until_they_are_final(account: Account) -> None:
    entry, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(entry)
    await account.exchange.fault("stuck_cancel", times=2)  # one that went through would end both exits
    close = account.made(STOCK, -10)
    await account.carry_out(*cancels(profit, loss), Place(order=close))
    await account.pass_time(3)
    assert account.now(close).status is S.PENDING
    await account.until_filled(close)
    assert await account.held_there() == 0
    assert all(one["status"] == 200 for one in await account.requests("POST", "/v2/orders")), "nothing was refused"


async def test_close_behind_a_leg_that_fills_meanwhile_is_dropped(account: Account) -> None:
    entry, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(entry)
    await account.exchange.fault("stuck_cancel", times=3)
    close = account.made(STOCK, -10)
    await account.carry_out(*cancels(profit, loss), Place(order=close))
    await account.exchange.post("price", {"symbol": STOCK, "price": float(loss.stop or 0) - 1})
    await account.until(lambda: not account.now(close).is_working, what="the close's end")
    assert account.now(close).status is S.CANCELLED
    assert "nothing was left" in account.now(close).reason
    assert await account.held_there() == account.held() == 0


async def test_cancel_that_nothing_confirms_is_asked_again_and_told(account: Account) -> None:
    price = await account.price(STOCK)
    order = await account.order(STOCK, 1, limit=round(price * Decimal("0.95"), 2))
    await account.until(lambda: account.now(order).status is S.ACCEPTED, what="it to work")
    lost = {"method": "DELETE", "path": "/v2/orders/*"}
    await account.exchange.fault("answer_lost", acted=False, times=4, match=lost)
    before = len(await account.requests("DELETE", "/v2/orders"))
    await account.cancel(order)
    await account.until(
        lambda: "cancel_not_confirmed" in [one["warning"] for one in account.events("orders.Warned")],
        what="a word of it",
        step=2,
    )
    await account.until(lambda: account.now(order).status is S.CANCELLED, what="its end", step=2)
    assert len(await account.requests("DELETE", "/v2/orders")) - before >= 4


async def test_cancel_that_was_confirmed_and_changed_nothing_is_asked_again(account: Account) -> None:
    """It is answered with 204, and the order works on; the exchange's journal says when it was asked again."""
    price = await account.price(STOCK)
    order = await account.order(STOCK, 1, limit=round(price * Decimal("0.95"), 2))
    await account.until(lambda: account.now(order).status is S.ACCEPTED, what="it to work")
    before = len(await account.requests("DELETE", "/v2/orders"))
    await account.exchange.fault("stuck_cancel")
    await account.cancel(order)
    await account.until(lambda: account.now(order).status is S.CANCELLED, what="its end")
    first, second = (await account.requests("DELETE", "/v2/orders"))[before:]
    assert (first["status"], second["status"]) == (204, 204)
    waited = datetime.fromisoformat(second["time"]) - datetime.fromisoformat(first["time"])
    assert timedelta(seconds=10) <= waited < timedelta(seconds=30)


async def test_exits_for_the_day_that_expire_under_a_position_are_told_and_placed_anew(account: Account) -> None:
    held, profit, loss = await account.bracket(STOCK, 10, exit_tif=TimeInForce.DAY)
    await account.until_filled(held)
    assert {one["time_in_force"] for one in await account.at_venue()} == {"day"}
    await to_the_close(account)
    await account.until(lambda: account.events("risk.Unprotected"), what="a word of it")
    assert account.held() == 10
    (told,) = account.events("risk.Unprotected")
    assert (told["symbol"], told["quantity"], told["order_id"]) == (STOCK, "10", held.id)
    await account.until(lambda: account.events("risk.ProtectionRestored"), what="exits for the next day")
    assert {(one["order_class"], one["time_in_force"]) for one in await account.at_venue()} == {("oco", "day")}
    assert all(map(account.is_working, (profit, loss)))


async def test_order_through_zero_closes_and_then_opens(account: Account) -> None:
    first = await account.until_filled(await account.order(STOCK, 10))
    through = await account.order(STOCK, -15)
    await account.until_filled(through)
    assert [(one.part, one.quantity) for one in account.sent(first)] == [("whole", 10)]
    assert [(one.part, one.quantity) for one in account.sent(through)] == [("close", 10), ("open", 5)]
    assert await account.held_there() == account.held() == -5
    assert len({one.id for one in account.sent(through)}) == 2


async def test_entry_against_another_run_is_refused_by_name_and_an_exit_is_not(exchange: LocalExchange) -> None:
    async with trading_account(exchange, FakeDisk(), runs=("one", "two", "three")) as account:
        price = await account.price(STOCK)
        held = await account.until_filled(await account.order(STOCK, 10, run_id="one"))
        entry = await account.order(STOCK, 5, run_id="two", limit=round(price * Decimal("0.99"), 2))
        await account.until(lambda: account.now(entry).status is S.ACCEPTED, what="it to work")
        short = account.made(STOCK, -5, run_id="three")
        refused = await account.carry_out(Place(order=short))
        assert refused[short.id].other_run == "two"
        assert "run two" in account.now(short).reason
        close = await account.order(STOCK, -10, run_id="one")
        await account.until_filled(close)
        await account.until(lambda: account.now(entry).status is S.CANCELLED, what="the end of what stood in the way")
        assert await account.held_there() == 0
        assert "entry_in_the_way" in [one["warning"] for one in account.events("orders.Warned")]
        assert held.filled == 10


async def test_position_under_another_spelling_and_id_is_the_runs(account: Account) -> None:
    await account.exchange.fault("unrelated_ids")
    await account.until_filled(await account.order(PAIR, "0.1"))
    await account.look()
    (found,) = [one for one in account.trading.attributions if one.symbol == PAIR]
    assert (found.venue, found.unexplained) == (account.held(PAIR), 0)


async def test_cash_is_cash_and_coins_stay(account: Account) -> None:
    await account.until_filled(await account.order(PAIR, "0.1"))
    held = account.held(PAIR)
    await account.look()
    told = (await account.state())["account"]
    assert Decimal(told["cash"]) < Decimal(told["buying_power"])
    shown = account.trading.venue_account
    assert shown is not None
    assert shown.cash == Decimal(told["cash"])
    assert account.held(PAIR) == held > 0


async def test_fill_that_was_not_streamed_is_found(account: Account) -> None:
    order = await account.order(STOCK, 10)
    await account.until(lambda: account.now(order).status is S.ACCEPTED, what="it to work", step=0.01)
    await account.exchange.fault("lose_update", times=3)
    await account.until_filled(order)
    assert account.held() == await account.held_there() == 10


@pytest.mark.parametrize("fault", ["duplicate_update", "reorder_updates", "unrelated_ids", "update_before_answer"])
async def test_fill_counts_once_however_it_is_told(account: Account, fault: str) -> None:
    await account.exchange.fault(fault, **({} if fault == "unrelated_ids" else {"times": 5}))
    await account.exchange.fault("partial_fill", parts=3)
    order = await account.until_filled(await account.order(STOCK, 10))
    await account.pass_time(65)
    await account.look()
    assert (account.now(order).filled, account.held(), await account.held_there()) == (10, 10, 10)


async def test_empty_lists_make_nothing_gone(account: Account) -> None:
    held, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(held)
    for path, times in {"/v2/orders": 4, "/v2/positions": 1, "/v2/account/activities/FILL": 4}.items():
        # a position that is missing from two looks in a row would halt its symbol
        await account.exchange.fault("empty", times=times, match={"method": "GET", "path": path})
    await account.look()
    await account.pass_time(31)
    await account.look()
    assert all(map(account.is_working, (profit, loss)))
    assert account.held() == 10
    assert not account.trading.guard.halts.over(run_id="run", symbol=STOCK, account=account.trading.name)


async def test_submit_without_an_answer_is_found_at_the_venue(account: Account) -> None:
    await account.exchange.fault("answer_lost", acted=True, match={"method": "POST", "path": "/v2/orders"})
    order = await account.until_filled(await account.order(STOCK, 10))
    assert len(account.sent(order)) == 1
    assert account.held() == await account.held_there() == 10
    assert len(list(await account.at_venue(is_open=False))) == 1


async def test_submit_that_never_came_is_rejected_after_a_minute_only(account: Account) -> None:
    await account.exchange.fault("answer_lost", acted=False, match={"method": "POST", "path": "/v2/orders"})
    order = await account.order(STOCK, 10)
    await account.until_still(lambda: account.sent(order)[0].lookups == 1, what="the first time that it is asked for")
    await account.pass_time(50)
    await account.until_still(lambda: account.sent(order)[0].lookups == 3, what="the third time")
    assert account.now(order).status is S.SUBMITTING
    await account.until(lambda: account.now(order).status is S.REJECTED, what="its end", step=10)
    assert "never got it" in account.now(order).reason
    assert await account.held_there() == 0


async def test_change_whose_answer_was_lost_leaves_one_live_order(account: Account) -> None:
    old, new = await changed(account, acted=True)
    await account.until(lambda: account.now(new).status is S.ACCEPTED, what="the new one to work", step=5)
    await account.until(lambda: account.now(old).status is S.CANCELLED, what="the old one's end", step=5)
    (there,) = await account.at_venue()
    assert Decimal(there["limit_price"]) == new.limit


async def test_change_that_never_came_leaves_none_and_sends_no_entry_late(account: Account) -> None:
    old, new = await changed(account, acted=False)
    await account.until(lambda: not account.now(new).is_working, what="the new one's end", step=5)
    await account.until(lambda: not account.now(old).is_working, what="the old one's end", step=5)
    assert "never got it" in account.now(new).reason
    assert await account.at_venue() == []


async def test_an_order_that_is_being_changed_cannot_be_changed_beside_that(account: Account) -> None:
    asking = {"method": "GET", "path": "/v2/orders:by_client_order_id"}
    await account.exchange.fault("answer_lost", times=1000, match=asking)  # or the change would be seen any moment
    old, new = await changed(account, acted=True)
    another = account.made(STOCK, 10, limit=new.limit)
    await account.carry_out(Replace(old_id=old.id, order=another))
    await account.exchange.clear_faults()
    assert account.now(another).status is S.REJECTED
    assert f"order {old.number} is being replaced by order {new.number}" in account.now(another).reason
    await account.until(lambda: account.now(new).status is S.ACCEPTED, what="the first one to work", step=5)
    assert [one["client_order_id"] for one in await account.at_venue()] == [new.id]


async def test_leg_that_the_venue_replaced_is_followed(account: Account) -> None:
    entry, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(entry)
    await account.exchange.fault("venue_replace", match={"symbol": STOCK})
    there = {one["id"] for one in await account.at_venue()}
    await account.until(lambda: {account.sent(one)[-1].venue_id for one in (profit, loss)} == there, what="the new leg")
    await account.look()
    assert all(map(account.is_working, (profit, loss)))
    assert account.trading.trader.reconciler.foreign == {}
    await account.exchange.post("price", {"symbol": STOCK, "price": float(loss.stop or 0) - 1})
    await account.until(lambda: not account.held(), what="the exit")
    await account.until(lambda: not account.is_working(profit), what="the end of the other leg")
    assert await account.held_there() == 0
    assert [account.now(one).status for one in (profit, loss)] == [S.CANCELLED, S.FILLED]


async def test_part_filled_order_that_is_gone_is_cancelled_with_its_fills(account: Account) -> None:
    await account.exchange.fault("answer_lost", acted=True, match={"method": "POST", "path": "/v2/orders"})
    await account.exchange.fault("partial_fill", parts=5)
    order = await account.order(STOCK, 10)
    await account.until(lambda: account.now(order).filled > 0, what="a part", step=10)
    (there,) = await account.at_venue()
    await directly(account, "DELETE", f"/v2/orders/{there['id']}")
    await account.until(lambda: not account.now(order).is_working, what="its end")
    now = account.now(order)
    assert now.status is S.CANCELLED
    assert 0 < now.filled < 10
    assert account.held() == now.filled == await account.held_there()


async def test_entry_whose_legs_were_dropped_is_protected(account: Account) -> None:
    await account.exchange.fault("drop_legs")
    entry, profit, loss = await account.bracket(STOCK, 10)
    await account.until_filled(entry)
    await account.until(lambda: account.events("risk.ProtectionRestored"), what="exits of their own")
    there = await account.at_venue()
    assert {(one["order_class"], one["type"]) for one in there} == {("oco", "limit"), ("oco", "stop")}
    assert all(map(account.is_working, (profit, loss)))
    assert account.events("risk.Unprotected")


async def test_oco_for_more_than_is_free_is_rejected_and_nothing_is_sold_in_its_place(account: Account) -> None:
    await account.until_filled(await account.order(STOCK, 18, run_id=None))
    await account.look()
    high = round(await account.price(STOCK) * Decimal("1.05"), 2)
    working = [await account.order(STOCK, -size, run_id=None, limit=high) for size in (5, 10)]
    await account.until(lambda: all(account.now(one).status is S.ACCEPTED for one in working), what="both to work")
    given = {"run_id": None, "order_class": OrderClass.OCO, "reduces": True}
    oco = account.made(STOCK, -18, limit=high + 1, **given)
    stop = replace(account.made(STOCK, -18, stop=high - 15, **given), group_id=oco.id)
    await account.carry_out(Place(order=replace(oco, group_id=oco.id), legs=(stop,)))
    await account.pass_time(120)
    assert account.now(oco).status is S.REJECTED
    assert "insufficient qty" in account.now(oco).reason
    assert not account.is_working(stop)
    assert [one.id for one in account.sent(oco)] == [oco.id]
    assert account.events("risk.Unprotected") == []
    assert all(map(account.is_working, working))
    assert await account.held_there() == 18


async def test_oco_of_a_run_is_for_no_more_than_it_holds_whoever_may_be_short(account: Account) -> None:
    refused, _ = await oco_of_a_run(account, 25)
    assert account.now(refused).status is S.REJECTED
    assert account.now(refused).reason == "an oco of sell 25 AAPL: the run holds 0, of which 0 are left for it to exit"
    await account.until_filled(await account.order(STOCK, 10))
    await account.look()
    oco, stop = await oco_of_a_run(account, 25)
    await account.until(lambda: account.now(oco).status is S.ACCEPTED, what="it to work")
    assert {(one["order_class"], one["qty"]) for one in await account.at_venue()} == {("oco", "10")}
    level = account.now(stop).stop
    assert level is not None
    await account.exchange.post("price", {"symbol": STOCK, "price": float(level) - 1})
    await account.until(lambda: not account.is_working(oco) and not account.is_working(stop), what="the exit")
    await account.pass_time(120)
    assert account.held() == await account.held_there() == 0
    assert [account.now(one).quantity for one in (oco, stop)] == [10, 10]


async def oco_of_a_run(account: Account, quantity: int) -> tuple[LiveOrder, LiveOrder]:
    """A sale at a profit or at a loss, 2 % from the newest price."""
    price, given = await account.price(STOCK), {"order_class": OrderClass.OCO, "reduces": True, "tif": TimeInForce.GTC}
    oco = account.made(STOCK, -quantity, limit=round(price * Decimal("1.02"), 2), **given)
    stop = account.made(STOCK, -quantity, stop=round(price * Decimal("0.98"), 2), **given)
    oco, stop = (replace(one, group_id=oco.id) for one in (oco, stop))
    await account.carry_out(Place(order=oco, legs=(stop,)))
    return oco, stop


async def changed(account: Account, *, acted: bool) -> tuple[LiveOrder, LiveOrder]:
    """A working order, and what was to replace it; no answer to that came."""
    price = await account.price(STOCK)
    old = await account.order(STOCK, 10, limit=round(price * Decimal("0.95"), 2))
    await account.until(lambda: account.now(old).status is S.ACCEPTED, what="it to work")
    await account.exchange.fault("answer_lost", acted=acted, match={"method": "PATCH", "path": "/v2/orders"})
    new = account.made(STOCK, 10, limit=round(price * Decimal("0.94"), 2))
    await account.carry_out(Replace(old_id=old.id, order=new))
    return old, new


async def bracket_of_a_run(account: Account, *, is_replaced: bool) -> LiveOrder:
    """A day entry that rests, with exits that stay."""
    price = await account.price(STOCK)
    order, *_ = await account.bracket(STOCK, 10, limit=round(price * Decimal("0.92"), 2))
    await account.until(lambda: account.now(order).status is S.ACCEPTED, what="it to work")
    if is_replaced:
        old, order = order, account.made(STOCK, 10, limit=round(price * Decimal("0.93"), 2))
        await account.carry_out(Replace(old_id=old.id, order=order))
        await account.until(lambda: account.now(order).status is S.ACCEPTED, what="the new one to work")
    return account.now(order)


async def bracket_by_hand(account: Account, *, is_replaced: bool) -> LiveOrder:
    """The same as a person orders it."""
    price, names = await account.price(STOCK), iter(("by-hand", "by-hand-too"))
    desk = Desk(store=account.trading._store, new_id=names.__next__)
    ticket = Ticket(
        symbol=STOCK, side=Side.BUY, quantity=Decimal(3), order_type=OrderType.LIMIT,
        limit=round(price * Decimal("0.92"), 2), order_class=OrderClass.BRACKET,
        take_profit=round(price * Decimal("1.2"), 2), stop_loss=round(price * Decimal("0.8"), 2),
    )  # fmt: skip
    placed = (await desk.place(ticket, account.trading, None, corr_id="tested")).order_id
    known = account.trading.trader.books.known
    await account.until(lambda: is_accepted(known.order(placed)), what="it to work")
    if is_replaced:
        changes = Changes(limit=round(price * Decimal("0.93"), 2))
        placed = await desk.replace(placed, changes, account.trading, corr_id="tested")
        await account.until(lambda: is_accepted(known.order(placed)), what="the new one to work")
    order = known.order(placed)
    assert order is not None
    return order


def is_accepted(order: LiveOrder | None) -> bool:
    """Whether it works at the venue."""
    return order is not None and order.status is S.ACCEPTED


async def to_the_close(account: Account) -> None:
    """Half a minute after the stock exchange's of that day."""
    day = (await account.state())["now"][:10]
    await account.exchange.post("clock", {"to": f"{day}T20:00:30Z"})


def cancels(*orders: object) -> list[Cancel]:
    return [Cancel(order_id=one.id, reason="close") for one in orders]  # type: ignore[attr-defined]


async def directly(account: Account, method: str, path: str) -> None:
    """A request that Weaver does not make."""
    keys = {"APCA-API-KEY-ID": account.exchange.key, "APCA-API-SECRET-KEY": account.exchange.secret}
    async with httpx.AsyncClient() as client:
        answer = await client.request(method, f"{account.exchange.url}{path}", headers=keys)
    assert answer.is_success, answer.text
