"""What the account was worth."""

from weaver.rehearsal.venue.history import MINUTES_KEPT, EquityHistory
from weaver.rehearsal.venue.times import MINUTE


def test_last_value_of_a_minute_and_of_each_stretch_counts() -> None:
    history = EquityHistory()
    for at, equity in ((0, 1), (MINUTE // 2, 2), (MINUTE, 3), (4 * MINUTE, 4), (5 * MINUTE, 5)):
        history.note(at, equity)
    assert [point.equity for point in history.every(MINUTE, 0, 9 * MINUTE)] == [2, 3, 4, 5]
    assert history.every(5 * MINUTE, 0, 9 * MINUTE) == [(0, 4), (5 * MINUTE, 5)]
    assert [point.equity for point in history.every(MINUTE, MINUTE, 4 * MINUTE)] == [3, 4]


def test_old_minutes_are_forgotten() -> None:
    history = EquityHistory()
    for minute in range(MINUTES_KEPT + 5):
        history.note(minute * MINUTE, minute)
    assert len(history.points) == MINUTES_KEPT
    assert history.points[0].equity == 5
