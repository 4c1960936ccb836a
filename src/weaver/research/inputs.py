"""What a run is given to run on: from frames, files or the store to listings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from weaver.model.backtest.kinds import Text, shown
from weaver.model.backtest.options import Day, Options
from weaver.model.calendar.instants import clamped, instant_of
from weaver.model.calendar.resample import by_calendar, resample
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError
from weaver.model.facts import Facts
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, distinct
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.research.given.assumed import NAMELESS, assumed
from weaver.walle.bars.store import ParquetBarStore, StoredBars
from weaver.walle.files.bar_file import check_symbol, read_parts
from weaver.walle.files.checks.assembly import assemble
from weaver.walle.files.checks.asset_evidence import Evidence, Guess, asset_doubt, evidence, guess
from weaver.walle.files.checks.corporate_action_quality import check_corporate_actions
from weaver.walle.files.checks.quality import DataWarning, check_bars
from weaver.walle.files.columns.parts import Part
from weaver.walle.files.columns.symbol_column import listed
from weaver.walle.files.columns.times.time_zone import zone_of
from weaver.walle.files.frames import is_table, parts_of_frame
from weaver.walle.files.spelling import AS_WRITTEN, Spelling

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInput:
    """A listing, where it came from, and what the reader had to say about it."""

    listing: Listing
    origin: str
    """`store`, or the file's path, or `memory`."""
    tz: str | None = None
    """The zone in which a file's naive times were read."""
    spelling: Spelling = AS_WRITTEN
    """What somebody said of how the file or frame writes its bars."""
    notes: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    guess: Guess | None = None
    """The asset class, where nobody gave it."""
    finer: Bars | None = None
    """Those that the listing's bars were put together from, if they were."""


def store() -> ParquetBarStore:
    """The bar store of this machine's WEAVER_HOME."""
    from weaver.config import settings  # a tenth of a second, needed only here

    return ParquetBarStore(settings().bars_folder)


def load_bars(symbol: str, timeframe: str) -> StoredBars:
    """Bars of the store, at their own or a coarser timeframe. Raises NotFound, and InputError."""
    return store().read(_symbol(symbol), Timeframe.parse(Text().read(timeframe, "timeframe")))


def run_inputs(bars: Any, options: Options) -> dict[str, RunInput]:
    """The run's symbols with their bars, in order. `bars`: a frame, Bars, StoredBars, a file, a mapping or sequence of
    them, or None for the store. Of the options `symbols`: what each is called, or whose rows of the one file or frame
    are wanted; `actions`: by symbol, or one file of many symbols. Raises InputError."""
    actions = options.actions
    if actions is not None and not isinstance(actions, (Mapping, str, Path)):
        raise InputError(f"actions are a file, or a mapping of symbols to files or lists, not {shown(actions)}")
    found = inputs_of(bars, options.symbols, options)
    if not found:
        raise InputError("no bars: name symbols of the store (--symbol) or files (--bars)")
    options.check_named(found)
    _one_timeframe(found)
    given = _by_symbol(Path(actions), list(found)) if isinstance(actions, (str, Path)) else actions or {}
    unknown = sorted(set(given) - set(found))
    if unknown:
        raise InputError(f"actions of {', '.join(unknown)}: not a symbol of this run ({', '.join(found)})")
    ready = {symbol: with_actions(run_input, given.get(symbol)) for symbol, run_input in found.items()}
    _tell_guesses(ready)
    return ready


def inputs_of(bars: Any, symbols: Iterable[str | None] | None, options: Options) -> dict[str, RunInput]:
    """The same without the options' actions: bars as they are found. Raises InputError."""
    return _found(bars, _symbols(symbols), _Wanted.of(options))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    timeframe: Timeframe | None
    tz: str | None
    asset_class: AssetClass | None
    spelling: Spelling
    options: Options

    def facts(self, symbol: str) -> Facts:
        """What was said of a symbol."""
        return Facts.parse(**self.options.facts_of(symbol))

    @classmethod
    def of(cls, options: Options) -> "_Wanted":
        if options.tz is not None:
            zone_of(options.tz)  # an unknown one is wrong also where the times need none
        return cls(
            timeframe=None if options.timeframe is None else Timeframe.parse(options.timeframe),
            tz=options.tz,
            asset_class=None if options.asset is None else AssetClass(options.asset),
            spelling=Spelling.parse(
                date_order=options.date_order,
                decimal=options.decimal,
                columns=options.columns,
                empty_rows=options.empty_rows,
                price_scale=options.price_scale,
            ),
            options=options,
        )


