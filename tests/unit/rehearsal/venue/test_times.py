"""Instants as text."""

from tests.rehearsals.by_hand import at
from weaver.rehearsal.venue.times import new_york_text, utc_text


def test_utc_has_nanoseconds() -> None:
    instant = at("2024-03-12T14:30:00+00:00")
    assert utc_text(instant) == "2024-03-12T14:30:00.000000000Z"
    assert utc_text(instant + 1_000_000) == "2024-03-12T14:30:00.001000000Z"
    assert utc_text(instant + 123_456_789) == "2024-03-12T14:30:00.123456789Z"


def test_new_york_has_its_offset_of_the_season() -> None:
    assert new_york_text(at("2024-03-08T14:30:00+00:00")) == "2024-03-08T09:30:00-05:00"
    assert new_york_text(at("2024-03-11T13:30:00+00:00")) == "2024-03-11T09:30:00-04:00"
