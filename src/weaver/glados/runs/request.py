"""Whether a run that is asked for makes sense, and the run that it makes: all that can be said without running code."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from weaver.glados.ports import NewId, Now
from weaver.glados.runs.port import NewRun
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.source import StrategySource
from weaver.model.account.costs_given import KEYS, CostsGiven
from weaver.model.account.margin import AccountRules
from weaver.model.backtest.kinds import AmountGiven
from weaver.model.backtest.options import FACTS, OPTIONS, RUN_OPTIONS, Options
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import InputError, InvalidOrder, NotFound
from weaver.model.facts import Facts
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.money import exact
from weaver.model.orders.venue import venue_rules
from weaver.model.run import Run, RunMode
from weaver.walle.bars.folder.catalogue import CatalogueEntry
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.files.bar_file import check_symbol

SYMBOLS_NAMED = 10
DIGITS_MAX = 18
"""Before and after the point, of any amount: what the database keeps."""


class RunRequests:
    """Makes pending runs of requests. It reads files: not for an event loop."""

    def __init__(self, *, catalogue: Catalogue, bars: ParquetBarStore, now: Now, new_id: NewId, version: str) -> None:
        self._catalogue, self._bars = catalogue, bars
        self._now, self._new_id, self._version = now, new_id, version

    def run_of(self, new: NewRun) -> Run:
        """The run, with its strategy's source pinned. Raises InputError, and StrategyError where its file is broken."""
        source = self._source(new.strategy_id)
        options = {name: value for name, value in new.options.items() if value is not None}
        _check_symbols(new.symbols)
        _check_times(new.start_time, new.end_time)
        timeframe = None if new.timeframe is None else str(Timeframe.parse(new.timeframe))
        check_options(options)
        if new.mode is RunMode.BACKTEST:
            venue_rules(new.venue)
            self._check_bars(new, timeframe, options)
        return Run(
            id=self._new_id(),
            name=new.name or _name(new),
            strategy_id=new.strategy_id,
            mode=new.mode,
            symbols=new.symbols,
            timeframe=timeframe,
            start_time=new.start_time,
            end_time=new.end_time,
            config=new.config,
            options=options,
            venue=new.venue,
            risk=new.risk,
            on_error=new.on_error,
            promotion=new.promotion,
            strategy_source=source.text,
            source_hash=source.hash,
            weaver_version=self._version,
            created_at=self._now(),
        )

    def _source(self, strategy_id: str) -> StrategySource:
        try:
            return self._catalogue.get(strategy_id).source()
        except NotFound as error:  # it is the request that is wrong, not its address
            raise InputError(str(error)) from error

    def _check_bars(self, new: NewRun, timeframe: str | None, options: Mapping[str, Any]) -> None:
        wanted = None if timeframe is None else Timeframe.parse(timeframe)
        entries = [self._entry(symbol, wanted) for symbol in new.symbols]
        self._check_benchmark(options.get("benchmark"))
        several = sorted({str(entry.timeframe) for entry in entries})
        if wanted is None and len(several) > 1:
            raise InputError(f"the bars have several timeframes ({', '.join(several)}): say which to run on")
        currencies = sorted({entry.instrument.quote_currency for entry in entries})
        if len(currencies) > 1:
            raise InputError(f"the symbols are quoted in several currencies ({', '.join(currencies)}): a run has one")
        Options(**_own(options)).check_named(new.symbols)
        _check_reach(entries, new.start_time, new.end_time)
        asset = options.get("asset")
        for entry in entries:
            entry.instrument.check_class(None if asset is None else AssetClass(asset))
            Facts.parse(**Options(**_own(options)).facts_of(entry.symbol)).applied(entry.instrument)
        CostsGiven.parse(options.get("costs")).of({one.symbol: one.instrument.asset_class for one in entries})

    def _check_benchmark(self, symbol: str | None) -> None:
        """It is one of the store: a request names no file."""
        if symbol is not None and self._bars.find(symbol) is None:
            raise InputError(
                f"benchmark {symbol}: there are no bars of it in the store: import some; there are bars of "
                f"{_symbols(self._bars.catalogue())}"
            )

    def _entry(self, symbol: str, timeframe: Timeframe | None) -> CatalogueEntry:
        finest = self._bars.find(symbol)
        if finest is not None and (timeframe is None or timeframe.is_made_of(finest.timeframe)):
            return finest
        stored = self._bars.catalogue()
        own = [entry for entry in stored if entry.symbol == symbol]
        if timeframe is not None:
            for entry in own:
                if timeframe.is_made_of(entry.timeframe):
                    return entry
        if own:
            there = ", ".join(str(entry.timeframe) for entry in own)
            raise InputError(f"there are no bars of {symbol} from which {timeframe} could be made: there are {there}")
        raise InputError(f"there are no bars of {symbol}: import some; there are bars of {_symbols(stored)}")


