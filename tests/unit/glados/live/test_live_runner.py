"""A run that has begun outlives a venue or a database that is away; one that has not does not begin."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

import pytest

from tests.pools import local_pool
from tests.virtual_wall import VirtualWall
from weaver.events.payloads import RunCompleted
from weaver.glados.live.halts import RunHalts
from weaver.glados.live.live_runner import LiveRunner
from weaver.glados.live.session import LiveSessions
from weaver.glados.runs.runners import Ended, EndRequest, Outcome, RunContext, Stop, Stopped, Suspend, Suspended
from weaver.model.errors import OverLimit, Unavailable
from weaver.model.run import Run, RunMode
from weaver.veda.runs.live_run import Ending

RUN = Run(
    id="run",
    name="run",
    strategy_id="s",
    mode=RunMode.PAPER,
    symbols=("AAPL",),
    timeframe="1m",
    venue="alpaca",
    created_at=datetime(2026, 1, 5, tzinfo=UTC),
)
AWAY = Unavailable("the venue does not answer")


class FakeLive:
    """The ticks of a run: what happens at each step, as it comes."""

    def __init__(self, script: "Script") -> None:
        self._script = script

    async def begin(self) -> None:
        self._script.next("begin")

    async def resume(self) -> None:
        self._script.next("resume")

    async def through(self) -> Ending:
        self._script.next("through")
        return Ending(reason=None)


class FakeSession:
    def __init__(self, script: "Script", context: RunContext, *, has_begun: bool) -> None:
        self.live, self.has_begun, self.run = FakeLive(script), has_begun, RUN
        self.halts = RunHalts(lambda: (), context)

    async def begin(self) -> None:
        if self.has_begun:
            await self.live.resume()
        else:
            await self.live.begin()
            self.has_begun = True

    async def last_word(self) -> None: ...

    async def cancel_entries(self, reason: str, corr_id: str) -> None: ...


class Script:
    """Steps that fail, by name, in the order in which they come; all others go well."""

    def __init__(self, *failing: str, error: Unavailable = AWAY) -> None:
        self.failing, self.seen, self.error = list(failing), list[str](), error
        self.has_begun = False

    def next(self, step: str) -> None:
        self.seen.append(step)
        if self.failing and self.failing[0] == step:
            self.failing.pop(0)
            raise self.error
        self.has_begun |= step == "begin"

    @asynccontextmanager
    async def open(self, run: Run, context: RunContext) -> AsyncIterator[FakeSession]:
        self.next("open")
        yield FakeSession(self, context, has_begun=self.has_begun or context.is_resumed)

    async def put_down(self, run: Run, *, reason: str, flatten: bool) -> str:
        return f"{reason}; later{', flattened' if flatten else ''}"

    async def outcome(self, session: FakeSession) -> Outcome:
        completed = RunCompleted(run_id="run", final_equity=1.0, total_return=0.0, orders=0, fills=0, trades=0)
        return Outcome(completed=completed, data_hash="hash", record=())


class FakeContext:
    corr_id = "c"

    def __init__(self, *, is_resumed: bool, asked: Callable[[], bool], request: EndRequest | None = None) -> None:
        self.is_resumed, self._asked, self._request = is_resumed, asked, request or Suspend()
        self.told: list[str] = []

    async def has_worker(self) -> None: ...

    async def progress(self, stage: str, fraction: float) -> None: ...

    async def asked_to_end(self) -> EndRequest:
        while not self._asked():
            await asyncio.sleep(0)
            if not self._asked():
                await asyncio.Event().wait()
        return self._request

    async def halted(self, reason: str) -> None:
        self.told.append(f"halted: {reason}")

    async def resumed(self) -> None:
        self.told.append("resumed")


def carried_out(script: Script, context: FakeContext) -> Ended:
    async def go() -> Ended:
        runner = LiveRunner(
            mode=RunMode.PAPER, sessions=cast(LiveSessions, script), pool=local_pool(), wall=VirtualWall()
        )
        return await runner.run(RUN, context)

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("failing", "seen"),
    [
        (["open", "open"], ["open", "open", "open", "resume", "through"]),
        (["resume"], ["open", "resume", "open", "resume", "through"]),
        (["through"], ["open", "resume", "through", "open", "resume", "through"]),
    ],
)
def test_a_run_that_has_begun_waits_and_goes_on(failing: Sequence[str], seen: Sequence[str]) -> None:
    script, context = Script(*failing), FakeContext(is_resumed=True, asked=lambda: False)
    assert isinstance(carried_out(script, context), Outcome)
    assert script.seen == seen
    halts = [
        one for one in context.told if one == "halted: the venue does not answer: the run goes on when that is over"
    ]
    assert len(halts) == len(failing)
    assert context.told[-1] == "resumed"


def test_a_run_that_began_here_goes_on_too() -> None:
    script, context = Script("through"), FakeContext(is_resumed=False, asked=lambda: False)
    assert isinstance(carried_out(script, context), Outcome)
    assert script.seen == ["open", "begin", "through", "open", "resume", "through"]
    assert context.told == ["halted: the venue does not answer: the run goes on when that is over", "resumed"]


def test_a_run_that_has_not_begun_fails() -> None:
    with pytest.raises(Unavailable):
        carried_out(Script("open"), FakeContext(is_resumed=False, asked=lambda: False))


def test_a_run_that_has_not_begun_waits_for_its_turn_at_the_venue() -> None:
    """As where fifty are begun at once."""
    script = Script("open", "open", error=OverLimit("too many requests a minute"))
    context = FakeContext(is_resumed=False, asked=lambda: False)
    assert isinstance(carried_out(script, context), Outcome)
    assert script.seen == ["open", "open", "open", "begin", "through"]
    told = "halted: too many requests a minute: the run begins when that is over"
    assert context.told == [told, told, "resumed"]


def test_a_run_that_waited_for_its_turn_fails_where_the_venue_is_away_then() -> None:
    script = Script("open", error=OverLimit("too many requests a minute"))

    def lose_the_venue() -> bool:
        if len(script.seen) == 1:
            script.failing, script.error = ["open"], AWAY
        return False

    with pytest.raises(Unavailable, match="does not answer"):
        carried_out(script, FakeContext(is_resumed=False, asked=lose_the_venue))
    assert script.seen == ["open", "open"]


def test_a_run_that_waits_is_put_down_when_the_server_ends() -> None:
    script = Script(*["open"] * 100)
    context = FakeContext(is_resumed=True, asked=lambda: len(script.seen) == 1)
    assert isinstance(carried_out(script, context), Suspended)
    assert script.seen == ["open"]


@pytest.mark.parametrize("flatten", [False, True])
def test_a_run_that_is_stopped_while_its_venue_is_away_has_its_end_put_down(flatten: bool) -> None:
    script, request = Script(*["open"] * 9), Stop(reason="stopped", flatten=flatten, corr_id="c")
    context = FakeContext(is_resumed=True, asked=lambda: bool(script.seen), request=request)
    ended = carried_out(script, context)
    assert ended == Stopped(reason=f"stopped; later{', flattened' if flatten else ''}")
    assert script.seen == ["open"]
