"""From raw columns to checked bars."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.bars import PRICES, Bars, Float64, Int64
from weaver.model.calendar import calendar_for
from weaver.model.errors import InputError
from weaver.model.instrument import AssetClass, Instrument, guess_asset_class
from weaver.model.new_york import local_day
from weaver.model.resample import resample
from weaver.model.timeframe import DAY, MINUTE, Timeframe
from weaver.walle.moment import moment
from weaver.walle.quality import DataWarning, check_bars
from weaver.walle.raw_columns import RawColumns
from weaver.walle.source import Source
from weaver.walle.time_zone import to_instants, zone_of

_ROUNDING = 1e-9
"""Adjusted prices stick out of [low, high] by a rounding; up to this share of the price it is put right."""
_LONGEST_GUESS = Timeframe(7 * DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBars:
    """Bars as read, and what a user should hear about them.

    notes: what was guessed or done. warnings: what may be wrong with the data.
    """

    bars: Bars
    instrument: Instrument
    notes: tuple[str, ...]
    warnings: tuple[DataWarning, ...]


def assemble(
    raw: RawColumns, *, symbol: str, timeframe: Timeframe | None, tz: str | None, asset_class: AssetClass | None
) -> ReadBars:
    """Checked bars of the raw columns, resampled if a coarser `timeframe` is asked for.

    Raises InputError, or DataError naming the first row that cannot be true.
    """
    notes: list[str] = []
    zone = None if tz is None else zone_of(tz)
    if asset_class is None:
        asset_class = guess_asset_class(symbol)
        notes.append(f"{symbol}: taken for {asset_class}, by its name (--asset says otherwise)")
    spacing = _spacing(raw, timeframe)
    if timeframe is not None and timeframe < spacing:
        raise InputError(f"{raw.source.name}: the bars are {spacing} apart: bars of {timeframe} cannot be made of them")
    timestamp = _timestamps(raw, spacing, zone, asset_class, notes)
    _check_order(timestamp, raw.source)
    prices = _prices(raw, notes)
    calendar = calendar_for(asset_class)
    bars = Bars(
        symbol=symbol,
        timeframe=spacing,
        timestamp=timestamp,
        end=calendar.bar_end(timestamp, spacing),
        volume=_volume(raw, notes),
        **prices,
    )
    warnings = check_bars(bars, calendar, is_stock=asset_class is AssetClass.STOCK)
    if timeframe is not None and timeframe != spacing:
        notes.append(f"{symbol}: {spacing} bars put together to {timeframe}")
        bars = resample(bars, timeframe, calendar)
    instrument = Instrument.default(symbol, asset_class)
    return ReadBars(bars=bars, instrument=instrument, notes=tuple(notes), warnings=warnings)


def _spacing(raw: RawColumns, timeframe: Timeframe | None) -> Timeframe:
    """How far apart the bars are: the most common difference, which gaps and weekends do not disturb."""
    times = raw.times.local if raw.times.instant is None else raw.times.instant
    apart = np.diff(times)
    apart = apart[apart > 0]
    if not len(apart):
        if timeframe is not None:
            return timeframe
        if len(times) > 1:
            _check_order(times, raw.source)
        raise InputError(f"{raw.source.name}: one bar does not show how far apart bars are: give --timeframe")
    lengths, counts = np.unique(apart, return_counts=True)
    spacing = int(lengths[np.argmax(counts)])
    if spacing % MINUTE or (spacing > DAY and spacing % DAY):
        raise InputError(
            f"{raw.source.name}: bars {spacing / 1e9:g} s apart are no timeframe: whole minutes up to a day"
        )
    found = Timeframe(spacing)
    if found > _LONGEST_GUESS and timeframe is None:
        raise InputError(f"{raw.source.name}: bars {found.days} days apart: give --timeframe")
    return found if timeframe is None or found <= _LONGEST_GUESS else timeframe


def _timestamps(
    raw: RawColumns, spacing: Timeframe, zone: ZoneInfo | None, asset_class: AssetClass, notes: list[str]
) -> Int64:
    """Start stamps in UTC; of daily stock bars the session's date at 00:00."""
    times = raw.times
    if zone is not None and times.instant is not None:
        notes.append(f"{raw.source.name}: the times say their own zone, so --tz {zone.key} was not used")
    dates_alone = not bool((times.local % DAY).any())
    if spacing.is_daily and asset_class is AssetClass.STOCK:
        # The date as written; times of day (other than midnight) are instants of New York's date.
        return times.local if dates_alone else local_day(_instants(raw, zone)) * DAY
    if spacing.is_daily and dates_alone and times.instant is None:
        return times.local
    return _instants(raw, zone)


def _instants(raw: RawColumns, zone: ZoneInfo | None) -> Int64:
    """The times in UTC. Raises DataError where neither they nor the caller name a zone."""
    times = raw.times
    if times.instant is not None:
        return times.instant
    if zone is None:
        row = int(np.argmax(times.local % DAY != 0))
        raise raw.source.error(
            row, f"time {moment(times.local[row])} has no time zone: name it with --tz, as UTC or America/New_York"
        )
    return to_instants(times.local, zone, source=raw.source)


def _check_order(timestamp: Int64, source: Source) -> None:
    apart = np.diff(timestamp, prepend=timestamp[0] - 1)

    def text(row: int) -> str:
        here, before = moment(timestamp[row]), moment(timestamp[row - 1])
        if apart[row] == 0:
            return f"time {here} stands there twice"
        return f"time {here} is out of order, after {before}: sort the rows, oldest first"

    source.check(apart <= 0, text)


def _prices(raw: RawColumns, notes: list[str]) -> dict[str, Float64]:
    columns = {name: getattr(raw, name) for name in PRICES}
    for name, column in columns.items():
        _check_numbers(column, name, raw.source)
        _check_positive(column, name, raw.source)
    low, high = columns["low"], columns["high"]
    raw.source.check(high < low, lambda row: f"high {high[row]} is below low {low[row]}")
    most, least = high, low
    for name in ("open", "close"):
        column = columns[name]
        _check_within(column, name, low, high, raw.source)
        most, least = np.maximum(most, column), np.minimum(least, column)
    mended = int(((most != high) | (least != low)).sum())
    if mended:
        notes.append(f"{raw.source.name}: {mended} bars had open or close past high or low by a rounding: widened")
        columns["high"], columns["low"] = most, least
    return columns


def _check_positive(column: Float64, name: str, source: Source) -> None:
    source.check(column <= 0, lambda row: f"{name} {column[row]} is not above 0")


def _check_within(column: Float64, name: str, low: Float64, high: Float64, source: Source) -> None:
    slack = column * _ROUNDING
    outside = (column > high + slack) | (column < low - slack)
    source.check(outside, lambda row: f"{name} {column[row]} lies outside low {low[row]} to high {high[row]}")


def _volume(raw: RawColumns, notes: list[str]) -> Float64:
    if raw.volume is None:
        notes.append(f"{raw.source.name}: no column for volume: taken as 0")
        return np.zeros(len(raw.open))
    volume = raw.volume
    _check_numbers(volume, "volume", raw.source)
    raw.source.check(volume < 0, lambda row: f"volume {volume[row]} is negative")
    return volume


def _check_numbers(column: Float64, name: str, source: Source) -> None:
    source.check(
        ~np.isfinite(column),
        lambda row: f"{name} is {'empty or NaN' if np.isnan(column[row]) else 'infinite'}",
    )
