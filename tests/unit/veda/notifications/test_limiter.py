"""How many messages a channel gets, by a clock of the test's."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.veda.notifications.told import START, after, message
from weaver.veda.notifications.limiter import Limiter
from weaver.veda.notifications.notification import Notification, NotificationKind

Kind = NotificationKind


def test_burst_of_a_kind_becomes_five_and_one_that_counts_the_rest() -> None:
    limiter = Limiter()
    sent = [limiter.offer(message(n, at=after(n)), after(n)) for n in range(12)]
    assert sent == [True] * 5 + [False] * 7
    assert limiter.due(after(64)) is None, "a minute after the first that was held back"
    count = limiter.due(after(65))
    assert count is not None
    assert count.title == "Weaver: 7 more notifications"
    assert count.lines == (
        "run error: 7, from 2026-03-02 14:30:05 UTC to 2026-03-02 14:30:11 UTC",
        "  the last: title 11",
        "Look: /settings, and the events of /api/v1/events",
    )
    assert limiter.due(after(600)) is None, "it is told once"
    assert limiter.offer(message(99, at=after(70)), after(70))


def test_other_kinds_have_room_of_their_own() -> None:
    limiter = Limiter()
    assert sum(limiter.offer(message(n), START) for n in range(9)) == 5
    assert limiter.offer(message(0, kind=Kind.KILL_SWITCH), START)


def test_same_subject_within_a_minute_is_counted_and_later_sent() -> None:
    limiter = Limiter()
    offers = [limiter.offer(message(subject="one", at=after(s)), after(s)) for s in (0, 30, 59.9, 60, 61)]
    assert offers == [True, False, False, True, False]


def test_thirty_an_hour_and_then_counts_ten_minutes_apart() -> None:
    limiter, sent, counts = Limiter(), 0, []
    for minute in range(60):
        for n in range(4):
            at = after(60 * minute + n)
            sent += limiter.offer(message(1000 * minute + n, at=at), at)
        if limiter.due(at := after(60 * minute + 59.9)) is not None:
            counts.append(at)
    assert sent + len(counts) <= 30 + 6
    assert sent >= 29
    apart = [b - a for a, b in pairwise(counts)]
    assert apart
    assert min(apart) >= timedelta(minutes=10)


def test_what_is_older_than_an_hour_is_summed_up_in_one_message() -> None:
    limiter = Limiter()
    for n in range(40):
        kind = Kind.FEED if n % 2 else Kind.RUN_HALTED
        assert not limiter.offer(message(n, kind=kind, at=after(n)), after(7200 + n))
    assert limiter.due(after(7200 + 43)) is None
    count = limiter.due(after(7200 + 44))
    assert count is not None
    assert count.title == "Weaver: 40 notifications from over an hour ago, when nothing could be sent"
    assert [line.partition(",")[0] for line in count.lines if not line.startswith("  ")][:2] == [
        "run halted: 20", "feed: 20",
    ]  # fmt: skip
    assert limiter.offer(message(99, at=after(7300)), after(7300)), "and takes none of the hour's"


def test_what_was_recorded_just_before_a_start_is_sent_one_by_one() -> None:
    limiter = Limiter()
    assert [limiter.offer(message(n, at=after(60 * n)), after(3_000)) for n in range(8)] == [True] * 8


def naive(offers: list[tuple[str, str, datetime]]) -> list[bool]:
    """The rules, written as they are said, by looking at all that was sent."""
    sent: list[tuple[str, datetime]] = []
    said: list[tuple[str, str, datetime]] = []
    answers = []
    for kind, subject, at in offers:
        is_same = any((kind, subject) == (k, s) and at - t < timedelta(minutes=1) for k, s, t in said)
        a_minute = [t for k, t in sent if k == kind and at - t < timedelta(minutes=1)]
        an_hour = [t for _, t in sent if at - t < timedelta(hours=1)]
        if not is_same:
            said.append((kind, subject, at))
        answers.append(not is_same and len(a_minute) < 5 and len(an_hour) < 30)
        if answers[-1]:
            sent.append((kind, at))
    return answers


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Kind)[:3]), st.integers(0, 20), st.integers(0, 40)), min_size=1, max_size=200
    )
)
def test_offers_are_answered_as_the_rules_say(drawn: list[tuple[Kind, int, int]]) -> None:
    limiter, at, offers, answers = Limiter(), START, [], []
    for kind, subject, seconds in drawn:
        at += timedelta(seconds=seconds)
        one: Notification = message(kind=kind, subject=str(subject), at=at)
        offers.append((str(kind), str(subject), at))
        answers.append(limiter.offer(one, at))
    assert answers == naive(offers)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 90)), min_size=1, max_size=150))
def test_every_message_is_sent_or_counted_once(drawn: list[tuple[int, int]]) -> None:
    limiter, at, sent, counted = Limiter(), START, 0, 0
    for subject, seconds in drawn:
        at += timedelta(seconds=seconds)
        sent += limiter.offer(message(subject, at=at), at)
        counted += total(limiter.due(at))
    for hours in (1, 2, 3):
        counted += total(limiter.due(at + timedelta(hours=hours)))
    assert sent + counted == len(drawn)


def total(count: Notification | None) -> int:
    return 0 if count is None else int(count.title.split()[1])
