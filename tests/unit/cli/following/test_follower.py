"""Following a run to its end, or until it is left."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from weaver.cli.following import follower as module
from weaver.cli.following.feed import RunEvent
from weaver.cli.following.follower import Follower, Outcome
from weaver.cli.following.lines import Line
from weaver.model.errors import Conflict


def event(seq: int, type_: str, **payload: Any) -> RunEvent:
    return RunEvent(seq=seq, type=type_, payload=payload)


class FakeFeed:
    def __init__(self, *batches: list[RunEvent]) -> None:
        self._batches = [*batches]

    def __enter__(self) -> "FakeFeed":
        return self

    def __exit__(self, *_: object) -> None: ...

    def take(self, _seconds: float) -> list[RunEvent]:
        return self._batches.pop(0) if self._batches else []


class FakeScreen:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_closed = False

    def show(self, line: Line) -> None:
        self.lines.append(line.text.strip())

    def say(self, text: str) -> None:
        self.lines.append(text)

    def status(self, run: dict[str, Any], summary: dict[str, Any] | None) -> None:
        self.lines.append(f"status {run['status']}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield

    def close(self) -> None:
        self.is_closed = True


class FakeStanding:
    """Says these, one after another, and the last for good."""

    def __init__(self, *statuses: str, stop: Exception | None = None) -> None:
        self._statuses, self._stop = [*statuses], stop
        self.run: dict[str, Any] = {"id": "r1", "status": "running"}
        self.summary: dict[str, Any] | None = {"pnl": "1"}
        self.run_id, self.client = "r1", self
        self.stopped: list[bool] = []

    def look(self, *, at_once: bool = False) -> bool:
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        self.run = {"id": "r1", "status": status}
        return True

    @property
    def is_over(self) -> bool:
        return self.run["status"] in {"completed", "stopped", "error"}

    def post(self, *_path: str, body: dict[str, Any]) -> None:
        self.stopped.append(body["flatten"])
        if self._stop is not None:
            raise self._stop


class FakeInterrupts:
    """Ctrl-C comes at the looks that say so; then this key."""

    def __init__(self, *come: bool, key: str | None = None) -> None:
        self._come, self._key = [*come], key

    def __enter__(self) -> "FakeInterrupts":
        return self

    def __exit__(self, *_: object) -> None: ...

    def taken(self) -> bool:
        return bool(self._come) and self._come.pop(0)

    def key(self, _question: str, _choices: object) -> str | None:
        return self._key


def followed(
    monkeypatch: pytest.MonkeyPatch,
    standing: FakeStanding,
    feed: FakeFeed,
    interrupts: FakeInterrupts | None = None,
    *,
    is_terminal: bool = True,
) -> tuple[Any, FakeScreen]:
    monkeypatch.setattr(module, "Interrupts", lambda: interrupts or FakeInterrupts())
    monkeypatch.setattr(module, "can_be_asked", lambda: is_terminal)
    screen = FakeScreen()
    found = Follower(standing, feed, screen).follow()  # type: ignore[arg-type]
    assert screen.is_closed
    return found, screen


def test_run_is_followed_to_its_end_and_its_last_events_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    late = [event(2, "run.Completed")]
    found, screen = followed(
        monkeypatch, FakeStanding("running", "completed"), FakeFeed([event(1, "run.Started")], [], late)
    )
    assert (found.outcome, found.exit_code, found.is_over) == (Outcome.ENDED, 0, True)
    assert [one.seq for one in found.events] == [1, 2]
    assert screen.lines == ["run          started", "status running", "status completed", "completed"]


def test_end_that_no_event_tells_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAST_EVENTS_SECONDS", 0.01)
    found, _ = followed(monkeypatch, FakeStanding("stopped"), FakeFeed())
    assert found.outcome is Outcome.ENDED


def test_run_that_failed_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = followed(monkeypatch, FakeStanding("error"), FakeFeed([event(1, "run.Error", error="line 3")]))
    assert found.exit_code == 1


def test_events_of_which_nothing_is_said_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = FakeFeed([event(1, "run.Created"), event(2, "run.Stopped", reason="x")])
    found, screen = followed(monkeypatch, FakeStanding("stopped"), feed)
    assert len(found.events) == 2
    assert screen.lines == ["stopped      x", "status stopped"]


@pytest.mark.parametrize(
    ("key", "is_terminal", "outcome", "code"),
    [("leave", True, "left", 0), (None, True, "interrupted", 130), ("stop", False, "interrupted", 130)],
)
def test_ctrl_c_leaves_it_running(
    monkeypatch: pytest.MonkeyPatch, key: str | None, is_terminal: bool, outcome: str, code: int
) -> None:
    standing = FakeStanding("running")
    found, _ = followed(
        monkeypatch, standing, FakeFeed(), FakeInterrupts(False, True, key=key), is_terminal=is_terminal
    )
    assert (found.outcome, found.exit_code, found.is_over, standing.stopped) == (outcome, code, False, [])


@pytest.mark.parametrize(("key", "asked"), [("stop", [False]), ("flatten", [True]), ("continue", [])])
def test_ctrl_c_stops_it_and_its_end_is_followed(monkeypatch: pytest.MonkeyPatch, key: str, asked: list[bool]) -> None:
    standing = FakeStanding("running", "stopped")
    feed = FakeFeed([], [event(1, "run.Stopped", reason="by hand")])
    found, _ = followed(monkeypatch, standing, feed, FakeInterrupts(True, key=key))
    assert (found.outcome, standing.stopped) == (Outcome.ENDED, asked)


def test_run_that_has_just_ended_cannot_be_stopped_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = FakeStanding("completed", stop=Conflict("it is completed"))
    feed = FakeFeed([event(1, "run.Completed")])
    found, screen = followed(monkeypatch, standing, feed, FakeInterrupts(True, key="stop"))
    assert found.outcome is Outcome.ENDED
    assert "it is completed" in screen.lines
