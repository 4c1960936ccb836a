"""A venue takes its fee of coins in coins: what a run holds follows, and it sells no more than there is."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.integration.trading.account import PAIR, Account, trading_account
from tests.integration.trading.desk import Desk, desk
from tests.local_exchange import LocalExchange, local_exchange
from tests.trading_store import FakeDisk
from weaver.model.orders.actions import Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Accepted
from weaver.veda.exchange.orders import OrderRequest

BUYING = '''
from weaver import Strategy


class Buying(Strategy):
    """Buys on each of two bars, and says what it holds."""

    bought = 0

    def on_bar(self, bar):
        if self.bought < 2:
            self.bought += 1
            self.buy(bar.symbol, 0.2)
        self.log(f"bar {bar.index} holds {self.position(bar.symbol).quantity}")
'''
FEE = ("--coin-fee-bps", "25")


@pytest.fixture(name="desk", scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk") / "server", *FEE) as made:
        yield made


@pytest.fixture
def exchange() -> Iterator[LocalExchange]:
    with local_exchange("--speed", "hold", "--rate", "0", *FEE) as running:
        yield running


def test_run_holds_what_is_left_of_its_coins_and_can_sell_all_of_it(desk: Desk) -> None:
    run_id = desk.started(BUYING, PAIR)
    left = Decimal("0.399")  # of 0.4, less 25 in 10,000
    desk.until(lambda: [*desk.held.values()] == [left], what="two buys")
    desk.until(lambda: Decimal(desk.log(run_id)[-1].split()[-1]) == left, what="a strategy that knows")
    charged = [one for one in desk.api.events() if one["type"] == "account.FeeCharged"]
    assert sum(Decimal(one["payload"]["quantity"]) for one in charged) == Decimal("0.001")
    assert {one["payload"]["run_id"] for one in charged} == {run_id}
    (shared,) = desk.api.get("/positions", venue="alpaca", mode="paper")["items"]
    assert [Decimal(one["quantity"]) for one in shared["owners"]] == [Decimal(shared["quantity"])] == [left]
    assert (Decimal(shared["remainder"]), shared["parts"]) == (0, [])
    desk.stopped(run_id, flatten=True)
    desk.until(lambda: not desk.held, what="the flattening")
    desk.until(lambda: sum_of_fills(desk, run_id) == Decimal("0.001"), what="the fill of all that was left")
    assert not [one for one in desk.api.events() if one["type"] == "risk.LimitBreached"]
    assert {one["status"] for one in desk.orders(run_id)} == {"filled"}


def sum_of_fills(desk: Desk, run_id: str) -> Decimal:
    """What was bought and not sold again, by what filled."""
    signs = {"buy": 1, "sell": -1}
    return sum((signs[one["side"]] * Decimal(one["quantity"]) for one in desk.fills(run_id)), Decimal(0))


@pytest.mark.anyio
async def test_fees_are_shared_to_who_bought_and_outlive_a_restart(exchange: LocalExchange) -> None:
    disk = FakeDisk()
    async with trading_account(exchange, disk, runs=("a", "b")) as account:
        for run_id, quantity in (("a", "0.1"), ("b", "0.3")):
            await account.until_filled(await account.order(PAIR, quantity, run_id=run_id))
        await account.until(lambda: account.events("account.FeeCharged"), what="the fees", step=10)
        await account.look()
        # 25 in 10,000 of each
        assert [account.held(PAIR, one) for one in ("a", "b")] == [Decimal("0.09975"), Decimal("0.29925")]
    async with trading_account(exchange, disk, runs=("a", "b")) as account:
        await account.look()
        assert [account.held(PAIR, one) for one in ("a", "b")] == [Decimal("0.09975"), Decimal("0.29925")]
        (shared,) = account.trading.attributions
        assert (shared.venue, shared.ours, shared.parts) == (Decimal("0.399"), Decimal("0.399"), ())
        await account.trading.flatten("a", corr_id="tested")
        await account.until(lambda: not account.held(PAIR, "a"), what="the close", step=20)
        assert await account.held_there(PAIR) == account.held(PAIR, "b") == Decimal("0.29925")
        assert not account.trading.halted_symbols
        assert {one.status for one in disk.tables.orders.values()} == {OrderStatus.FILLED}


@pytest.mark.anyio
async def test_close_before_the_fee_is_booked_is_for_what_is_there(exchange: LocalExchange) -> None:
    async with trading_account(exchange, FakeDisk()) as account:
        bought = await account.until_filled(await account.order(PAIR, "0.1"))
        await account.until(lambda: account.trading.ledgers.lacking("run", PAIR).fees, what="a look that shows it")
        assert account.held(PAIR) == Decimal("0.1")
        await account.trading.flatten("run", corr_id="tested")
        await account.until(lambda: account.held(PAIR) < Decimal("0.01"), what="the close", step=20)
        (close,) = [one for one in account.disk.tables.orders.values() if one.id != bought.id]
        assert (close.status, close.filled) == (OrderStatus.FILLED, Decimal("0.09975"))
        await account.until(lambda: not account.held(PAIR), what="the fee", step=10)
        assert await account.held_there(PAIR) == 0
        assert not account.events("risk.LimitBreached")


@pytest.mark.anyio
async def test_close_ahead_of_the_first_look_is_refused_and_sent_for_what_is_there(exchange: LocalExchange) -> None:
    async with trading_account(exchange, FakeDisk()) as account:
        bought = await account.until_filled(await account.order(PAIR, "0.1"))
        assert not account.trading.ledgers.lacking("run", PAIR).fees
        begun = account.trading.adapter.now()
        await account.trading.flatten("run", corr_id="tested")
        close = account.now(next(one for one in account.disk.tables.orders.values() if one.id != bought.id))
        await account.until(lambda: len(account.sent(close)) == 2, what="it to be sent again", step=0.5)
        assert account.trading.adapter.now() - begun < timedelta(seconds=10)  # no look was due by itself
        await account.until(lambda: account.held(PAIR) < Decimal("0.01"), what="the close", step=20)
        (close,) = [one for one in account.disk.tables.orders.values() if one.id != bought.id]
        assert (close.status, close.filled) == (OrderStatus.FILLED, Decimal("0.09975"))
        refused, *_ = [one for one in await account.requests("POST", "/v2/orders") if one["status"] == 403]
        sent = [one.id for one in account.sent(close)]
        assert (refused["client_order_id"], len(sent)) == (sent[0], 2)
        await account.until(lambda: not account.held(PAIR), what="the fee", step=10)
        assert await account.held_there(PAIR) == 0
        assert not account.events("risk.LimitBreached")


@pytest.mark.anyio
async def test_what_the_venue_names_takes_the_place_of_the_estimate_once(exchange: LocalExchange) -> None:
    """The exchange names a day's fees when that is over, in UTC."""
    disk = FakeDisk()
    owned = {"a": Decimal("0.09975"), "b": Decimal("0.29925")}
    async with trading_account(exchange, disk, runs=("a", "b")) as account:
        for run_id, quantity in (("a", "0.1"), ("b", "0.3")):
            await account.until_filled(await account.order(PAIR, quantity, run_id=run_id))
        await account.until(lambda: len(account.events("account.FeeCharged")) == 2, what="estimates", step=10)
        assert named(account) == {}
    await exchange.post("clock", {"advance": 24 * 3600})
    async with trading_account(exchange, disk, runs=("a", "b")) as account:
        await account.until(lambda: named(account), what="what the venue says", step=10)
        assert named(account) == {"a": Decimal("0.00025"), "b": Decimal("0.00075")}
        assert {one: account.held(PAIR, one) for one in owned} == owned
        assert not any(account.trading.ledgers.of(one).estimated(PAIR) for one in owned)
    async with trading_account(exchange, disk, runs=("a", "b")) as account:  # which lists them once more
        await account.until(lambda: account.trading.trader.looks.looked_at, what="a look", step=10)
        await account.look()
        assert named(account) == {"a": Decimal("0.00025"), "b": Decimal("0.00075")}
        assert {one: account.held(PAIR, one) for one in owned} == owned
        (shared,) = account.trading.attributions
        assert (shared.venue, shared.ours, shared.parts) == (Decimal("0.399"), Decimal("0.399"), ())
        assert not account.trading.halted_symbols


