"""How a run stands, also while its server is away."""

from typing import Any

import pytest

from weaver.cli.following import standing as module
from weaver.cli.following.standing import GONE_SECONDS, Standing
from weaver.config import Settings
from weaver.model.errors import NotFound, Unavailable

RUNNING, STOPPED = ({"id": "r1", "status": status} for status in ("running", "stopped"))


class Answers:
    """A server that answers these, one after another: the run, then its summary."""

    def __init__(self, *answers: Any) -> None:
        self._answers = [*answers]
        self.asked = 0

    def get(self, *path: str) -> Any:
        self.asked += 1
        found = self._answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


def standing(answers: Answers) -> Standing:
    return Standing(answers, RUNNING, Settings())  # type: ignore[arg-type]


def test_it_is_asked_for_every_half_second(clock: list[float]) -> None:
    answers = Answers(RUNNING, {"pnl": "1"}, STOPPED, {"pnl": "2"})
    one = standing(answers)
    assert one.look()
    assert (one.summary, one.is_over) == ({"pnl": "1"}, False)
    assert not one.look()
    clock[0] += 0.5
    assert one.look()
    assert (one.summary, one.is_over) == ({"pnl": "2"}, True)


def test_it_is_asked_for_at_once_where_that_is_wanted(clock: list[float]) -> None:
    answers = Answers(RUNNING, {}, STOPPED, {})
    one = standing(answers)
    one.look()
    assert one.look(at_once=True)
    assert one.is_over


def test_run_that_has_not_begun_has_no_figures(clock: list[float]) -> None:
    one = standing(Answers(RUNNING, NotFound("has not begun")))
    assert one.look()
    assert one.summary is None


def test_server_that_is_away_is_waited_for_and_found_where_it_comes_back(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    back = Answers(STOPPED, {})
    monkeypatch.setattr(module, "running_server", lambda _settings: back)
    one = standing(Answers(Unavailable("gone")))
    assert not one.look()
    clock[0] += 1
    assert one.look()
    assert one.client is back  # type: ignore[comparison-overlap]


def test_server_that_stays_away_is_given_up(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "running_server", lambda _settings: None)
    one = standing(Answers(Unavailable("gone"), Unavailable("gone")))
    assert not one.look()
    clock[0] += GONE_SECONDS + 1
    with pytest.raises(Unavailable, match=r"has not answered for 120 s; .* then `weaver runs tail r1`"):
        one.look()
