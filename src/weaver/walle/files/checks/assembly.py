"""From raw columns to checked bars."""

import math
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.resample import resample
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError
from weaver.model.facts import NO_FACTS, Facts
from weaver.model.market.bars import PRICES, Bars, Float64, Int64
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe, Unit
from weaver.walle.files.checks.asset_evidence import Evidence, Guess, evidence, guess
from weaver.walle.files.checks.quality import DataWarning, check_bars
from weaver.walle.files.checks.rows import oldest_first, without_empty
from weaver.walle.files.checks.spacing import (
    Labels,
    common_step,
    daily_timeframe,
    doubt_about,
    intraday_timeframe,
    is_daily_step,
    with_first_sessions,
)
from weaver.walle.files.checks.stamps import instants, stamps
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.columns.times.moment import moment
from weaver.walle.files.columns.times.time_zone import zone_of

_ROUNDING = 1e-9
"""Adjusted prices stick out of [low, high] by a rounding; up to this share of the price it is put right."""
_LAST_MOMENTS = (1, 1_000, 1_000_000, 1_000_000_000)
"""How long (ns) before a minute's end a time says that the bar ends there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBars:
    """Bars as read, and what a user should hear about them.

    notes: what was done on the way. warnings: what may be wrong with the data. guess: the asset class that nobody gave.
    """

    bars: Bars
    instrument: Instrument
    notes: tuple[str, ...]
    warnings: tuple[DataWarning, ...]
    guess: Guess | None = None
    finer: Bars | None = None
    """Those that `bars` were put together from."""

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes, and what was guessed, for whoever keeps the bars under that class."""
        if self.guess is None:
            return self.notes
        symbol, found = self.instrument.symbol, self.guess
        return f"{symbol}: taken for {found.asset_class}, {found.reason} (--asset says otherwise)", *self.notes


def assemble(
    raw: RawColumns,
    *,
    symbol: str,
    timeframe: Timeframe | None,
    tz: str | None,
    asset_class: AssetClass | None,
    facts: Facts = NO_FACTS,
) -> ReadBars:
    """Checked bars of the raw columns, oldest first, resampled if a coarser `timeframe` is asked for.

    facts: what was said of the symbol beside its class, which they may imply. Rows without any price are left out, with
    a warning. Raises InputError, or DataError naming the first row that cannot be true.
    """
    raw, left_out = without_empty(raw)
    raw = oldest_first(raw)
    notes = [*raw.notes]
    zone = None if tz is None else zone_of(tz)
    step = _step(raw, timeframe)
    guessed: Guess | None = None
    asset_class = asset_class or facts.implied_class
    if asset_class is None:
        guessed = guess(symbol, _evidence(raw, step, zone))
        asset_class = guessed.asset_class
    instrument = replace(facts, asset_class=asset_class).applied(Instrument.default(symbol, asset_class))
    calendar = calendar_of(instrument)
    is_daily = Timeframe(DAY if is_daily_step(step) else MINUTE)
    timestamp = stamps(raw, is_daily, zone, asset_class, notes, calendar)
    _check_order(timestamp, raw.origin)
    spacing, timestamp, doubts = _spaced(raw, timestamp, step, timeframe, zone, asset_class, calendar)
    end, prices, volume = calendar.bar_end(timestamp, spacing), _prices(raw, notes), _volume(raw, notes)
    bars = Bars(symbol=symbol, timeframe=spacing, timestamp=timestamp, end=end, volume=volume, **prices)
    warnings = (*left_out, *check_bars(bars, calendar, asset_class), *doubts)
    finer = None
    if timeframe is not None and timeframe != spacing:
        notes.append(f"{symbol}: {spacing} bars put together to {timeframe}")
        finer, bars = bars, resample(bars, timeframe, calendar)
    return ReadBars(bars=bars, instrument=instrument, notes=tuple(notes), warnings=warnings, guess=guessed, finer=finer)


def _evidence(raw: RawColumns, step: int, zone: ZoneInfo | None) -> Evidence:
    """What the bars show of their asset class; nothing where their times are not known yet."""
    times = raw.times
    if is_daily_step(step):
        return evidence(times.local, step, raw.volume)
    if times.instant is None and zone is None:
        return Evidence()
    return evidence(instants(raw, zone), step, raw.volume)


def _step(raw: RawColumns, timeframe: Timeframe | None) -> int:
    """How far apart the bars are as a rule (ns), or should be where there is one only."""
    times = raw.times.steps
    step = common_step(times)
    if step is not None:
        return step
    if timeframe is not None:
        return timeframe.nanoseconds
    if len(times) > 1:
        _check_order(times, raw.origin)
    raise InputError(f"{raw.origin.name}: one bar does not show how far apart bars are: give --timeframe")


def _spaced(
    raw: RawColumns,
    timestamp: Int64,
    step: int,
    timeframe: Timeframe | None,
    zone: ZoneInfo | None,
    asset_class: AssetClass,
    calendar: Calendar,
) -> tuple[Timeframe, Int64, tuple[DataWarning, ...]]:
    """The bars' own timeframe, their stamps (those of weeks and months moved to where these begin), and doubts."""
    if not is_daily_step(step):
        _check_beginnings(timestamp, raw.origin)
        return intraday_timeframe(raw.origin.name, timestamp, step, timeframe, calendar), timestamp, ()
    labels = _labels(raw, timestamp, calendar, zone, asset_class)
    spacing = daily_timeframe(labels, timeframe)
    doubt = doubt_about(labels, spacing)
    doubts = () if doubt is None else (DataWarning(code="labels", message=f"{raw.origin.name}: {doubt}"),)
    if spacing.unit is not Unit.TIME:
        session = with_first_sessions(labels, spacing)
        timestamp = session * DAY if calendar.labels_are_dates else calendar.session_open(session.astype(np.int32))
    _check_beginnings(timestamp, raw.origin)
    return spacing, timestamp, doubts


