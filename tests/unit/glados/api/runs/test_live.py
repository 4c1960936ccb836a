"""Trades of a run that trades, cut to a stretch of time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.glados.api.runs.live import during
from weaver.glados.ports import Row

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def trade(entered: int, left: int) -> Row:
    return {"number": entered, "entry_time": at(entered), "exit_time": at(left)}


@pytest.mark.parametrize(
    ("since", "until", "seen"),
    [
        (None, None, [0, 5, 20]),
        (at(10), None, [5, 20]),  # the one that was left at that moment was still open
        (at(11), None, [20]),
        (None, at(5), [0, 5]),
        (None, at(4), [0]),
        (at(3), at(6), [5]),
        (at(12), at(18), []),  # between two trades
        (at(30), None, [20]),
        (at(31), None, []),
    ],
)
def test_trade_is_in_a_stretch_in_which_it_was_open_its_ends_included(
    since: datetime | None, until: datetime | None, seen: list[int]
) -> None:
    rows = [trade(0, 2), trade(5, 10), trade(20, 30)]
    assert [row["number"] for row in during(rows, since, until)] == seen


@given(
    spans=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), max_size=8),
    since=st.integers(-2, 42),
    lasts=st.integers(0, 20),
)
def test_trades_of_a_stretch_are_those_with_a_minute_in_common(
    spans: list[tuple[int, int]], since: int, lasts: int
) -> None:
    rows = [trade(entered, entered + held) for entered, held in spans]
    stretch = set(range(since, since + lasts + 1))
    wanted = [row for row, (entered, held) in zip(rows, spans, strict=True)
              if stretch & set(range(entered, entered + held + 1))]  # fmt: skip
    assert during(rows, at(since), at(since + lasts)) == wanted
