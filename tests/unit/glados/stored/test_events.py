"""Events that are kept with a result, against the whole list."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.glados.stored import events as kept_events
from weaver.glados.stored.events import KeptEvents, encode_events

TYPES = ("orders.Created", "orders.Filled", "strategy.Log")


def line(number: int, type_: str, corr_id: str = "c") -> bytes:
    return orjson.dumps(
        {
            "id": f"e{number}", "kind": "evt", "type": type_, "version": 1, "run_id": "r", "corr_id": corr_id,
            "causation_id": None, "trace_id": None, "ts": datetime(2024, 1, 2, tzinfo=UTC), "producer": "recorder",
            "headers": {}, "payload": {"text": '\n"type":"orders.Created"'}, "seq": None,
        }
    )  # fmt: skip


@given(
    types=st.lists(st.sampled_from(TYPES), max_size=40),
    wanted=st.none() | st.sets(st.sampled_from([*TYPES, "run.Created"])),
    first=st.integers(0, 45),
    count=st.integers(-1, 45),
    together=st.integers(1, 12),
)
def test_page_is_that_slice_of_what_was_chosen(
    types: list[str], wanted: set[str] | None, first: int, count: int, together: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_events, "LINES_TOGETHER", together)
        kept = KeptEvents(encode_events(line(k, type_) for k, type_ in enumerate(types)), wanted)
    chosen = [(f"e{k}", type_) for k, type_ in enumerate(types) if wanted is None or type_ in wanted]
    assert len(kept) == len(chosen)
    page = kept.page(first, count)
    assert [(event.id, event.type) for event in page] == chosen[first : first + max(count, 0)]
    assert all(event.seq is None for event in page)


@given(
    made=st.lists(st.tuples(st.sampled_from(TYPES), st.sampled_from(["c", "c1", 'odd "one"'])), max_size=30),
    wanted=st.none() | st.sets(st.sampled_from(TYPES)),
    corr_id=st.sampled_from(["c", "c1", 'odd "one"', "orders.Created"]),
    first=st.integers(0, 35),
)
def test_page_of_one_correlation_is_that_slice_of_what_has_it(
    made: list[tuple[str, str]], wanted: set[str] | None, corr_id: str, first: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_events, "LINES_TOGETHER", 4)
        kept = KeptEvents(encode_events(line(k, *one) for k, one in enumerate(made)), wanted, corr_id)
    chosen = [f"e{k}" for k, (type_, of) in enumerate(made) if of == corr_id and (wanted is None or type_ in wanted)]
    assert len(kept) == len(chosen)
    assert [event.id for event in kept.page(first, 5)] == chosen[first : first + 5]
