"""What requests say."""

from datetime import date
from decimal import Decimal

import pytest

from tests.rehearsals.by_hand import at
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.trading.reading import day, flag, instant, number, whole


def test_numbers_come_as_numbers_or_text() -> None:
    body = {"a": 1, "b": 0.1, "c": "2.50", "d": None, "e": ""}
    assert [number(body, name) for name in "abcdef"] == [1, Decimal("0.1"), Decimal("2.5"), None, None, None]


@pytest.mark.parametrize("value", [True, [], {}, "x", "nan", "inf", "1e400", 10**50, 10**30, "1e15", "-1", 0])
def test_what_is_no_number_above_nothing_is_refused(value: object) -> None:
    with pytest.raises(Refused) as caught:
        number({"qty": value}, "qty")
    assert (caught.value.status, caught.value.code) == (422, 40010001)


def test_flags_are_read_as_queries_write_them() -> None:
    assert [flag(value, "x") for value in (True, "True", "true", "1", "False", "0", None, "")] == [
        True, True, True, True, False, False, False, False,
    ]  # fmt: skip
    for wrong in ("perhaps", 2, []):
        with pytest.raises(Refused):
            flag(wrong, "x")


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("2024-03-12T14:30:00Z", 0),
        ("2024-03-12T10:30:00-04:00", 0),
        ("2024-03-12T14:30:00", 0),  # without an offset it is UTC
        ("2024-03-12T14:30:00.123456789Z", 123_456_789),
        ("2024-03-12T14:30:00.5Z", 500_000_000),
        ("2024-03-12T16:30:00 02:00", 0),  # a plus that was not encoded
    ],
)
def test_instants_keep_their_nanoseconds(text: str, nanoseconds: int) -> None:
    assert instant({"after": text}, "after") == at("2024-03-12T14:30:00+00:00") + nanoseconds


def test_dates_and_what_are_none() -> None:
    assert instant({"after": "2024-03-12"}, "after") == at("2024-03-12T00:00:00+00:00")
    assert day({"date": "2024-03-12T14:30:00Z"}, "date") == date(2024, 3, 12)
    for read in (instant, day):
        assert read({}, "after") is None
        with pytest.raises(Refused):
            read({"after": "yesterday"}, "after")


def test_whole_numbers_have_a_most() -> None:
    assert [whole({"limit": text}, "limit", 50, 500) for text in ("7", "9999", "")] == [7, 500, 50]
    for wrong in ("0", "-1", "1.5", "²"):
        with pytest.raises(Refused):
            whole({"limit": wrong}, "limit", 50, 500)