def check_options(options: Mapping[str, Any]) -> None:
    """Raises InputError on an option that a backtest would not take."""
    for name, value in options.items():
        if name not in RUN_OPTIONS:
            raise InputError(f"there is no option {name!r}; there are {', '.join(RUN_OPTIONS)}")
        RUN_OPTIONS[name].kind.read(value, name)
    for name, value in options.items():
        if isinstance(RUN_OPTIONS[name].kind, AmountGiven):
            _check_digits(name, value)
    AccountRules.of(Options(**_own(options)))
    for name in FACTS:
        given = options.get(name)
        for value in given.values() if isinstance(given, Mapping) else [given]:
            Facts.parse(**{name: value})
    for name in ("costs", "venue_costs"):
        _check_costs(name, options.get(name))


def _own(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a backtest."""
    return {name: value for name, value in options.items() if name in OPTIONS}


def _check_costs(name: str, costs: Any) -> None:
    for key, value in costs.items() if isinstance(costs, Mapping) else ():
        for inner, part in value.items() if isinstance(value, Mapping) else ((key, value),):
            if inner in KEYS and inner != "funding":
                _check_digits(inner, part)
    try:
        CostsGiven.parse(costs)
    except InputError as error:
        raise InputError(f"{name}{str(error).removeprefix('costs')}") from error


def _check_digits(name: str, value: Any) -> None:
    if value is None:
        return
    try:
        number = exact(value, name=name)
    except InvalidOrder as error:
        raise InputError(str(error)) from error
    digits = number.as_tuple()
    if number and (number.adjusted() >= DIGITS_MAX or -int(digits.exponent) > DIGITS_MAX):
        raise InputError(f"{name} must have at most {DIGITS_MAX} digits on either side of the point")


def _check_symbols(symbols: Sequence[str]) -> None:
    if not symbols:
        raise InputError("a run needs at least one symbol")
    seen: set[str] = set()
    for symbol in symbols:
        check_symbol(symbol)
        if not symbol.isprintable():
            raise InputError(f"symbol {symbol!r} cannot be used: it has characters that cannot be printed")
        if symbol in seen:
            raise InputError(f"symbol {symbol!r} is named twice")
        seen.add(symbol)


def _check_times(start: datetime | None, end: datetime | None) -> None:
    for name, time in (("start_time", start), ("end_time", end)):
        if time is not None and time.tzinfo is None:
            raise InputError(f"{name} {time.isoformat()} has no zone: write it in UTC, as 2020-01-31T14:30:00Z")
    if start is not None and end is not None and start > end:
        raise InputError(f"start_time {start.isoformat()} is after end_time {end.isoformat()}")


def _check_reach(entries: Sequence[CatalogueEntry], start: datetime | None, end: datetime | None) -> None:
    first, last = min(entry.first for entry in entries), max(entry.last for entry in entries)
    is_late = start is not None and instant_of(start) > last
    if is_late or (end is not None and instant_of(end) < first):
        have = "; ".join(f"{entry.symbol}: {_day(entry.first)} to {_day(entry.last)}" for entry in entries)
        raise InputError(f"there are no bars in the run's time (there are {have})")


def _day(nanoseconds: int) -> str:
    return time_of(nanoseconds).date().isoformat()


def _symbols(stored: Sequence[CatalogueEntry]) -> str:
    names = list(dict.fromkeys(entry.symbol for entry in stored))
    if not names:
        return "nothing yet"
    more = f" and {len(names) - SYMBOLS_NAMED} others" if len(names) > SYMBOLS_NAMED else ""
    return ", ".join(names[:SYMBOLS_NAMED]) + more


def _name(new: NewRun) -> str:
    symbols = ", ".join(new.symbols) if len(new.symbols) <= 3 else f"{len(new.symbols)} symbols"
    return f"{new.strategy_id} on {symbols}"
