"""The kill switch beside a database that fails: on at once, kept and obeyed in time, and said so."""

from dataclasses import dataclass, field

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.accounts.test_trading_account import Shop
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_order
from tests.virtual_wall import VirtualWall
from weaver.events.factory import EventFactory
from weaver.model.errors import ReadOnly, Unavailable
from weaver.model.orders.actions import OrderType
from weaver.veda.accounts.trading_account import KILLED, TradingAccount
from weaver.veda.risk.switch import EVERYWHERE, KillSwitch
from weaver.veda.switches import Switches
from weaver.veda.trading.chores import Chores

pytestmark = pytest.mark.anyio
OTHER = "other paper"
OFF = KillSwitch(scope=EVERYWHERE)
ON = OFF.on(reason="enough", by="ada", at=NOON)


class Away:
    """A database that takes no writes of some points, as long as it is told to."""

    def __init__(self) -> None:
        self.is_away, self.is_of_others = False, False

    async def __call__(self, point: str) -> None:
        if point == "commit" and self.is_of_others:
            raise ReadOnly("another server trades")
        if point == "commit" and self.is_away:
            raise Unavailable("the disk is full")


@dataclass
class Rig:
    """Two accounts with an entry each, not connected, and their switches."""

    disk: FakeDisk = field(default_factory=FakeDisk)
    away: Away = field(default_factory=Away)

    def __post_init__(self) -> None:
        self.wall = VirtualWall(NOON)
        self.store = FakeTradingStore(self.disk, at=self.away)
        ids = iter(map(str, range(9999)))
        self.events = EventFactory(producer="test", now=lambda: NOON, new_id=lambda: f"e{next(ids)}")
        self.accounts = {name: self._account(name) for name in (ACCOUNT, OTHER)}
        self.chores = Chores(self.wall, lambda: None)
        self.switches = Switches(
            store=self.store, events=self.events, wall=self.wall, accounts=lambda: self.accounts,
            begin=self.chores.begin, is_owner=lambda: not self.away.is_of_others,
        )  # fmt: skip

    def _account(self, name: str) -> TradingAccount:
        return TradingAccount(
            name, adapter=Shop(wall=self.wall), store=self.store, events=self.events, wall=self.wall,
            told=lambda _what, _facts: None,
        )  # fmt: skip

    async def rest(self) -> None:
        """Put an entry into each account's books."""
        for name, account in self.accounts.items():
            entry = live_order(f"{name} 1", account=name, order_type=OrderType.LIMIT, limit=90)
            async with account.trader.books.change() as draft:
                draft.put(entry)

    def state_of(self, name: str) -> str:
        """How an account's entry stands."""
        order = self.accounts[name].trader.books.known.order(f"{name} 1")
        assert order is not None
        return order.reason or order.status

    def is_on(self) -> list[bool]:
        """Whether the gate of each account says so."""
        return [one.guard.switch is not None for one in self.accounts.values()]

    async def kept(self) -> bool:
        state = await self.store.state(f"switch {EVERYWHERE}")
        return state is not None and state["is_on"]

    def told(self) -> list[str]:
        return [one.type for one in self.disk.events if one.type.startswith("risk.")]


async def test_switch_that_cannot_be_kept_is_on_and_kept_and_obeyed_in_time() -> None:
    rig = Rig()
    await rig.rest()
    rig.away.is_away = True
    with pytest.raises(Unavailable, match=r"the kill switch is on here, but could not be kept yet.*the disk is full"):
        await rig.switches.turn(ON, corr_id="c")
    assert rig.is_on() == [True, True]
    assert (await rig.switches.all())[EVERYWHERE].is_on, "what is told is what the gates do"
    assert not await rig.kept()

    await rig.wall.sleep(30)
    assert not await rig.kept()
    rig.away.is_away = False
    await rig.wall.sleep(30)
    assert await rig.kept()
    assert [rig.state_of(ACCOUNT), rig.state_of(OTHER)] == [KILLED, KILLED]
    assert rig.told() == ["risk.KillSwitchOn"]
    assert not rig.chores.count


async def test_an_account_that_fails_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    await rig.rest()

    async def fails(*_: object, **__: object) -> None:
        raise Unavailable("not now")

    with monkeypatch.context() as broken:
        broken.setattr(rig.accounts[ACCOUNT].trader, "carry_out", fails)
        with pytest.raises(Unavailable, match=f"is on here, but {ACCOUNT}: cancelling entries .*: not now"):
            await rig.switches.turn(ON, corr_id="c")
    assert [rig.state_of(ACCOUNT), rig.state_of(OTHER)] == ["accepted", KILLED]
    assert await rig.kept()
    await rig.wall.sleep(30)
    assert rig.state_of(ACCOUNT) == KILLED


async def test_release_that_cannot_be_kept_leaves_it_on() -> None:
    rig = Rig()
    await rig.switches.turn(ON, corr_id="c")
    rig.away.is_away = True
    with pytest.raises(Unavailable, match="is as it was, for its release could not be kept"):
        await rig.switches.turn(ON.off(reason="", by="ada", at=NOON), corr_id="c")
    assert rig.is_on() == [True, True]
    rig.away.is_away = False
    await rig.wall.sleep(30)
    assert await rig.kept()
    await rig.switches.turn(ON.off(reason="", by="ada", at=NOON), corr_id="c")
    assert rig.is_on() == [False, False]
    assert not await rig.kept()


async def test_release_ends_what_was_still_to_be_kept_and_done() -> None:
    rig = Rig()
    await rig.rest()
    rig.away.is_away = True
    with pytest.raises(Unavailable):
        await rig.switches.turn(ON, corr_id="c")
    rig.away.is_away = False
    await rig.switches.turn(ON.off(reason="", by="ada", at=NOON), corr_id="c")
    await rig.wall.sleep(60)
    assert (rig.is_on(), await rig.kept()) == ([False, False], False)
    assert rig.state_of(ACCOUNT) == "accepted"


async def test_where_another_server_trades_nothing_is_turned() -> None:
    rig = Rig()
    rig.away.is_of_others = True
    with pytest.raises(ReadOnly):
        await rig.switches.turn(ON, corr_id="c")
    assert rig.is_on() == [False, False]
    assert EVERYWHERE not in await rig.switches.all()
