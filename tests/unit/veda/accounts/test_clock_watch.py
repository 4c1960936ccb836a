"""How far off the venue's clock is: what is told, and what stops, on both sides of each limit."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON
from weaver.events.factory import EventFactory
from weaver.model.errors import Unavailable
from weaver.veda.accounts.clock_watch import ClockWatch
from weaver.veda.accounts.guard import Guard
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.market import VenueClock
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.trading.books.books import Books


class Watched:
    """A watch with its guard, and what it told."""

    def __init__(self) -> None:
        self.disk = FakeDisk()
        store = FakeTradingStore(self.disk)
        events = EventFactory(producer="test", now=lambda: NOON, new_id=iter(map(str, range(999))).__next__)
        self.books = Books(ACCOUNT, store=store, events=events, now=lambda: NOON)
        self.guard = Guard(
            ACCOUNT,
            ledgers=Ledgers(ACCOUNT, store=store),
            store=store,
            limits=RiskLimits(),
            rules=lambda _symbol: None,
            venue_refusal=lambda _order, _legs: None,
            account_equity=lambda: None,
        )
        self.words: list[str] = []
        self.watch = ClockWatch(ACCOUNT, guard=self.guard, told=self._told)

    def _told(self, what: str, _facts: Mapping[str, object]) -> None:
        self.words.append(what)

    def see(self, skew: float, uncertain: float = 0.0) -> tuple[list[str], list[str]]:
        """The causes of halts, and the rules that events told of, after one more look."""

        async def go() -> None:
            clock = VenueClock(
                time=NOON, is_open=True, next_open=None, next_close=None, skew_seconds=skew, uncertain_seconds=uncertain
            )
            async with self.books.change() as draft:
                self.watch.see(draft, clock)

        asyncio.run(go())
        told = [str(one.payload["rule"]) for one in self.disk.tables.events.values()]
        return [str(halt.cause) for halt in self.guard.halts.items], told


@pytest.mark.parametrize("sign", [1, -1])
def test_two_seconds_are_told_past_and_thirty_stop_entries(sign: int) -> None:
    watched = Watched()
    assert watched.see(2.0 * sign) == ([], [])
    assert watched.watch.problem == ""
    assert watched.see(2.1 * sign) == ([], ["clock_told"])
    assert watched.see(30.0 * sign) == ([], ["clock_told"])
    assert watched.see(30.1 * sign) == (["clock"], ["clock_told", "clock"])
    (halt,) = watched.guard.halts.items
    side = "ahead of" if sign > 0 else "behind"
    assert halt.reason == (
        f"the venue's clock is 30.1 s {side} this machine's, and the limit is 30 s: set this machine's clock"
    )
    assert watched.see(44.0 * sign) == (["clock"], ["clock_told", "clock"])
    assert watched.words == ["clock_is_off"]


def test_it_ends_by_itself_and_is_told_anew() -> None:
    watched = Watched()
    watched.see(40.0)
    assert watched.see(3.0) == ([], ["clock_told", "clock"])
    assert watched.watch.problem == "the venue's clock is 3.0 s ahead of this machine's"
    assert watched.see(0.0) == ([], ["clock_told", "clock"])
    assert watched.watch.problem == ""
    assert watched.see(40.0) == (["clock"], ["clock_told", "clock", "clock_told", "clock"])


def test_what_asking_took_is_in_the_venues_favour() -> None:
    """An answer after eight seconds: the venue looked at its clock at any time in them."""
    watched = Watched()
    assert watched.see(5.0, uncertain=4.0) == ([], [])
    assert watched.see(33.0, uncertain=4.0) == ([], ["clock_told"])
    assert watched.see(35.0, uncertain=4.0) == (["clock"], ["clock_told", "clock"])


def test_it_is_told_though_the_database_was_away_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    commit = Books._commit

    async def away(_books: Books, _draft: object) -> None:
        raise Unavailable("the database is away")

    monkeypatch.setattr(Books, "_commit", away)
    with pytest.raises(Unavailable):
        watched.see(40.0)
    monkeypatch.setattr(Books, "_commit", commit)
    assert watched.see(40.0)[1] == ["clock_told", "clock"]
