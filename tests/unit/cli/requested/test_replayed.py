"""Which stored bars a run replays."""

from datetime import UTC, datetime

import pytest

from weaver.cli.requested.replayed import Replay, last_year, of_days, own_timeframe
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError
from weaver.model.market.timeframe import Timeframe


class Entry:
    """What the catalogue says of a series."""

    def __init__(self, symbol: str, timeframe: str, first: str, last: str) -> None:
        self.symbol, self.timeframe = symbol, Timeframe.parse(timeframe)
        self.first, self.last = (instant_of(datetime.fromisoformat(one).replace(tzinfo=UTC)) for one in (first, last))


class Shelf:
    """Some series."""

    def __init__(self, *entries: Entry) -> None:
        self._entries = entries

    def catalogue(self) -> list[Entry]:
        return sorted(self._entries, key=lambda one: (one.symbol, one.timeframe.nanoseconds))

    def find(self, symbol: str) -> Entry | None:
        return next((one for one in self.catalogue() if one.symbol == symbol), None)


DAILY = Entry("AAPL", "1d", "2000-01-03", "2013-03-01")
SHORT = Entry("IBM", "1d", "2012-09-03", "2012-12-31")
MINUTES = Entry("SYNTH", "1m", "2024-01-02T14:30", "2024-01-31T20:59")
SHELF = Shelf(DAILY, SHORT, MINUTES)


def test_last_year_ends_with_the_last_bar() -> None:
    assert last_year(SHELF, ["AAPL"], None) == Replay(timeframe="1d", days="2012-03-01..2013-03-01")  # type: ignore[arg-type]


def test_year_after_a_leap_day_begins_on_the_28th() -> None:
    shelf = Shelf(Entry("A", "1d", "2000-01-03", "2012-02-29"))
    assert last_year(shelf, ["A"], None).days == "2011-02-28..2012-02-29"  # type: ignore[arg-type]


def test_of_several_symbols_it_ends_where_the_first_of_them_ends() -> None:
    assert last_year(SHELF, ["AAPL", "IBM"], None).days == "2011-12-31..2012-12-31"  # type: ignore[arg-type]


def test_shorter_history_is_replayed_whole() -> None:
    assert last_year(SHELF, ["IBM"], None).days == "2012-09-03..2012-12-31"  # type: ignore[arg-type]


def test_coarser_timeframe_is_made_of_the_stored_one() -> None:
    assert last_year(SHELF, ["SYNTH"], "1h") == Replay(timeframe="1h", days="2024-01-02..2024-01-31")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no stored bars of AAPL make 1h: there are 1d"):
        last_year(SHELF, ["AAPL"], "1h")  # type: ignore[arg-type]


def test_symbols_of_several_timeframes_need_one() -> None:
    with pytest.raises(InputError, match=r"several timeframes \(1d, 1m\): say which"):
        last_year(SHELF, ["AAPL", "SYNTH"], None)  # type: ignore[arg-type]


def test_what_is_not_stored_is_told_with_what_to_do() -> None:
    with pytest.raises(InputError, match="no bars of X are stored: `weaver demo` brings sample data in"):
        last_year(SHELF, ["X"], None)  # type: ignore[arg-type]


def test_days_are_taken_as_they_are_where_there_are_bars() -> None:
    assert of_days(SHELF, ["AAPL"], None, "2012-01-03") == Replay(timeframe="1d", days="2012-01-03")  # type: ignore[arg-type]
    assert of_days(SHELF, ["AAPL"], "1w", "2012-01-03..2012-02-03").timeframe == "1w"  # type: ignore[arg-type]
    for days in ("2014-01-02", "1999-01-04..1999-02-01"):
        with pytest.raises(InputError, match="of that time; there are AAPL: 2000-01-03 to 2013-03-01"):
            of_days(SHELF, ["AAPL"], None, days)  # type: ignore[arg-type]


def test_own_timeframe_is_the_one_that_all_symbols_have() -> None:
    assert own_timeframe(SHELF, ["AAPL", "IBM"]) == "1d"  # type: ignore[arg-type]
    assert own_timeframe(SHELF, ["AAPL", "SYNTH"]) is None  # type: ignore[arg-type]
    assert own_timeframe(SHELF, ["X"]) is None  # type: ignore[arg-type]
