"""Which stored bars a run replays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from weaver.cli.screen.called import called
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import InputError
from weaver.model.market.timeframe import Timeframe
from weaver.research.run_venues import Span
from weaver.walle.bars.folder.catalogue import CatalogueEntry
from weaver.walle.bars.store import ParquetBarStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Bars of a timeframe, of some days."""

    timeframe: str
    days: str
    """`FROM..TO`, as a run takes it."""


def last_year(bars: ParquetBarStore, symbols: Sequence[str], timeframe: str | None) -> Replay:
    """The last stored year of some symbols: up to the last day that all of them have. Raises InputError."""
    entries, chosen = _entries(bars, symbols, timeframe)
    last = min(time_of(entry.last) for entry in entries).date()
    first = max(min(time_of(entry.first) for entry in entries).date(), _a_year_before(last))
    return Replay(timeframe=chosen, days=f"{first}..{last}")


def of_days(bars: ParquetBarStore, symbols: Sequence[str], timeframe: str | None, days: str) -> Replay:
    """Those of some days, `FROM` or `FROM..TO`. Raises InputError where there are none."""
    span = Span.parse(days)
    entries, chosen = _entries(bars, symbols, timeframe)
    if all(entry.last < instant_of(span.start) for entry in entries) or (
        span.end is not None and all(entry.first > instant_of(span.end) for entry in entries)
    ):
        have = "; ".join(f"{one.symbol}: {_day(one.first)} to {_day(one.last)}" for one in entries)
        raise InputError(f"--replay {days}: no bars are stored of that time; there are {have}")
    return Replay(timeframe=chosen, days=days)


def own_timeframe(bars: ParquetBarStore, symbols: Sequence[str]) -> str | None:
    """That of the stored bars, where all symbols have some and they agree."""
    found = {None if (entry := bars.find(symbol)) is None else str(entry.timeframe) for symbol in symbols}
    return found.pop() if len(found) == 1 else None


def _entries(bars: ParquetBarStore, symbols: Sequence[str], timeframe: str | None) -> tuple[list[CatalogueEntry], str]:
    wanted = None if timeframe is None else Timeframe.parse(timeframe)
    entries = [_entry(bars, symbol, wanted) for symbol in symbols]
    several = sorted({str(entry.timeframe) for entry in entries})
    if wanted is None and len(several) > 1:
        raise InputError(f"the stored bars have several timeframes ({', '.join(several)}): say which (--timeframe)")
    return entries, several[0] if wanted is None else str(wanted)


def _entry(bars: ParquetBarStore, symbol: str, wanted: Timeframe | None) -> CatalogueEntry:
    own = [entry for entry in bars.catalogue() if entry.symbol == symbol]
    fitting = [one for one in own if wanted is None or wanted == one.timeframe or wanted.is_made_of(one.timeframe)]
    if fitting:
        return fitting[0]
    if own:
        there = ", ".join(str(entry.timeframe) for entry in own)
        raise InputError(f"no stored bars of {symbol} make {wanted}: there are {there}")
    raise InputError(
        f"no bars of {symbol} are stored: `{called()} demo` brings sample data in (AAPL, IBM, MSFT and others), "
        f"`{called()} data import FILE` your own, and `{called()} data list` shows what is there"
    )


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _day(instant: int) -> str:
    return time_of(instant).date().isoformat()