def _found(bars: Any, symbols: list[str | None], wanted: _Wanted) -> dict[str, RunInput]:
    if bars is None:
        return {symbol: _stored(symbol, wanted) for symbol in symbols if symbol is not None}
    found: dict[str, RunInput] = {}
    for rows in _rows(bars, symbols):
        for run_input in _inputs_of(rows, wanted):
            if run_input.listing.symbol in found:
                raise InputError(f"two rows of bars are called {run_input.listing.symbol}: name them with SYMBOL=FILE")
            found[run_input.listing.symbol] = run_input
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """A frame or file, and what was said of its symbols."""

    item: Any
    asked: Sequence[str] = ()
    """Those that are wanted of it; none: all that it has."""
    called: str | None = None
    """The one that all of it is."""


def _rows(bars: Any, symbols: list[str | None]) -> list[_Rows]:
    """Each frame or file: a mapping and a list of several name theirs, the symbols of one alone choose of it."""
    if is_table(bars):
        return [_Rows(item=bars, asked=[symbol for symbol in symbols if symbol is not None])]
    if isinstance(bars, Mapping):
        return [_Rows(item=item, called=_symbol(symbol)) for symbol, item in bars.items()]
    items = list(bars) if isinstance(bars, (list, tuple)) else [bars]
    if len(items) == 1:
        return [_Rows(item=items[0], asked=[symbol for symbol in symbols if symbol is not None])]
    if symbols and len(symbols) != len(items):
        raise InputError(f"{len(symbols)} symbols for {len(items)} rows of bars: name one for each")
    return [_Rows(item=item, called=name) for item, name in zip(items, symbols or [None] * len(items), strict=True)]


def _inputs_of(rows: _Rows, wanted: _Wanted) -> list[RunInput]:
    item, asked, called = rows.item, rows.asked, rows.called
    if isinstance(item, (str, Path)):
        parts = read_parts(Path(item), asked=asked, called=called, spelling=wanted.spelling)
        return [_assembled(part, str(item), wanted.tz, wanted) for part in parts]
    if not isinstance(item, (Bars, StoredBars)):
        parts = parts_of_frame(item, asked=asked, called=called, otherwise=NAMELESS, spelling=wanted.spelling)
        return [_assembled(part, "memory", None, wanted) for part in parts]
    if len(asked) > 1:
        raise InputError(f"{len(asked)} symbols for one row of bars: name one for each")
    bars = item.bars if isinstance(item, StoredBars) else item
    name = called or next(iter(asked), bars.symbol)
    return [_from_store(item, name, wanted) if isinstance(item, StoredBars) else _in_memory(item, name, wanted)]


def _in_memory(bars: Bars, name: str, wanted: _Wanted) -> RunInput:
    found = seen = None
    facts = wanted.facts(name)
    asset_class = facts.implied_class
    if asset_class is None:
        seen = evidence(bars.timestamp, bars.timeframe.nanoseconds, bars.volume)
        found = guess(name, seen)
        asset_class = found.asset_class
    given = _given(bars, Instrument.default(name, asset_class), (), "memory", wanted, seen, facts=facts)
    return replace(given, guess=found)


def _assembled(part: Part, origin: str, tz: str | None, wanted: _Wanted) -> RunInput:
    """A symbol's rows of a file or frame, checked."""
    read = assemble(
        part.raw,
        symbol=part.symbol,
        timeframe=wanted.timeframe,
        tz=wanted.tz,
        asset_class=wanted.asset_class,
        facts=wanted.facts(part.symbol),
    )
    return RunInput(
        listing=Listing(instrument=read.instrument, bars=read.bars),
        origin=origin,
        tz=tz,
        spelling=wanted.spelling,
        notes=read.notes,
        warnings=_warnings(read.warnings),
        guess=read.guess,
        finer=read.finer,
    )


