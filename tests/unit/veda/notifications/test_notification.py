"""The kinds of notifications, as they are set."""

from datetime import datetime, timedelta, timezone

import pytest

from weaver.model.errors import InputError
from weaver.veda.notifications.notification import ALL_KINDS, NotificationKind, kinds_of, written


@pytest.mark.parametrize("text", ["", " ", ",", " , "])
def test_no_kind_named_is_all_of_them(text: str) -> None:
    assert kinds_of(text) == ALL_KINDS == frozenset(NotificationKind)


def test_kinds_are_a_list_with_commas() -> None:
    assert kinds_of("run_error, kill_switch,") == {NotificationKind.RUN_ERROR, NotificationKind.KILL_SWITCH}


def test_kind_that_is_none_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match=r"^NOTIFY_KINDS: 'kill' is no kind .* there are run_error, run_halted, "):
        kinds_of("run_error, kill")


def test_times_are_written_in_utc() -> None:
    there = datetime(2026, 3, 2, 9, 30, 5, tzinfo=timezone(timedelta(hours=-5)))
    assert written(there) == "2026-03-02 14:30:05 UTC"
