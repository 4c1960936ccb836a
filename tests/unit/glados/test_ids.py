"""Ids sort in the order they were made, whatever the clock does."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.glados.clock.fakes import FakeWallClock, utc
from weaver.glados.ids import TimeOrderedIds, new_token

START = utc("2024-05-06 10:00:30")


@given(st.lists(st.timedeltas(timedelta(hours=-1), timedelta(hours=1)), max_size=50))
def test_ids_rise_under_a_stepped_clock(steps: list[timedelta]) -> None:
    wall = FakeWallClock(START)
    new_id = TimeOrderedIds(now=wall.now)
    made = [new_id()]
    for step in steps:
        wall.time += step
        made.append(new_id())
    assert made == sorted(set(made))


def test_ids_of_one_millisecond_rise_past_the_counter() -> None:
    new_id = TimeOrderedIds(now=FakeWallClock(START).now)
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_id_is_a_uuid_of_version_7_with_its_time() -> None:
    made = UUID(TimeOrderedIds(now=FakeWallClock(START).now)())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(START.timestamp() * 1000)


def test_same_time_and_chance_give_the_same_ids() -> None:
    seeded = [TimeOrderedIds(now=FakeWallClock(START).now, chance=lambda count: b"\x5a" * count) for _ in range(2)]
    assert [seeded[0]() for _ in range(5)] == [seeded[1]() for _ in range(5)]


def test_tokens_are_long_and_differ() -> None:
    made = {new_token() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 43