def _labels(
    raw: RawColumns, timestamp: Int64, calendar: Calendar, zone: ZoneInfo | None, asset_class: AssetClass
) -> Labels:
    """Stamps of bars of a day or more, and what their times of day say of them."""
    is_crypto = asset_class is AssetClass.CRYPTO
    day = calendar.session_of(timestamp, daily=True)
    is_date = timestamp % DAY == 0
    instant = timestamp
    if calendar.labels_are_dates and not raw.times.are_dates:
        is_date, instant = np.zeros(len(timestamp), dtype=np.bool_), instants(raw, zone)
    close = calendar.session_close(day)
    is_close = (instant <= close) & (instant >= close - MINUTE)
    return Labels(
        name=raw.origin.name,
        timestamp=timestamp,
        day=day.astype(np.int64),
        may_begin=is_date if is_crypto else np.ones(len(timestamp), dtype=np.bool_),
        may_end=is_date | is_close,
        calendar=calendar,
        is_always_open=is_crypto,
    )


def _check_order(timestamp: Int64, origin: Origin) -> None:
    apart = np.diff(timestamp, prepend=timestamp[0] - 1)

    def text(row: int) -> str:
        here, before = moment(timestamp[row]), moment(timestamp[row - 1])
        if apart[row] == 0:
            return f"time {here} stands there twice: leave one of the rows"
        return f"time {here} is out of order, after {before}: sort the rows, oldest first"

    origin.check(apart <= 0, text)


def _check_beginnings(timestamp: Int64, origin: Origin) -> None:
    """Raises DataError for the last moments of bars (Binance's 00:59:59.999), read as which they would come late."""
    before = MINUTE - timestamp % MINUTE
    if before[0] in _LAST_MOMENTS and bool((before == before[0]).all()):
        raise origin.error(
            0,
            f"time {moment(timestamp[0])} is the last moment of a bar, as are the others: give the times at which bars "
            "begin, from their own column (--columns timestamp=NAME), or a bar's length earlier",
        )


def _prices(raw: RawColumns, notes: list[str]) -> dict[str, Float64]:
    columns = {name: getattr(raw, name) for name in PRICES}
    for name, column in columns.items():
        _check_numbers(column, name, raw.origin)
        _check_positive(column, name, raw.origin)
    low, high = columns["low"], columns["high"]
    raw.origin.check(high < low, lambda row: f"high {high[row]} is below low {low[row]}")
    outside = [name for name in ("open", "close") if np.any((columns[name] > high) | (columns[name] < low))]
    if not outside:
        return columns
    for name in outside:
        _check_within(columns[name], name, low, high, raw.origin)
    most = np.maximum.reduce([high, *(columns[name] for name in outside)])
    least = np.minimum.reduce([low, *(columns[name] for name in outside)])
    mended = int(((most != high) | (least != low)).sum())
    notes.append(f"{raw.origin.name}: {mended} bars had open or close past high or low by a rounding: widened")
    columns["high"], columns["low"] = most, least
    return columns


def _check_positive(column: Float64, name: str, origin: Origin) -> None:
    origin.check(column <= 0, lambda row: f"{name} {column[row]} is not above 0")


def _check_within(column: Float64, name: str, low: Float64, high: Float64, origin: Origin) -> None:
    slack = column * _ROUNDING
    outside = (column > high + slack) | (column < low - slack)
    origin.check(outside, lambda row: f"{name} {column[row]} lies outside low {low[row]} to high {high[row]}")


def _volume(raw: RawColumns, notes: list[str]) -> Float64:
    volume = raw.volume
    if volume is None:
        doubt = "".join(f"; {name[:30]!r} is not known as one" for name in raw.unused_volumes[:2])
        notes.append(f"{raw.origin.name}: no column for volume: taken as 0{doubt}")
        return np.zeros(len(raw.open))
    if np.isnan(volume).all():
        volume = np.zeros(len(volume))
        notes.append(f"{raw.origin.name}: the column of volume is empty throughout: taken as 0")
    if raw.tick_volume is not None and not volume.any():
        notes.append(f"{raw.origin.name}: the volume is always 0: the tick volume is taken for it")
        volume = raw.tick_volume
    _check_numbers(volume, "volume", raw.origin, else_say=": write 0 where nothing was traded")
    raw.origin.check(volume < 0, lambda row: f"volume {volume[row]} is negative")
    return volume


def _check_numbers(column: Float64, name: str, origin: Origin, *, else_say: str = "") -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        if math.isfinite(column.sum()):
            return  # as each of them is; where the sum is past all bounds they are looked at
    origin.check(
        ~np.isfinite(column),
        lambda row: f"{name} is {f'empty or NaN{else_say}' if np.isnan(column[row]) else 'infinite'}",
    )