def _given(
    bars: Bars,
    instrument: Instrument,
    actions: tuple[CorporateAction, ...],
    origin: str,
    wanted: _Wanted,
    seen: Evidence | None = None,
    *,
    facts: Facts,
) -> RunInput:
    """Bars under the instrument's symbol, by the facts that were given; `seen`: what they show, where that is known."""
    if bars.symbol != instrument.symbol:
        bars = replace(bars, symbol=instrument.symbol)
    own, instrument = instrument, facts.applied(instrument)
    bars, finer = by_calendar(bars, calendar_of(own), calendar_of(instrument)), None
    if wanted.timeframe is not None and wanted.timeframe != bars.timeframe:
        finer, bars, seen = bars, resample(bars, wanted.timeframe, calendar_of(instrument)), None
    doubt = asset_doubt(bars, instrument.asset_class, seen) if calendar_of(instrument).name is None else None
    return RunInput(
        listing=Listing(instrument=instrument, bars=bars, actions=tuple(actions)),
        origin=origin,
        warnings=(("asset_doubt", f"{bars.symbol} {bars.timeframe}: {doubt}"),) if doubt else (),
        finer=finer,
    )


def _stored(symbol: str, wanted: _Wanted) -> RunInput:
    shelf = store()
    timeframe = wanted.timeframe
    if timeframe is None:
        entry = shelf.find(symbol)
        if entry is None:
            known = ", ".join(sorted({row.symbol for row in shelf.catalogue()})) or "nothing yet"
            raise InputError(
                f"no bars of {symbol} in the store ({known}): import them (weaver data import FILE) "
                "or name a file (--bars)"
            )
        timeframe = entry.timeframe
    run_input = _from_store(shelf.read(symbol, timeframe), symbol, wanted)
    bars, instrument = run_input.listing.bars, run_input.listing.instrument
    return replace(run_input, warnings=_warnings(check_bars(bars, calendar_of(instrument), instrument.asset_class)))


def _from_store(stored: StoredBars, symbol: str, wanted: _Wanted) -> RunInput:
    """Stored bars under a symbol of the run's. Raises InputError where they are of another class than is wanted."""
    kept = stored.instrument
    kept.check_class(wanted.asset_class)
    instrument = kept if kept.symbol == symbol else replace(kept, symbol=symbol)
    return _given(stored.bars, instrument, stored.actions, "store", wanted, facts=wanted.facts(symbol))


def with_actions(run_input: RunInput, given: Any) -> RunInput:
    """The input with the actions that were given, else its own; each counts once, and is held against the prices."""
    if given is None:
        stated = run_input.listing.actions
    else:
        symbol = run_input.listing.symbol
        stated = _read_actions(Path(given), symbol) if isinstance(given, (str, Path)) else _checked_actions(given)
    if stated and run_input.listing.instrument.margin is not None:
        raise InputError(
            f"{run_input.listing.symbol}: splits, dividends and delistings are a share's, and it is a future on "
            "margin: leave the actions out"
        )
    actions, again = distinct(stated)
    listing = remade(replace(run_input.listing, actions=actions), run_input.finer)
    instrument = listing.instrument
    doubts = check_corporate_actions(listing.bars, calendar_of(instrument), instrument.asset_class, actions)
    twice = [_twice(instrument.symbol, again)] if again else []
    return replace(run_input, listing=listing, warnings=(*run_input.warnings, *twice, *_warnings(doubts)))


def remade(listing: Listing, finer: Bars | None) -> Listing:
    """The listing, its bars put together anew if it has splits: what precedes one within a bar is on the
    scale after it, as the holdings will be."""
    splits = [] if finer is None else splits_at(replace(listing, bars=finer))
    if finer is None or not splits:
        return listing
    calendar = calendar_of(listing.instrument)
    return replace(listing, bars=resample(finer, listing.bars.timeframe, calendar, splits=splits))


