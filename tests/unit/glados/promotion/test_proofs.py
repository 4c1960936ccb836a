"""Replays and drifts as gates ask for them."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.glados.fakes import a_run
from weaver.glados.promotion.proofs import ParityProofs, drifted
from weaver.model.errors import Conflict, StrategyError, Unavailable
from weaver.model.promotion.measured import Answer
from weaver.veda.parity.replay import ReplayDifference, ReplayReport

AT = datetime(2024, 5, 6, tzinfo=UTC)


def report(difference: ReplayDifference | None = None) -> ReplayReport:
    return ReplayReport(run_id="r", at=AT, ticks=1_234, actions=5, first=AT, last=AT, difference=difference)


def other(error: str | None = None) -> ReplayDifference:
    return ReplayDifference(
        number=7, time=AT, recorded="buy 1 A", again="buy 2 A", recorded_action="", again_action="", error=error,
        is_altered=False,
        inputs=(),
    )  # fmt: skip


class FakeParity:
    """Comes to what a test says."""

    def __init__(self, found: Any) -> None:
        self._found = found

    async def replay(self, _run: object) -> Any:
        if isinstance(self._found, Exception):
            raise self._found
        return self._found

    drift = replay


def asked(what: str, found: Any) -> Answer:
    proofs: Any = ParityProofs(FakeParity(found))  # type: ignore[arg-type]
    ask: Callable[[object], Coroutine[Any, Any, Answer]] = getattr(proofs, what)
    return asyncio.run(ask(a_run("r")))


def test_replay_of_the_same_decisions_is_clean() -> None:
    assert asked("replay", report()) == Answer(is_clean=True, told="clean: 1,234 ticks decided the same")


def test_first_decision_that_differs_is_told() -> None:
    place = "tick 7 (2024-05-06T00:00:00+00:00) is decided otherwise"
    assert asked("replay", report(other())) == Answer(is_clean=False, told=f"{place}: buy 2 A, where it was buy 1 A")
    assert asked("replay", report(other("line 3: oops"))).told == f"{place}: line 3: oops, where it was buy 1 A"


@pytest.mark.parametrize(
    ("bps", "told"),
    [
        (7.0, "fills 7 bps worse than its backtest's"),
        (-0.5, "fills 0.5 bps better than its backtest's"),
        (0.0, "fills as its backtest's"),
    ],
)
def test_drift_is_told_in_basis_points(bps: float, told: str) -> None:
    assert asked("drift", SimpleNamespace(drift_bps=bps)) == Answer(value=bps, told=told)


def test_drift_of_nothing_is_not_known() -> None:
    found: Any = SimpleNamespace(drift_bps=None)
    assert drifted(found) == Answer(told="not known: no fill can be compared with one of its backtest")


@pytest.mark.parametrize("what", ["replay", "drift"])
@pytest.mark.parametrize("error", [Conflict("it has not begun"), StrategyError("line 3")])
def test_proof_that_cannot_be_had_says_why(what: str, error: Exception) -> None:
    assert asked(what, error) == Answer(told=f"not known: {error}")


@pytest.mark.parametrize("what", ["replay", "drift"])
def test_database_that_is_away_is_no_answer(what: str) -> None:
    with pytest.raises(Unavailable):
        asked(what, Unavailable("away"))
