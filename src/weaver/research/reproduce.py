"""Run a backtest again from its record and bars with the same hash."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from weaver.marvin.plugins.loader import LoadedStrategy, from_source
from weaver.marvin.plugins.source import StrategySource
from weaver.model.account.costs import Costs
from weaver.model.backtest.options import OPTIONS, Options
from weaver.model.calendar.resample import by_calendar
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError, NotFound, StrategyError
from weaver.model.facts import Facts, contract_of
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.research.inputs import RunInput, remade, store
from weaver.research.run import Plan, plan
from weaver.walle.bars.folder.catalogue import corporate_action_of
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.spelling import Spelling

RunJson = Mapping[str, Any]


def plan_again(record: RunJson, *, folder: Path) -> Plan:
    """The plan that `record` (a result's `run`) pins down.

    Bars come from the store, by their hash, else from the file they came from, looked for from here and from `folder`.
    Raises InputError, and NotFound where the bars are gone.
    """
    try:
        strategy = _strategy(record)
        timeframe = Timeframe.parse(record["timeframe"])
        inputs = {symbol: _input(symbol, record["data"][symbol], timeframe, folder) for symbol in record["symbols"]}
        benchmark = _benchmark(record.get("benchmark"), folder)
        costs = {symbol: Costs.described(record["costs"][symbol]) for symbol in inputs}
        options = _options(record)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise InputError(f"the record is damaged: {type(error).__name__}: {error}") from error
    return plan(strategy, inputs, options, costs=costs, benchmark=benchmark)


def _strategy(record: RunJson) -> LoadedStrategy:
    if not record["source"]:
        raise InputError(f"the record has no source text of {record['class']}: it was typed into a prompt")
    source = StrategySource(path=Path(f"{record['strategy']}.py"), text=record["source"])
    if source.hash != record["source_hash"]:
        raise InputError("the record's source text is not the one that its hash was taken of: it was changed since")
    try:
        return from_source(source, record["class"])
    except StrategyError as error:
        raise InputError(f"the recorded strategy cannot be loaded: {error}") from error


def _options(record: RunJson) -> Options:
    """The recorded options; costs are recorded by symbol, and are no option here."""
    found = {name: record[option.key] for name, option in OPTIONS.items() if option.key is not None}
    return Options(**{**found, "costs": None}, params=record["parameters"])


def _benchmark(facts: RunJson | None, folder: Path) -> RunInput | None:
    """None: it was compared with holding its own symbols, as were all of older records."""
    if facts is None:
        return None
    return _input(facts["symbol"], facts, Timeframe.parse(facts["timeframe"]), folder)


def _input(symbol: str, facts: RunJson, timeframe: Timeframe, folder: Path) -> RunInput:
    asset_class, tick = AssetClass.parse(facts["asset"]), Decimal(facts["tick"])
    instrument = Instrument(
        symbol=symbol,
        asset_class=asset_class,
        tick=tick,
        # Before this was recorded nobody could give a tick.
        tick_given=facts.get("tick_given", not Instrument.is_default_tick(tick, asset_class)),
        lot=Decimal(facts["lot"]),
        minimum=Decimal(facts["minimum"]),
        quote_currency=facts["quote_currency"],
        **contract_of(facts),
    )
    actions = tuple(corporate_action_of(row) for row in facts["actions"])
    bars = _bars(symbol, facts, timeframe, instrument, actions, folder)
    return RunInput(
        listing=Listing(instrument=instrument, bars=bars, actions=actions),
        origin=facts["origin"],
        tz=facts["tz"],
        spelling=Spelling.parse(**facts.get("spelling", {})),
        warnings=tuple((warning["code"], warning["message"]) for warning in facts["warnings"]),
    )


def _bars(
    symbol: str,
    facts: RunJson,
    timeframe: Timeframe,
    instrument: Instrument,
    actions: tuple[CorporateAction, ...],
    folder: Path,
) -> Bars:
    wanted, origin = str(facts["hash"]), Path(facts["origin"])
    bars = _stored(symbol, wanted, timeframe, instrument)
    for path in dict.fromkeys((origin, folder / origin)):
        if bars is None and path.is_file():
            asset_class, given = instrument.asset_class, Facts(calendar=instrument.calendar)
            spelling = Spelling.parse(**facts.get("spelling", {}))  # older records have none
            read = read_bars(
                path, symbol=symbol, timeframe=timeframe, tz=facts["tz"], asset_class=asset_class, spelling=spelling,
                facts=given,
            )  # fmt: skip
            made = remade(Listing(instrument=instrument, bars=read.bars, actions=actions), read.finer).bars
            bars = made if made.content_hash() == wanted else None
    if bars is None:
        raise NotFound(
            f"{symbol} {timeframe}: the bars of the run (hash {wanted[:12]}…, from {origin}) are neither in the store "
            "nor in that file as it is now: import the same bars again"
        )
    return bars if bars.symbol == symbol else replace(bars, symbol=symbol)


def _stored(symbol: str, wanted: str, timeframe: Timeframe, instrument: Instrument) -> Bars | None:
    """Bars of the store with that hash: a series as it is, or the symbol's at the run's timeframe, by the calendar that
    the run had or as they are."""
    shelf = store()
    entry = shelf.find_by_hash(wanted)
    if entry is not None:
        return shelf.read(entry.symbol, entry.timeframe).bars
    try:
        kept = shelf.read(symbol, timeframe)
    except NotFound:
        return None
    by_run = by_calendar(kept.bars, calendar_of(kept.instrument), calendar_of(instrument))
    return next((bars for bars in (kept.bars, by_run) if bars.content_hash() == wanted), None)
