"""Frames come out as they went in, whichever way they arrive; what is none is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.events.event import Event, Kind
from weaver.glados.pool.messages import (
    PART_ROWS,
    OutcomeParts,
    event_parts,
    job_message,
    job_of,
    parts,
    raised,
    result_message,
)
from weaver.glados.pool.protocol import FRAME_BYTES_MAX, Frame, FrameBuffer, decoded, encoded, lengths, read_frame
from weaver.glados.ports import BacktestJob, RecordedMarket, StoredResult
from weaver.model.errors import DataError, InputError, RunFailed, StrategyError, WorkerLost
from weaver.model.run import Run, RunMode, RunStatus

bodies = st.dictionaries(st.text(max_size=5), st.integers(-(2**53), 2**53) | st.text() | st.none(), max_size=4)
frames = st.tuples(st.text(max_size=9), bodies, st.lists(st.binary(max_size=300), max_size=3))
NOW = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def frame_of(data: bytes) -> Frame:
    found = read_frame(BytesIO(data).read)
    assert found is not None
    return found


@given(st.lists(frames, max_size=5), st.lists(st.integers(1, 60), min_size=1))
def test_frames_survive_any_cutting(sent: list[tuple[str, dict[str, Any], list[bytes]]], cuts: list[int]) -> None:
    messages = [encoded(kind, body, blobs) for kind, body, blobs in sent]
    line, buffer, whole = b"".join(messages), FrameBuffer(), list[bytes]()
    turn = 0
    while line:
        size = cuts[turn % len(cuts)]
        whole += buffer.feed(line[:size])
        line, turn = line[size:], turn + 1
    assert whole == messages
    found = [frame_of(message) for message in whole]
    assert [(frame.kind, frame.body, list(frame.blobs)) for frame in found] == sent


@given(st.integers(0, 40))
def test_line_that_breaks_off_has_no_more_frames(kept: int) -> None:
    message = encoded("kind", {"a": 1}, [b"blob"])
    assert kept < len(message)
    assert read_frame(BytesIO(message[:kept]).read) is None


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"kind": "a"}', b'{"kind": "a", "body": {}, "blobs": [5]}', b"\xff"])
def test_damaged_frame_is_refused(text: bytes) -> None:
    with pytest.raises(RunFailed, match="cannot be read"):
        decoded(text + b"four", len(text))


def test_absurd_length_is_refused_before_anything_is_read() -> None:
    with pytest.raises(RunFailed, match="damaged"):
        lengths((100).to_bytes(4, "big") + FRAME_BYTES_MAX.to_bytes(8, "big"))


def test_job_arrives_as_it_was_sent() -> None:
    run = Run(
        id="r",
        name="a 'name'",
        strategy_id="s",
        mode=RunMode.BACKTEST,
        status=RunStatus.RUNNING,
        symbols=("A", "B/C"),
        start_time=NOW.astimezone(timezone(timedelta(hours=2))),
        config={"fast": 3, "names": ["x"], "deep": {"a": None}},
        options={"cash": "100.5", "shorting": True},
        strategy_source='text "with"\nlines',
        created_at=NOW,
        started_at=NOW + timedelta(seconds=1),
    )
    job = BacktestJob(run=run, corr_id="c", audit="full")
    frame = frame_of(job_message(job, sent_at=NOW))
    assert job_of(frame) == job
    actions = {"A": [{"ex_date": "2024-05-06", "type": "split", "value": "2"}], "B/C": []}
    market = RecordedMarket(setup=b"setup", bars={"A": b"some", "B/C": b""}, actions=actions)
    recorded = replace(job, market=market)
    assert job_of(frame_of(job_message(recorded, sent_at=NOW))) == recorded
    assert datetime.fromisoformat(frame.body["sent_at"]) == NOW


def test_outcome_arrives_as_it_was_sent_in_parts() -> None:
    rows = [{"id": f"r-{k}", "price": "1.5"} for k in range(2_500)]
    event = Event(id="e", kind=Kind.COMMAND, type="strategy.PlaceRequest", version=1, run_id="r", corr_id="c", ts=NOW,
                  producer="recorder", payload={"x": "ü"})  # fmt: skip
    text = (
        '{"id":"e","kind":"cmd","type":"strategy.PlaceRequest","version":1,"run_id":"r","corr_id":"c",'
        '"causation_id":null,"trace_id":null,"ts":"2026-01-02T03:04:05.000006+00:00","producer":"recorder",'
        '"headers":{},"payload":{"x":"ü"},"seq":null}'
    )
    result = StoredResult(
        stats={"sharpe": None, "trades": 3, "cagr": 0.25},
        record={"a": [1]},
        warnings=[{"code": "x", "message": "y"}],
        positions={"A": "1"},
        cash_flows=[{"amount": "2"}],
        blobs={"equity": b"\x00\xff", "events": b"", "report": b"zip"},
    )
    messages = [*parts("orders", rows), *parts("fills", rows[:1]), *event_parts([text] * 1_001)]
    gathered = OutcomeParts()
    for message in messages:
        gathered.take(frame_of(message))
    outcome = gathered.outcome(frame_of(result_message(result, stopped="why")))
    assert len(messages) == ceil(2_500 / PART_ROWS) + 1 + ceil(1_001 / PART_ROWS)
    assert [list(outcome.orders), list(outcome.fills), list(outcome.trades)] == [rows, rows[:1], []]
    assert [len(outcome.orders), len(outcome.fills), len(outcome.trades)] == [2_500, 1, 0]
    assert outcome.events == [event] * 1_001
    assert (replace(outcome.result), outcome.stopped) == (result, "why")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("StrategyError", StrategyError),
        ("InputError", InputError),
        ("DataError", DataError),
        ("SystemError", RunFailed),
    ],
)
def test_error_of_a_worker_is_raised_as_its_own_kind(name: str, kind: type[Exception]) -> None:
    error = raised({"error": name, "message": "why"}, memory_max_bytes=1)
    assert (type(error), str(error)) == (kind, "why")


def test_lack_of_memory_names_the_bound() -> None:
    error = raised({"error": "OutOfMemory", "message": "line 3"}, memory_max_bytes=2048 * 1024**2)
    assert isinstance(error, WorkerLost)
    assert "the 2,048 MB" in str(error)
    assert "line 3" in str(error)
