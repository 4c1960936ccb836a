"""Events of a run: out of a stream's lines, and over its breaks."""

from collections.abc import Iterator
from typing import Any

import pytest

from weaver.cli.following import feed as module
from weaver.cli.following.feed import EventFeed, RunEvent, frames
from weaver.model.errors import Unavailable


def frame(seq: int, type_: str = "strategy.Log", data: str = '{"text": "x"}') -> list[str]:
    return [f"id: {seq}", f"event: {type_}", f"data: {data}", ""]


def test_frames_are_events_and_comments_and_greetings_are_none() -> None:
    lines = [": connected", "id: 7", "", *frame(8), ": still there", "", *frame(9, "run.Stopped", '{"reason": "a: b"}')]
    assert [*frames(iter(lines))] == [
        RunEvent(seq=8, type="strategy.Log", payload={"text": "x"}),
        RunEvent(seq=9, type="run.Stopped", payload={"reason": "a: b"}),
    ]


def test_frame_that_was_cut_off_is_none() -> None:
    assert [*frames(iter(frame(8)[:-1]))] == []


class Script:
    """A server whose streams are given, one after another; a text is an error, and asking answers with `asked`."""

    def __init__(self, *streams: list[str] | str, asked: list[dict[str, Any]] | None = None) -> None:
        self._streams, self.asked = [*streams], asked
        self.after: list[int] = []

    def lines(self, *_path: str, after: int, **_params: Any) -> Iterator[str]:
        self.after.append(after)
        if not self._streams:
            raise Unavailable("gone")
        stream = self._streams.pop(0)
        if isinstance(stream, str):
            raise Unavailable(stream)
        yield from stream

    def get(self, *_path: str, **_params: Any) -> Any:
        if self.asked is None:
            raise Unavailable("gone")
        found, self.asked = self.asked, None
        return {"items": found}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.001)


def taken(script: Script, count: int, *, after: int = 5) -> list[int]:
    with EventFeed("r", after=after, find=lambda: script) as feed:  # type: ignore[arg-type, return-value]
        found: list[RunEvent] = []
        while len(found) < count:
            found += feed.take(5)
    return [event.seq for event in found]


def test_stream_that_breaks_goes_on_behind_the_newest_and_repeats_nothing() -> None:
    script = Script([*frame(6), *frame(7)], "refused", [*frame(7), *frame(9)])
    assert taken(script, 3) == [6, 7, 9]
    assert script.after[:3] == [5, 7, 7]


def test_where_there_is_no_stream_the_log_is_asked() -> None:
    found = [{"seq": 6, "type": "run.Started", "payload": {}}, {"seq": 8, "type": "run.Stopped", "payload": {}}]
    assert taken(Script("no stream here", asked=found), 2) == [6, 8]


def test_reset_goes_on_from_what_came_last() -> None:
    reset = frame(90, "stream.Reset", '{"reason": "fell behind", "newest": 90}')
    script = Script([*frame(6), *reset], [*frame(7)])
    assert taken(script, 2) == [6, 7]
    assert script.after[:2] == [5, 6]


def test_reset_at_the_beginning_goes_on_from_the_newest() -> None:
    reset = frame(90, "stream.Reset", '{"reason": "5 is not in the log", "newest": 90}')
    script = Script(reset, [*frame(91)])
    assert taken(script, 1) == [91]
    assert script.after[:2] == [5, 90]


def test_nothing_comes_while_there_is_no_server() -> None:
    with EventFeed("r", after=0, find=lambda: None) as feed:
        assert feed.take(0.01) == []