@pytest.mark.anyio
async def test_fees_of_what_was_traded_outside_are_nobodys_by_name(exchange: LocalExchange) -> None:
    """Others' buys are counted whole, as their executions say; the fee that the venue names is a part of its own."""
    async with trading_account(exchange, FakeDisk()) as account:
        await account.until_filled(await account.order(PAIR, "0.1"))
        others = OrderRequest(
            client_order_id="elsewhere", symbol=PAIR, side=Side.BUY, quantity=Decimal("0.4"), tif=TimeInForce.GTC
        )
        assert isinstance(await account.trading.adapter.submit(others), Accepted)
        await account.until(
            lambda: account.trading.ledgers.net(PAIR) > Decimal("0.49"), what="others' execution", step=10
        )
        await exchange.post("clock", {"advance": 24 * 3600})
        await account.until(lambda: named(account), what="what the venue says", step=10)
        await account.look()
        (shared,) = account.trading.attributions
        parts = {part.kind: part.quantity for part in shared.parts}
        assert shared.runs == {"run": Decimal("0.0997")}  # 30 in 10,000 at most are believed to be its own
        assert parts == {"others": Decimal("0.4"), "fee": Decimal("-0.00095")}
        assert shared.venue == shared.ours + sum(parts.values()) == Decimal("0.49875")
        assert not account.trading.halted_symbols


def named(account: Account) -> dict[str | None, Decimal]:
    """What the venue named, by who was charged."""
    found: dict[str | None, Decimal] = {}
    for one in account.events("account.FeeCharged"):
        if not one["is_estimated"]:
            found[one["run_id"]] = found.get(one["run_id"], Decimal(0)) + Decimal(one["quantity"])
    return found
