"""History comes into the store as the venue has it, however often fetching was cut short."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.unit.walle.fetch.fakes import MINUTES, FakeHistory, FakeListing, minutes
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError, NotFound, OverLimit, Unavailable
from weaver.model.facts import Facts
from weaver.model.market.corporate_actions import Delisting, Dividend, Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.walle.bars.importing import Imported
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.fetching import Fetched, Step, Wait, Wanted, fetch
from weaver.walle.fetch.staging import FOLDER

pytestmark = pytest.mark.anyio
START, END = datetime(2024, 3, 4, tzinfo=UTC), datetime(2024, 3, 5, tzinfo=UTC)
REPORTS = list[Step]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "bars"


async def fetched(
    history: FakeHistory,
    root: Path,
    *symbols: str,
    start: datetime = START,
    end: datetime = END,
    told: REPORTS | None = None,
    wait: Wait | None = None,
) -> list[Fetched]:
    wanted = Wanted(symbols=symbols, timeframe=MINUTES, start=start, end=end)
    heard: REPORTS = [] if told is None else told
    return await fetch(
        history, ParquetBarStore(root), wanted, off_loop=asyncio.to_thread, wait=wait or at_once, report=heard.append
    )


async def at_once(_seconds: float) -> None:
    """No time passes."""


def hashes(root: Path) -> dict[str, str]:
    return {entry.symbol: entry.content_hash for entry in ParquetBarStore(root).catalogue()}


async def test_bars_and_actions_come_in_as_the_venue_has_them(root: Path) -> None:
    history, told = FakeHistory({"AAA": minutes("AAA")}), []
    split = Split(ex_date=date(2024, 3, 4), ratio=2)
    history.actions["AAA"] = (split, Dividend(ex_date=date(2025, 1, 2), amount=Decimal("0.1")))
    (one,) = await fetched(history, root, "AAA", told=told)
    assert isinstance(one.outcome, Imported)
    assert (one.outcome.outcome.written, one.outcome.outcome.entry.source) == (390, "fake")
    store = ParquetBarStore(root)
    assert store.read("AAA", MINUTES).bars.content_hash() == history.all["AAA"].content_hash()
    assert store.actions("AAA") == (split,)
    assert [page for _, page in history.asked] == [None, "100", "200", "300"]
    shares = [step.share for step in told]
    assert shares == sorted(shares)
    assert 0 == shares[0] < shares[-1] < 1


@pytest.mark.parametrize("calls", range(10))
async def test_fetch_that_is_cut_short_anywhere_goes_on_where_it_was(root: Path, calls: int) -> None:
    bars = {name: minutes(name, seed=seed) for seed, name in enumerate(("AAA", "BBB"))}
    with pytest.raises(Unavailable):
        await fetched(FakeHistory(bars, calls_max=calls), root, "AAA", "BBB")
    rest = FakeHistory(bars)
    found = await fetched(rest, root, "AAA", "BBB")
    assert all(isinstance(one.outcome, Imported) for one in found)
    assert hashes(root) == {name: one.content_hash() for name, one in bars.items()}
    assert rest.calls <= 10 - calls + 3  # the page at which it was cut, and of what was whole a look at its end
    assert list((root / FOLDER).iterdir()) == []


async def test_what_was_cut_short_may_be_asked_for_up_to_a_later_end(root: Path) -> None:
    bars = {"AAA": minutes("AAA")}
    with pytest.raises(Unavailable):
        await fetched(FakeHistory(bars, calls_max=2), root, "AAA", end=datetime(2024, 3, 4, 18, tzinfo=UTC))
    await fetched(FakeHistory(bars), root, "AAA")
    assert hashes(root) == {"AAA": bars["AAA"].content_hash()}


async def test_fetch_that_is_over_begins_anew_the_next_time(root: Path) -> None:
    history = FakeHistory({"AAA": minutes("AAA")})
    await fetched(history, root, "AAA")
    revised = FakeHistory({"AAA": minutes("AAA", seed=7)})
    await fetched(revised, root, "AAA")
    assert hashes(root) == {"AAA": revised.all["AAA"].content_hash()}


async def test_symbol_that_is_refused_does_not_hold_up_the_others(root: Path) -> None:
    history = FakeHistory({"AAA": minutes("AAA"), "OLD": minutes("OLD", day="2020-03-04")})
    unknown, old, good = await fetched(history, root, "NONE", "OLD", "AAA")
    assert isinstance(unknown.outcome, NotFound)
    assert isinstance(old.outcome, InputError)
    assert str(unknown.outcome) == "NONE: the venue (fake) knows no such symbol"
    assert "OLD: the venue (fake) has no bars of 1m between" in str(old.outcome)
    assert isinstance(good.outcome, Imported)


async def test_what_was_stored_outside_the_time_stays_actions_alike(root: Path) -> None:
    earlier = FakeHistory({"AAA": minutes("AAA", day="2024-03-01")})
    before = Dividend(ex_date=date(2024, 3, 1), amount=Decimal("0.2"))
    earlier.actions["AAA"] = (before,)
    await fetched(earlier, root, "AAA", start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 3, 2, tzinfo=UTC))
    store = ParquetBarStore(root)
    gone = Delisting(ex_date=date(2024, 9, 2), value=Decimal(5))
    store.set_actions("AAA", [before, Split(ex_date=date(2024, 3, 4), ratio=3), gone])
    later = FakeHistory({"AAA": minutes("AAA")})
    later.actions["AAA"] = (Split(ex_date=date(2024, 3, 4), ratio=2),)
    await fetched(later, root, "AAA")
    assert len(store.read("AAA", MINUTES).bars) == 780
    assert store.actions("AAA") == (before, Split(ex_date=date(2024, 3, 4), ratio=2), gone)


async def test_end_before_the_start_is_refused(root: Path) -> None:
    with pytest.raises(InputError, match="the end must be the later one"):
        await fetched(FakeHistory({}), root, "AAA", start=END, end=START)


async def test_a_symbol_named_twice_is_fetched_once(root: Path) -> None:
    history = FakeHistory({"AAA": minutes("AAA")})
    assert len(await fetched(history, root, "AAA", "AAA")) == 1


@pytest.mark.parametrize("fails", [1, 4])
async def test_venue_that_does_not_answer_for_a_while_is_asked_again(root: Path, fails: int) -> None:
    history = FakeHistory({"AAA": minutes("AAA")})
    history.fails = {2: fails}
    (one,) = await fetched(history, root, "AAA")
    assert isinstance(one.outcome, Imported)
    assert hashes(root) == {"AAA": history.all["AAA"].content_hash()}


async def test_symbol_that_is_like_one_of_the_venues_is_told_so(root: Path) -> None:
    (one,) = await fetched(FakeHistory({"AAA": minutes("AAA")}), root, "AAB")
    assert str(one.outcome) == "AAB: the venue (fake) knows no such symbol: AAA?"


@pytest.mark.parametrize(("said", "waited"), [(None, [1.0, 5.0]), (12, [12.0, 12.0]), (3, [3.0, 5.0])])
async def test_venue_that_was_asked_too_often_is_left_alone_as_long_as_it_says(
    root: Path, said: int | None, waited: list[float]
) -> None:
    history, told = FakeHistory({"AAA": minutes("AAA")}), list[Step]()
    history.fails, history.failure = {2: 2}, OverLimit("too many", seconds=said)
    slept: list[float] = []

    async def wait(seconds: float) -> None:
        slept.append(seconds)

    (one,) = await fetched(history, root, "AAA", told=told, wait=wait)
    assert isinstance(one.outcome, Imported)
    assert slept == waited
    assert [step.waits for step in told if step.waits] == [f"too many; asked again in {one:g} s" for one in waited]


async def test_venue_that_wants_an_hour_ends_the_fetch(root: Path) -> None:
    history = FakeHistory({"AAA": minutes("AAA")})
    history.fails, history.failure = {2: 1}, OverLimit("come back in an hour", seconds=3600)
    with pytest.raises(OverLimit, match="come back in an hour"):
        await fetched(history, root, "AAA")


async def test_facts_that_the_venue_does_not_tell_stay_as_they_are_stored(root: Path) -> None:
    class Futures(FakeHistory):
        tick: Decimal | None = None

        async def instruments(self, symbols: Collection[str]) -> Mapping[str, FakeListing]:
            usual = Instrument.default("ES=F", AssetClass.FUTURE)
            told = usual if self.tick is None else replace(usual, tick=self.tick, tick_given=True)
            return {symbol: FakeListing(instrument=told) for symbol in symbols}

    history, store = Futures({"ES=F": minutes("ES=F")}), ParquetBarStore(root)
    await fetched(history, root, "ES=F", end=datetime(2024, 3, 4, 18, tzinfo=UTC))
    given = Facts.parse(multiplier=50, margin="13200/12000", calendar="CMES", tick="0.25", currency="EUR")
    known = store.set_facts("ES=F", given)
    await fetched(history, root, "ES=F")
    assert store.instrument("ES=F") == known
    before = store.read("ES=F", MINUTES).bars
    assert np.array_equal(before.end, calendar_of(known).bar_end(before.timestamp, MINUTES))
    history.tick = Decimal("0.5")  # what the venue does tell counts
    await fetched(history, root, "ES=F")
    assert store.instrument("ES=F") == replace(known, tick=Decimal("0.5"))


async def test_series_that_was_removed_since_the_fetch_was_cut_short_is_fetched_anew(root: Path) -> None:
    bars = {name: minutes(name) for name in ("AAA", "BBB")}
    with pytest.raises(Unavailable):
        await fetched(FakeHistory(bars, calls_max=7), root, "AAA", "BBB")
    store = ParquetBarStore(root)
    assert [entry.symbol for entry in store.catalogue()] == ["AAA"]
    store.delete("AAA", MINUTES)
    await fetched(FakeHistory(bars), root, "AAA", "BBB")
    assert hashes(root) == {name: one.content_hash() for name, one in bars.items()}


async def test_what_is_being_fetched_already_is_refused(root: Path) -> None:
    history = FakeHistory({name: minutes(name) for name in ("AAA", "BBB")})
    history.go.clear()
    first = asyncio.create_task(fetched(history, root, "AAA"))
    while history.calls < 3:
        await asyncio.sleep(0.01)
    refused, other = await fetched(FakeHistory(history.all), root, "AAA", "BBB")
    assert str(refused.outcome) == (
        "AAA 1m is being fetched already, by another command or job: wait until that is done"
    )
    assert isinstance(other.outcome, Imported)
    history.go.set()
    (one,) = await first
    assert isinstance(one.outcome, Imported)
    assert hashes(root) == {name: bars.content_hash() for name, bars in history.all.items()}
    assert list((root / FOLDER).iterdir()) == []


@pytest.mark.parametrize("is_later", [True, False])
async def test_splits_in_a_hole_between_what_is_stored_and_what_is_fetched_come_along(
    root: Path, is_later: bool
) -> None:
    days = ["2024-03-01", "2024-03-12"]
    within, beside = Split(ex_date=date(2024, 3, 6), ratio=4), Split(ex_date=date(2024, 5, 6), ratio=2)
    paid = [Dividend(ex_date=date(2024, 3, 7), amount=Decimal(amount)) for amount in ("0.2", "0.3")]
    for number, day in enumerate(days if is_later else reversed(days)):
        history = FakeHistory({"AAA": minutes("AAA", day=day)})
        history.actions["AAA"] = (within, paid[1], beside)
        start = datetime.fromisoformat(day).replace(tzinfo=UTC)
        await fetched(history, root, "AAA", start=start, end=start + timedelta(days=1))
        if not number:
            assert ParquetBarStore(root).actions("AAA") == ()
            ParquetBarStore(root).set_actions("AAA", paid[:1])  # somebody's own stays
    assert ParquetBarStore(root).actions("AAA") == (within, paid[0])
