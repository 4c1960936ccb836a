"""Windows of a walk-forward: nobody is tested on what it was trained on, and tests follow each other."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.sweep.windows import EPOCH, Length, Window, windows
from weaver.model.errors import InputError

FIRST = (date(2020, 1, 1) - EPOCH).days
DAILY = np.arange(FIRST, FIRST + 366 * 3, dtype=np.int32)
WEEKDAYS = DAILY[np.isin((DAILY + 3) % 7, [0, 1, 2, 3, 4])]


def length(text: object) -> Length:
    return Length.parse(text, "train")


def day(index: int, days: Any = DAILY) -> str:
    return str(EPOCH + timedelta(days=int(days[index])))


def test_windows_of_sessions_by_hand() -> None:
    found = windows(DAILY[:30], train=length(10), test=length(5))
    assert [(one.train, one.test) for one in found] == [
        ((0, 10), (10, 15)),
        ((5, 15), (15, 20)),
        ((10, 20), (20, 25)),
        ((15, 25), (25, 30)),
    ]


def test_anchored_windows_begin_at_the_first_session_and_an_embargo_is_left_out() -> None:
    found = windows(DAILY[:30], train=length(10), test=length(5), anchored=True, embargo=2)
    assert [(one.train, one.test) for one in found] == [
        ((0, 10), (12, 17)),
        ((0, 15), (17, 22)),
        ((0, 20), (22, 27)),
        ((0, 25), (27, 30)),
    ]


def test_a_last_test_of_less_than_half_is_left_out() -> None:
    assert [one.test for one in windows(DAILY[:17], train=length(10), test=length(5))] == [(10, 15)]
    assert [one.test for one in windows(DAILY[:18], train=length(10), test=length(5))] == [(10, 15), (15, 18)]


def test_windows_of_the_calendar_begin_on_its_days() -> None:
    found = windows(WEEKDAYS, train=length("1y"), test=length("3mo"))
    assert [day(one.test[0], WEEKDAYS) for one in found][:5] == [
        "2021-01-01",
        "2021-04-01",
        "2021-07-01",
        "2021-10-01",
        "2022-01-03",
    ]
    assert [day(one.train[0], WEEKDAYS) for one in found][:3] == ["2020-01-01", "2020-04-01", "2020-07-01"]


def test_months_end_where_they_end() -> None:
    end_of_january = (date(2020, 1, 31) - EPOCH).days

    def later(text: str) -> str:
        return str(EPOCH + timedelta(days=length(text).after(DAILY, end_of_january)))

    assert [later(text) for text in ("1mo", "2mo", "2w", "1y")] == [
        "2020-02-29",
        "2020-03-31",
        "2020-02-14",
        "2021-01-31",
    ]
    assert length("9999y").after(DAILY, end_of_january) > DAILY[-1]
    assert length("9999y").before(DAILY, end_of_january) == DAILY[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": 800, "test": 700}, "no window fits the data: train 800 and test 700 .* the 1,098 sessions .* from"),
        ({"train": "5y", "test": 10}, "no window fits the data: train 5y and test 10"),
        ({"train": 10, "test": 10, "step": 5}, r"step 5 is shorter than the test \(10\): the tests would overlap"),
        ({"train": 10, "test": 5, "embargo": -1}, "embargo=-1: 0 sessions or more"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(changes: dict[str, Any], message: str) -> None:
    given_ = {name: length(value) if name != "embargo" else value for name, value in changes.items()}
    with pytest.raises(InputError, match=message) as refused:
        windows(DAILY, **given_)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "0", "-5", "5x", "y", "2.5", None, True, "2 y y"])
def test_what_is_no_length_is_refused(text: object) -> None:
    with pytest.raises(InputError, match="train: give a number of sessions"):
        length(text)


@given(
    train=st.integers(1, 60),
    test=st.integers(1, 40),
    further=st.none() | st.integers(0, 30),
    anchored=st.booleans(),
    embargo=st.integers(0, 10),
    count=st.integers(80, 300),
)
def test_no_session_is_traded_twice_nor_before_it_could_be_known(
    train: int, test: int, further: int | None, anchored: bool, embargo: int, count: int
) -> None:
    step = None if further is None else length(test + further)
    try:
        found = windows(
            DAILY[:count], train=length(train), test=length(test), step=step, anchored=anchored, embargo=embargo
        )
    except InputError:
        assert train + embargo + (test + 1) // 2 > count
        return
    last: Window | None = None
    for one in found:
        assert one.train[1] + embargo == one.test[0]
        assert one.train[1] - one.train[0] == train or anchored
        assert one.train[0] == 0 or not anchored
        assert one.test[1] - one.test[0] == test or one is found[-1]
        if last is not None:
            assert one.test[0] >= last.test[1]
            assert further is not None or one.test[0] == last.test[1]
        last = one
    assert last is not None
    assert last.test[1] <= count
