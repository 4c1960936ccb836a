"""A run that its limits have halted says so, until it is not any more."""

import asyncio

import pytest

from tests.unit.glados.live.test_live_runner import FakeContext
from tests.unit.veda.accounts.test_guard import guard
from tests.unit.veda.live_builders import ACCOUNT
from tests.unit.veda.trading.builders import draft_of
from weaver.glados.live.halts import RunHalts
from weaver.veda.accounts.guard import Guard
from weaver.veda.risk.halts import HaltCause, HaltScope

pytestmark = pytest.mark.anyio
LOSS, CLOCK = HaltCause.DAILY_LOSS, HaltCause.CLOCK


class Rig:
    def __init__(self) -> None:
        self.guard: Guard = guard()
        self.context = FakeContext(is_resumed=False, asked=lambda: False)
        self.halts = RunHalts(lambda: self.guard.halts_of_run("run"), self.context)
        self.guard.listen(self.halts.hear)

    async def halted(self, scope: HaltScope, name: str, cause: HaltCause, reason: str) -> list[str]:
        draft, _ = draft_of([])
        self.guard.halt(draft, scope, name, cause, reason)
        draft.seen()
        return await self.told()

    async def lifted(self, scope: HaltScope, name: str, cause: HaltCause) -> list[str]:
        draft, _ = draft_of([])
        self.guard.lift(draft, scope, name, cause)
        draft.seen()
        return await self.told()

    async def told(self) -> list[str]:
        """What was told since this was last asked."""
        for _ in range(20):
            await asyncio.sleep(0)
        found, self.context.told = self.context.told, []
        return found


async def test_run_is_halted_as_long_as_it_or_its_account_is() -> None:
    rig = Rig()
    task = asyncio.create_task(rig.halts.watch())
    assert await rig.told() == []
    assert await rig.halted(HaltScope.RUN, "run", LOSS, "lost 6 %") == ["halted: the run is halted: lost 6 %"]
    assert await rig.halted(HaltScope.RUN, "run", LOSS, "lost 7 %") == [], "it is the same halt"
    assert await rig.halted(HaltScope.RUN, "other", LOSS, "lost 9 %") == []
    assert await rig.halted(HaltScope.SYMBOL, "AAPL", HaltCause.POSITION, "a difference") == []
    both = "halted: the run is halted: lost 7 %; the account is halted: the clock is off"
    assert await rig.halted(HaltScope.ACCOUNT, ACCOUNT, CLOCK, "the clock is off") == [both]
    assert await rig.lifted(HaltScope.RUN, "run", LOSS) == ["halted: the account is halted: the clock is off"]
    assert await rig.lifted(HaltScope.ACCOUNT, ACCOUNT, CLOCK) == ["resumed"]
    task.cancel()


async def test_run_that_goes_on_after_a_restart_is_halted_still() -> None:
    rig = Rig()
    await rig.halted(HaltScope.RUN, "run", LOSS, "lost 6 %")
    await rig.halts.resumed()
    assert await rig.told() == ["resumed", "halted: the run is halted: lost 6 %"]
