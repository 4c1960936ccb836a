"""Which events a client of the stream gets, and the frames that they come in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.glados.fakes import an_event
from weaver.events.payloads import ALL_EVENT_TYPES
from weaver.glados.stream.hub import StreamFilter, frame_of, names_in, reset_frame
from weaver.model.errors import InputError


@given(st.lists(st.sampled_from([*ALL_EVENT_TYPES, "run.*", "market.*", "stream.*"]), min_size=1))
def test_filter_takes_what_is_named_and_nothing_else(names: list[str]) -> None:
    chosen = StreamFilter.parse([",".join(names[:2]), *names[2:]], None)
    for type_ in ALL_EVENT_TYPES:
        named = any(name == type_ or name == f"{type_.split('.')[0]}.*" for name in names)
        assert chosen.takes(type_, "r1") == named


def test_filter_of_a_type_that_is_no_type_raises() -> None:
    with pytest.raises(InputError, match=r"run\.Begun"):
        StreamFilter.parse(["run.Begun"], None)


def test_filter_without_types_takes_all_but_ticks_and_windows() -> None:
    for asked in (None, ["*"], ["run.*", "*"]):
        chosen = StreamFilter.parse(asked, None)
        left_out = {type_ for type_ in ALL_EVENT_TYPES if not chosen.takes(type_, "r1")}
        assert left_out == {"clock.Tick", "data.WindowReady", "data.WindowFailed"}
        assert chosen.named is None  # the log is read whole


def test_namespace_has_its_ticks_and_windows_only_where_it_has_nothing_else() -> None:
    assert not StreamFilter.parse(["data.*"], None).takes("data.WindowReady", "r1")
    assert StreamFilter.parse(["data.WindowReady"], None).takes("data.WindowReady", "r1")
    assert StreamFilter.parse(["clock.*"], None).takes("clock.Tick", "r1")


def test_filter_of_a_run_takes_no_other_runs_events_and_none_without_a_run() -> None:
    of_one, of_all = StreamFilter.parse(["run.*"], "r1"), StreamFilter.parse(["run.*"], None)
    assert [of_one.takes("run.Started", run_id) for run_id in ("r1", "r2", None)] == [True, False, False]
    assert [of_all.takes("run.Started", run_id) for run_id in ("r1", "r2", None)] == [True, True, True]
    assert not of_one.takes("orders.Filled", "r1")


@pytest.mark.parametrize(
    ("text", "names"), [("a,b", ["a", "b"]), (" a , ,b,", ["a", "b"]), (",", []), ("", []), ("a b", ["a b"])]
)
def test_names_stand_between_commas(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_frame_has_its_place_its_type_and_its_payload_in_one_line_each() -> None:
    event = an_event("e", "run.Started", run_id="r1", payload={"text": "two\nlines"}, seq=7)
    frame = frame_of(event)
    assert (frame.seq, frame.type, frame.run_id) == (7, "run.Started", "r1")
    id_, type_, data, *end = frame.data.decode().split("\n")
    assert (id_, type_, end) == ("id: 7", "event: run.Started", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == {"text": "two\nlines"}


def test_reset_goes_on_from_the_newest() -> None:
    id_, type_, data = reset_frame("pruned", 48).decode().split("\n")[:3]
    assert (id_, type_) == ("id: 48", "event: stream.Reset")
    assert json.loads(data.removeprefix("data: ")) == {"reason": "pruned", "newest": 48}
