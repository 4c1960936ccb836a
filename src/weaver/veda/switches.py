"""The kill switches of all accounts: on at once, kept as soon as the database takes it, obeyed until all is done."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from itertools import chain, repeat

import structlog

from weaver.events.factory import EventFactory
from weaver.events.payloads import Payload, RiskKillSwitchOff, RiskKillSwitchOn
from weaver.model.errors import ReadOnly, Unavailable, WeaverError
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.exchange.setup import Wall
from weaver.veda.ports import TradingStore
from weaver.veda.risk.switch import EVERYWHERE, KillSwitch

AGAIN_SECONDS = (1.0, 2.0, 5.0, 10.0)
"""Between tries, while the database is away."""
Step = Callable[[], Coroutine[None, None, None]]
_log = structlog.get_logger(__name__)


class Switches:
    """What memory holds is what the gates do, and stands above what is kept."""

    def __init__(
        self,
        *,
        store: TradingStore,
        events: EventFactory,
        wall: Wall,
        accounts: Callable[[], Mapping[str, TradingAccount]],
        begin: Callable[[str, Step], object],
        is_owner: Callable[[], bool],
    ) -> None:
        """accounts: those that are open, by name. begin: has something done in the background, under a name."""
        self._store, self._events, self._wall = store, events, wall
        self._accounts, self._begin, self._is_owner = accounts, begin, is_owner
        self.turned: dict[str, KillSwitch] = {}
        """Those that were turned since the start, by scope."""
        self._unkept: dict[str, KillSwitch] = {}
        self._keeping = asyncio.Lock()

    async def all(self) -> Mapping[str, KillSwitch]:
        """All that were ever turned, by scope; where another server trades, as that one kept them. Raises
        Unavailable."""
        kept = map(KillSwitch.of_json, (await self._store.states("switch ")).values())
        return {one.scope: one for one in kept} | (self.turned if self._is_owner() else {})

    async def find(self, scope: str) -> KillSwitch:
        """One, as it stands; where the database does not answer, as far as is known here."""
        if self._is_owner() and scope in self.turned:
            return self.turned[scope]
        try:
            return (await self.all()).get(scope) or KillSwitch(scope=scope)
        except Unavailable:
            known = (one.guard.switches.get(scope) for one in self._accounts().values())
            return next((one for one in known if one is not None), KillSwitch(scope=scope))

    async def turn(self, switch: KillSwitch, *, corr_id: str) -> None:
        """Turn a switch, over one account or EVERYWHERE. Who turns one on has it on at once; who releases one, once
        that is kept. Raises ReadOnly, and Unavailable, which says what stands, where not all could be done yet."""
        if not switch.is_on:
            await self._release(switch, corr_id)
            return
        before = self.turned.get(switch.scope)
        self._put(switch)
        faults = []
        try:
            await self._keep(switch, corr_id)
        except ReadOnly:
            self._take_back(switch, before)
            raise
        except WeaverError as error:
            self._keep_later(switch, corr_id)
            faults.append(f"could not be kept yet, so that a restart would lose it: {error}")
        faults += await self._obeyed(switch, corr_id)
        if faults:
            raise Unavailable(f"the kill switch is on here, but {'; '.join(faults)}. What is left is tried until done")

    async def _release(self, switch: KillSwitch, corr_id: str) -> None:
        before = await self.find(switch.scope)
        try:
            await self._keep(switch, corr_id)
        except ReadOnly:
            raise
        except WeaverError as error:
            if before.is_on:  # the outcome may not be known: what stands is to be what is kept
                self._keep_later(before, corr_id)
            raise Unavailable(f"the kill switch is as it was, for its release could not be kept: {error}") from error
        if self.turned.get(switch.scope, before) == before:  # else it was turned on meanwhile
            self._unkept.pop(switch.scope, None)
            self._put(switch)

    def _put(self, switch: KillSwitch) -> None:
        self.turned[switch.scope] = switch
        for account in self._concerned(switch):
            account.guard.switches[switch.scope] = switch

    def _take_back(self, switch: KillSwitch, before: KillSwitch | None) -> None:
        """Another server trades: what was turned here is nothing."""
        self.turned.pop(switch.scope)
        if before is not None:
            self._put(before)
            return
        for account in self._concerned(switch):
            account.guard.switches.pop(switch.scope, None)

    def _concerned(self, switch: KillSwitch) -> list[TradingAccount]:
        return [one for name, one in self._accounts().items() if switch.scope in (EVERYWHERE, name)]

    # Kept

    async def _keep(self, switch: KillSwitch, corr_id: str) -> None:
        async with self._keeping, self._store.transaction() as transaction:
            await transaction.put_state(f"switch {switch.scope}", switch.as_json())
            transaction.append(self._events.event(_turned(switch), corr_id=corr_id))

    def _keep_later(self, switch: KillSwitch, corr_id: str) -> None:
        self._unkept[switch.scope] = switch
        self._begin(f"keep switch {switch.scope}", partial(self._keep_in_time, switch.scope, corr_id))

    async def _keep_in_time(self, scope: str, corr_id: str) -> None:
        for pause in _pauses():
            await self._wall.sleep(pause)
            switch = self._unkept.get(scope)
            if switch is None:
                return
            try:
                if await self._store.state(f"switch {scope}") != switch.as_json():
                    await self._keep(switch, corr_id)
            except ReadOnly:
                return
            except WeaverError as error:
                _log.warning("kill_switch_not_kept", scope=scope, error=str(error))
            else:
                if self._unkept.get(scope) is switch:
                    del self._unkept[scope]

    # Obeyed

    async def tell(self, account: TradingAccount) -> None:
        """An account has come to be open: a switch that is on, also since it began to be opened, holds there."""
        account.guard.switches |= {
            scope: one for scope, one in self.turned.items() if scope in (EVERYWHERE, account.name)
        }
        if (switch := account.guard.switch) is not None:
            await self._obeyed_by(account, switch, self._events.new_id())

    async def _obeyed(self, switch: KillSwitch, corr_id: str) -> list[str]:
        """Have every account do what a switch says; returns what could not be done at once."""
        concerned = self._concerned(switch)
        found = await asyncio.gather(*(self._obeyed_by(account, switch, corr_id) for account in concerned))
        return [fault for faults in found for fault in faults]

    async def _obeyed_by(self, account: TradingAccount, switch: KillSwitch, corr_id: str) -> list[str]:
        faults = []
        for what, step in account.steps_of(switch, corr_id=corr_id):
            try:
                await step()
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are done, and this again
                _log.warning("kill_switch_not_obeyed", account=account.name, step=what, error=str(error))
                self._begin(f"{account.name} {what}", partial(self._again, account, switch, step, what))
                faults.append(f"{account.name}: {what} could not be done yet: {error}")
        return faults

    async def _again(self, account: TradingAccount, switch: KillSwitch, step: Step, what: str) -> None:
        """Try a step until it is done, as long as the switch is on and the account open."""
        for pause in _pauses():
            await self._wall.sleep(pause)
            known = account.guard.switches.get(switch.scope)
            if known is None or not known.is_on or self._accounts().get(account.name) is not account:
                return
            try:
                await step()
            except ReadOnly:
                return
            except WeaverError as error:
                _log.warning("kill_switch_not_obeyed", account=account.name, step=what, error=str(error))
            else:
                return


def _pauses() -> Iterator[float]:
    return chain(AGAIN_SECONDS, repeat(AGAIN_SECONDS[-1]))


def _turned(switch: KillSwitch) -> Payload:
    account = None if switch.scope == EVERYWHERE else switch.scope
    if switch.is_on:
        return RiskKillSwitchOn(reason=switch.reason, account=account, flatten=switch.flatten)
    return RiskKillSwitchOff(reason=switch.reason, account=account)
