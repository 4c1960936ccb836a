"""A decider as its server holds it, on lines that a test holds the other end of."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import pytest

from weaver.glados.deciders.run_decider import Deadlines, RunDecider
from weaver.glados.pool.protocol import encoded
from weaver.model.errors import OutOfMemory, RunFailed, StrategyError, WorkerLost

NO_PROCESS = 2**22 + 1
"""More than there can be."""


class FakeLine(asyncio.WriteTransport):
    """Answers each message at once."""

    def __init__(self, answer: Callable[[], None]) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self._answer = answer
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))
        self._answer()

    def close(self) -> None:
        self.is_closed = True


class Rig:
    """A decider, its line, and how often its end was asked for."""

    def __init__(self, answer: bytes | Callable[["Rig"], None] = b"", seconds: float = 5.0) -> None:
        self.ends, self.is_left = 0, False
        self._answer = answer
        deadlines = Deadlines(start=seconds, tick=seconds)
        self.decider = RunDecider("run-1", self._ended, deadlines, 256 * 1024**2, self._left)
        self.line, self.errors = FakeLine(self._answered), FakeLine(lambda: None)
        self.decider.connected(self.line, self.errors, NO_PROCESS)

    def _ended(self) -> None:
        self.ends += 1

    async def _left(self) -> None:
        self.is_left = True

    def _answered(self) -> None:
        if callable(self._answer):
            self._answer(self)
        elif self._answer:
            self.decider.line.data_received(self._answer)


def on_rig(work: Callable[[Rig], Awaitable[None]], answer: bytes | Callable[[Rig], None] = b"", **given: float) -> None:
    async def main() -> None:
        await work(Rig(answer, **given))

    asyncio.run(main())


def test_decision_is_what_was_answered() -> None:
    async def work(rig: Rig) -> None:
        for ask in (lambda: rig.decider.start(b"setup", {"d1": b"bars"}), lambda: rig.decider.decide(b"in"),
                    rig.decider.stop):  # fmt: skip
            decision = await ask()
            assert (decision.actions, decision.journal) == ((b"buy", b"sell"), ("said",))
        assert rig.line.written == [
            encoded("start", {"digests": ["d1"]}, [b"setup", b"bars"]), encoded("decide", {}, [b"in"]),
            encoded("stop", {}),
        ]  # fmt: skip
        assert rig.ends == 0

    on_rig(work, encoded("decision", {"journal": ["said"]}, [b"buy", b"sell"]))


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        ("StrategyError", StrategyError, "my.py line 3"),
        ("OutOfMemory", OutOfMemory, "the strategy of run run-1 needed more than the 256 MB"),
        ("RunFailed", RunFailed, "my.py line 3"),
        ("SomethingElse", RunFailed, "my.py line 3"),
    ],
)
def test_error_that_was_answered_is_raised_and_ends_it(kind: str, error: type[Exception], told: str) -> None:
    async def work(rig: Rig) -> None:
        with pytest.raises(error, match=told):
            await rig.decider.decide(b"in")
        assert rig.ends == 1
        with pytest.raises(WorkerLost, match=r"the process of run run-1's strategy is gone$"):
            await rig.decider.decide(b"in")

    on_rig(work, encoded("error", {"error": kind, "message": "my.py line 3"}))


def test_ticks_of_which_nothing_came_are_told_in_one() -> None:
    async def work(rig: Rig) -> None:
        decisions = [one async for one in rig.decider.decide_all([b"in"] * 6)]
        assert [one.actions for one in decisions] == [(), (), (b"buy",), (), (), ()]
        assert all(one.journal == () for one in decisions)
        assert not rig.decider.is_asked

    nothing = [encoded("nothing", {"times": times}) for times in (2, 1, 2)]
    on_rig(work, nothing[0] + encoded("decision", {}, [b"buy"]) + nothing[1] + nothing[2])


@pytest.mark.parametrize("body", [{"times": 4}, {"times": 0}, {"times": -1}, {"times": "2"}, {}])
def test_more_answers_than_were_asked_for_end_it(body: dict[str, object]) -> None:
    async def work(rig: Rig) -> None:
        with pytest.raises(RunFailed, match="cannot be understood"):
            async for _ in rig.decider.decide_all([b"in"] * 3):
                pass
        assert rig.ends == 1

    on_rig(work, encoded("nothing", body))


def test_deadline_that_passes_ends_it_once() -> None:
    async def work(rig: Rig) -> None:
        with pytest.raises(TimeoutError, match=r"took over 0\.01 s for a tick, and its process was ended"):
            await rig.decider.decide(b"in")
        assert not rig.is_left
        await rig.decider.close()
        assert rig.ends == 1
        assert rig.is_left
        assert rig.line.is_closed
        assert rig.errors.is_closed

    on_rig(work, seconds=0.01)


def test_process_that_dies_is_lost_with_how_and_its_last_words() -> None:
    def die(rig: Rig) -> None:
        rig.decider.tail.data_received(b"oh no\n")
        rig.decider.ended(-signal.SIGSEGV, is_greedy=False)
        rig.decider.line.connection_lost(None)

    async def work(rig: Rig) -> None:
        with pytest.raises(WorkerLost, match=r"was ended by signal 11 \(SIGSEGV\) \(its last words: oh no\)"):
            await rig.decider.decide(b"in")
        await rig.decider.close()

    on_rig(work, die)


def test_answer_that_comes_with_the_end_still_counts() -> None:
    def answer_and_die(rig: Rig) -> None:
        rig.decider.ended(0, is_greedy=False)
        rig.decider.line.data_received(encoded("decision", {}, [b"buy"]))

    async def work(rig: Rig) -> None:
        assert (await rig.decider.decide(b"in")).actions == (b"buy",)
        await rig.decider.close()

    on_rig(work, answer_and_die)


def test_greedy_one_is_out_of_memory() -> None:
    async def work(rig: Rig) -> None:
        with pytest.raises(OutOfMemory, match="256 MB"):
            await rig.decider.decide(b"in")

    on_rig(work, lambda rig: rig.decider.ended(-signal.SIGKILL, is_greedy=True))


def test_call_that_is_given_up_ends_it() -> None:
    async def work(rig: Rig) -> None:
        asking = asyncio.ensure_future(rig.decider.decide(b"in"))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert rig.ends == 1

    on_rig(work)