def _twice(symbol: str, again: Sequence[CorporateAction]) -> tuple[str, str]:
    first, count = again[0], len(again)
    more = f" (and {count - 1} more)" if count > 1 else ""
    kind = type(first).__name__.lower()
    return "action_twice", f"{symbol}: the {kind} on {first.ex_date}{more} stands twice among the actions: counted once"


def _tell_guesses(found: dict[str, RunInput]) -> None:
    """Warn of the asset classes that nobody gave: of all symbols of a kind at once, at the first of them."""
    alike: dict[Guess, list[str]] = {}
    for symbol, run_input in found.items():
        if run_input.guess is not None:
            alike.setdefault(run_input.guess, []).append(symbol)
    for kind, symbols in alike.items():
        run_input = found[symbols[0]]
        warning = ("asset_guessed", assumed(kind, symbols, run_input.listing.instrument))
        found[symbols[0]] = replace(run_input, warnings=(warning, *run_input.warnings))


def _checked_actions(given: Any) -> tuple[CorporateAction, ...]:
    if isinstance(given, Sequence) and all(isinstance(action, CorporateAction) for action in given):
        return tuple(given)
    raise InputError(
        f"actions of a symbol are a file's path, or a list of Split, Dividend and Delisting, not {type(given).__name__}"
    )


def _read_actions(path: Path, symbol: str) -> tuple[CorporateAction, ...]:
    from weaver.walle.files.corporate_actions_file import (
        read_corporate_actions,  # brings the CSV reader, which bars of Parquet do without
    )

    return read_corporate_actions(path, symbol=symbol)


def _by_symbol(path: Path, symbols: Sequence[str]) -> dict[str, tuple[CorporateAction, ...]]:
    """Each symbol's own of a file of many, which may have none of some."""
    from weaver.walle.files.corporate_actions_file import CorporateActionsFile

    file = CorporateActionsFile.read(path)
    if file.symbols is None and len(symbols) > 1:
        raise InputError(f"actions {path}: no column says whose they are: name them as SYMBOL=FILE")
    found = {symbol: file.of(symbol) for symbol in symbols if file.has(symbol)}
    if not found:
        raise InputError(f"actions {path}: of {listed(file.symbols or ())}, and not of {listed(symbols)}")
    return {symbol: found.get(symbol, ()) for symbol in symbols}


def _warnings(found: Iterable[DataWarning]) -> tuple[tuple[str, str], ...]:
    return tuple((warning.code, warning.message) for warning in found)


def _one_timeframe(found: Mapping[str, RunInput]) -> None:
    kinds = {str(run_input.listing.bars.timeframe) for run_input in found.values()}
    if len(kinds) > 1:
        raise InputError(
            f"the bars have several timeframes ({', '.join(sorted(kinds))}): say which to run on (--timeframe)"
        )
    currencies = {run_input.listing.instrument.quote_currency for run_input in found.values()}
    if len(currencies) > 1:
        raise InputError(
            f"the symbols are quoted in several currencies ({', '.join(sorted(currencies))}): a run has one"
        )


def _symbols(given: Iterable[str | None] | None) -> list[str | None]:
    if given is None:
        return []
    if isinstance(given, str):
        return [_symbol(given)]
    if not isinstance(given, Iterable):
        raise InputError(f"symbols are a list of names, not {shown(given)}")
    return [None if symbol is None else _symbol(symbol) for symbol in given]


def _symbol(given: object) -> str:
    symbol = Text().read(given, "a symbol")
    check_symbol(symbol)
    return symbol


def instant(value: Day | None, *, name: str, end: bool = False) -> int | None:
    """A day or time in ns: a day begins at 00:00 UTC and, as an end, is meant whole. Raises InputError."""
    if value is None:
        return None
    if isinstance(value, str):
        value = _parsed(value, name)
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return instant_of(aware)
    start = (value - EPOCH).days * DAY
    return clamped(start + DAY - 1 if end else start)


def _parsed(text: str, name: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{name} {text!r} is no date: write 2020-01-31 or 2020-01-31T14:30") from None
