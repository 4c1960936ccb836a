"""The bar store: Parquet files per symbol, timeframe and year, with a catalogue, instrument facts and actions.

    root/AAPL/symbol.json          instrument, actions, and the catalogue entry of each series
    root/AAPL/1d-1/all.parquet     a generation of the daily series; the next import makes 1d-2
    root/AAPL/1d-1/series.json     what the record said of it then
    root/BTC%2FUSD/1m-3/2021.parquet

Replacing symbol.json is what makes a change valid: until then the old files stand untouched, after it they are removed.
The record has a checksum of itself and of every byte of its files: whatever is read is what was written, or it is
`Damaged`, which concerns its symbol alone and is mended by importing the bars again.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from weaver.model.calendar.resample import by_calendar
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import Damaged, InputError, NotFound
from weaver.model.facts import Facts
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.walle.bars.candles import Candles, candles_of
from weaver.walle.bars.coarser import bars_of, coarser
from weaver.walle.bars.damage import Budget, ListedSeries, Verdicts
from weaver.walle.bars.folder.catalogue import CatalogueEntry, SymbolRecord
from weaver.walle.bars.folder.checksums import checks_of
from weaver.walle.bars.folder.stored_series import Lost, StoredSeries
from weaver.walle.bars.folder.symbol_folder import (
    RECORD,
    SymbolFolder,
    folder_name,
    symbol_of_folder,
)
from weaver.walle.bars.generation import describe, rewrite, write_series
from weaver.walle.bars.mending import Mended, mended, what_was_lost
from weaver.walle.bars.merging import check_class, merge
from weaver.walle.file_lock import locked
from weaver.walle.files.bar_file import check_symbol

LOCK_SECONDS = 30.0
_ATTEMPTS = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBars:
    """A series, or a part of it, with its symbol's facts. content_hash: of the whole series; None for a part."""

    bars: Bars
    instrument: Instrument
    actions: tuple[CorporateAction, ...]
    content_hash: str | None

    def _repr_html_(self) -> str:
        """A table for a notebook."""
        return self.bars._repr_html_()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """What an import did: bars written, bars of before that they took the place of, bars of before that stayed.

    mended: what was damaged before, and what of it is lost for good, a line each.
    """

    entry: CatalogueEntry
    written: int
    replaced: int
    kept: int
    mended: tuple[str, ...] = ()


class ParquetBarStore:
    """Bars on disk. Every change happens wholly or not at all; readers need no lock."""

    def __init__(
        self, root: Path, *, lock_seconds: float = LOCK_SECONDS, on_wait: Callable[[str], None] = lambda _told: None
    ) -> None:
        """lock_seconds: how long a change waits for another process's. on_wait: is told, once, whose."""
        self._root = root
        self._lock_seconds, self._on_wait = lock_seconds, on_wait
        self._verdicts = Verdicts()

    @property
    def root(self) -> Path:
        """Its folder; what lies in folders of it that begin with a dot is no symbol's."""
        return self._root

    def catalogue(self) -> list[CatalogueEntry]:
        """All series, by symbol and timeframe, but for those of which nothing is known any more (see `listing`)."""
        records = [record for folder in self._folders() if (record := folder.record_or_none()) is not None]
        entries = [entry for record in records for entry in record.series.values()]
        return sorted(entries, key=lambda entry: (entry.symbol, entry.timeframe))

    def listing(self, *, bytes_max: int | None = 0) -> list[ListedSeries]:
        """All series, the damaged too, by symbol and timeframe.

        Whether the bytes of a file are those that were written is looked at once, and again when the file changes; but
        at no more than `bytes_max` bytes at a time (None: at all): what has not been looked at counts as whole.
        """
        budget = Budget(bytes_max)
        listed: list[ListedSeries] = []
        for folder in self._folders():
            try:
                record = folder.find_record()
            except Damaged as error:
                listed += _of_damaged_record(folder, str(error))
                continue
            for entry in record.series.values() if record else ():
                series = self._series(entry)
                reason = self._verdicts.of(series, budget)
                damaged = None if reason is None else str(_damaged(entry, reason))
                listed.append(
                    ListedSeries(symbol=folder.symbol, timeframe=entry.timeframe, entry=entry, damaged=damaged)
                )
        return sorted(listed, key=lambda one: (one.symbol, one.timeframe or Timeframe(DAY)))

    def find(self, symbol: str, timeframe: Timeframe | None = None) -> CatalogueEntry | None:
        """The entry of a series, or of a symbol's finest one. Raises Damaged where its record cannot be read."""
        record = self._folder(symbol).find_record()
        if record is None or not record.series:
            return None
        return record.series.get(min(record.series) if timeframe is None else timeframe)

    def known_class(self, symbol: str) -> AssetClass | None:
        """The asset class that a symbol is stored with; None where that is not known (any more)."""
        found = self.known_instrument(symbol)
        return None if found is None else found.asset_class

    def known_instrument(self, symbol: str) -> Instrument | None:
        """The facts that a symbol is stored with; None where they are not known (any more)."""
        folder = self._folder(symbol)
        record = folder.record_or_none() or folder.recovered()
        return None if record is None else record.instrument

    def find_by_hash(self, content_hash: str) -> CatalogueEntry | None:
        """The series whose bars have this hash."""
        return next((entry for entry in self.catalogue() if entry.content_hash == content_hash), None)

    def read(self, symbol: str, timeframe: Timeframe, start: int | None = None, end: int | None = None) -> StoredBars:
        """The bars with start ≤ timestamp < end (ns). A timeframe that is not stored is put together from a finer one.

        Raises NotFound, and Damaged where what is on the disk is not what was written.
        """

        def stored(record: SymbolRecord, series: StoredSeries) -> StoredBars:
            is_whole = start is None and end is None and series.entry.timeframe == timeframe
            return StoredBars(
                bars=bars_of(series, timeframe, start, end, record.actions),
                instrument=record.instrument,
                actions=record.actions,
                content_hash=series.entry.content_hash if is_whole else None,
            )

        return self._reading(symbol, timeframe, stored)

    def candles(self, symbol: str, timeframe: Timeframe, start: int | None, end: int | None, limit: int) -> Candles:
        """The bars that `read` would give, put together to at most `limit`; they are never in memory all at once.

        Raises as `read` does.
        """

        def put_together(record: SymbolRecord, series: StoredSeries) -> Candles:
            if series.entry.timeframe == timeframe:
                pieces, total = series.each(start, end), series.count(start, end)
            else:
                coarse = list(coarser(series, timeframe, start, end, record.actions))
                pieces, total = iter(coarse), sum(map(len, coarse))
            return candles_of(pieces, total, limit, symbol=symbol, timeframe=timeframe)

        return self._reading(symbol, timeframe, put_together)

    def write(
        self,
        bars: Bars,
        instrument: Instrument,
        actions: Sequence[CorporateAction] | None,
        source: str,
        *,
        keep: bool = True,
    ) -> WriteOutcome:
        """Store bars, in the place of those stored for the same stretch of time; what lies outside it is kept.

        actions: the symbol's, in the place of those before; None keeps them. keep=False drops all earlier bars of the
        series. What was damaged is mended: good bars are kept as ever, and the outcome says what is lost. Raises
        InputError for an empty series, a symbol stored as another asset class, or a full disk, and Unavailable where
        another process is changing the store for too long; then nothing has changed.
        """
        check_symbol(bars.symbol)
        if not len(bars):
            raise InputError(f"{bars.symbol} {bars.timeframe}: there are no bars to store")
        folder = self._folder(bars.symbol)
        with self._writing(folder):
            found = mended(folder, bars.timeframe, has_actions=actions is not None)
            check_class(found.record, instrument, bars.timeframe, keep=keep)
            before, lost = self._before(found, bars.timeframe) if keep else (None, [])
            merged = bars if before is None else merge(before, bars)
            given = None if actions is None else tuple(actions)
            entry = write_series(folder, merged, instrument, source, found, given)
        kept = len(merged) - len(bars)
        return WriteOutcome(
            entry=entry,
            written=len(bars),
            replaced=0 if before is None else len(before) - kept,
            kept=kept,
            mended=(*found.notes, *what_was_lost(lost, bars)),
        )

    def look(self, entry: CatalogueEntry) -> None:
        """Look at all bytes of a series, for `listing` to tell, unless that was done and they have not changed."""
        self._verdicts.of(self._series(entry), Budget(None))

    def add_checksums(self, entry: CatalogueEntry) -> bool:
        """Give a series of before, which has none, its checksums, if its bars are those that were imported.

        Valid in one step, so it can be cut short and done again. Raises InputError where nothing can be written.
        """
        folder, series = self._folder(entry.symbol), self._series(entry)
        try:
            series.check()
            checks = tuple(checks_of(path) for path in series.paths)
        except (Damaged, FileNotFoundError):
            return False  # the listing tells
        with self._writing(folder):
            record = folder.record_or_none()
            if record is None or record.series.get(entry.timeframe) != entry:
                return False  # imported anew meanwhile
            own = replace(entry, checks=checks)
            describe(folder, replace(record, series={entry.timeframe: own}), series.folder)
            folder.commit(replace(record, series={**record.series, entry.timeframe: own}))
        return True

    def set_actions(self, symbol: str, actions: Sequence[CorporateAction]) -> None:
        """Give a stored symbol these actions, in the place of those before. Raises NotFound, and Damaged where its
        record is and cannot be put together again from what lies beside it."""
        folder = self._folder(symbol)
        self._record_or_recovered(folder)
        with self._writing(folder):
            folder.commit(replace(self._record_or_recovered(folder), actions=tuple(actions)))

    def instrument(self, symbol: str) -> Instrument:
        """A stored symbol's facts. Raises NotFound, and Damaged."""
        return _record(self._folder(symbol)).instrument

    def set_facts(self, symbol: str, facts: Facts) -> Instrument:
        """Give a stored symbol facts, in the place of its own; its bars end by the calendar that it has then. Returns
        what holds from now on. Raises NotFound, InputError where they do not fit it, and Damaged."""
        folder = self._folder(symbol)
        record = self._record_or_recovered(folder)
        if facts.applied(record.instrument) == record.instrument:
            return record.instrument
        with self._writing(folder):
            record = self._record_or_recovered(folder)
            instrument = facts.applied(record.instrument)
            before, after = calendar_of(record.instrument), calendar_of(instrument)
            changed: dict[Timeframe, Bars] = {}
            for timeframe, entry in record.series.items():
                bars = self._series(entry).read(None, None)
                again = by_calendar(bars, before, after)
                if again is not bars or before is not after:
                    changed[timeframe] = again
            rewrite(folder, record, instrument, changed)
        return instrument

    def actions(self, symbol: str) -> tuple[CorporateAction, ...]:
        """A stored symbol's splits, dividends and delisting, by date. Raises NotFound, and Damaged."""
        return _record(self._folder(symbol)).actions

    def delete(self, symbol: str, timeframe: Timeframe) -> None:
        """Remove a series, damaged or not; with its last one, the symbol. Raises NotFound."""
        folder = self._folder(symbol)
        self._check_stored(folder, timeframe)
        with self._writing(folder):
            self._check_stored(folder, timeframe)
            record = folder.record_or_none()
            series = {} if record is None else {key: one for key, one in record.series.items() if key != timeframe}
            if record is None:
                folder.remove_series(timeframe)
            elif series:
                folder.commit(replace(record, series=series))
            else:
                folder.empty()

    def _check_stored(self, folder: SymbolFolder, timeframe: Timeframe) -> None:
        """Raises NotFound where there is no such series to remove. Of a damaged symbol that has no series left on the
        disk, any will do."""
        try:
            record = folder.find_record()
        except Damaged:
            there = folder.series_on_disk()
            if there and timeframe not in there:
                raise _not_stored(folder.symbol, timeframe, there) from None
            return
        if record is None:
            raise _unknown(folder.symbol)
        _entry(record, folder.symbol, timeframe)

    def _folders(self) -> list[SymbolFolder]:
        try:
            with os.scandir(self._root) as found:
                names = sorted(one.name for one in found if _is_folder(one) and not one.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{self._root}: the bar store cannot be read: {error.strerror}") from error
        symbols = [(name, symbol_of_folder(name)) for name in names]
        return [SymbolFolder(self._root / name, symbol) for name, symbol in symbols if symbol is not None]

    def _folder(self, symbol: str) -> SymbolFolder:
        return SymbolFolder(self._root / folder_name(symbol), symbol)

    def _series(self, entry: CatalogueEntry) -> StoredSeries:
        return StoredSeries(entry=entry, folder=self._folder(entry.symbol).path / entry.folder)

    def _record_or_recovered(self, folder: SymbolFolder) -> SymbolRecord:
        try:
            return _record(folder)
        except Damaged:
            recovered = folder.recovered()
            if recovered is None or set(recovered.series) != set(folder.series_on_disk()):
                raise
            return recovered

    def _reading(self, symbol: str, timeframe: Timeframe, take: Callable[[SymbolRecord, StoredSeries], T]) -> T:
        """What `take` makes of the series, or of the coarsest from which it can be put together.

        An import may replace the files between reading the record and opening them: then it is tried anew.
        """
        folder = self._folder(symbol)
        for attempt in range(_ATTEMPTS):
            record = _record(folder)
            finer = [one for one in record.series if timeframe.is_made_of(one)]
            entry = _entry(record, symbol, max(finer, default=timeframe))
            series = StoredSeries(entry=entry, folder=folder.path / entry.folder)
            try:
                return take(record, series)
            except (Damaged, FileNotFoundError) as error:
                if attempt == _ATTEMPTS - 1 or folder.record_or_none() == record:
                    self._verdicts.forget(series)
                    reason = str(error) if isinstance(error, Damaged) else f"{error.filename} is missing"
                    raise _damaged(entry, reason) from error
        raise AssertionError("the last attempt returns or raises")

    def _before(self, found: Mended, timeframe: Timeframe) -> tuple[Bars | None, list[Lost]]:
        """What is stored of the series that is good, and what is lost."""
        if found.record is None or timeframe not in found.record.series:
            return None, []
        entry = found.record.series[timeframe]
        good, lost = self._series(entry).good()
        return (good if len(good) else None), lost

    @contextmanager
    def _writing(self, folder: SymbolFolder) -> Iterator[None]:
        """One writer at a time; leftovers of one that was killed go; errors of the disk are told in one line."""
        existed, before = folder.path.exists(), folder.record_or_none()
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with locked(self._root / ".lock", what="the bar store", seconds=self._lock_seconds, on_wait=self._on_wait):
                folder.path.mkdir(exist_ok=True)
                try:
                    folder.tidy()
                    yield
                finally:
                    folder.tidy()
                    if not existed and folder.path.exists() and not (folder.path / RECORD).exists():
                        folder.path.rmdir()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error).splitlines()[0]
            # A disk that fails once all is in place (its last sync) cannot undo the change.
            effect = "nothing was changed" if folder.record_or_none() == before else "the change was made all the same"
            raise InputError(f"{folder.path}: could not be written: {reason}; {effect}") from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Also behind a link; what a link in a circle leads to is none."""
    return entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and Path(entry.path).is_dir())


def _record(folder: SymbolFolder) -> SymbolRecord:
    record = folder.find_record()
    if record is None:
        raise _unknown(folder.symbol)
    return record


def _entry(record: SymbolRecord, symbol: str, timeframe: Timeframe) -> CatalogueEntry:
    entry = record.series.get(timeframe)
    if entry is None:
        raise _not_stored(symbol, timeframe, sorted(record.series))
    return entry


def _not_stored(symbol: str, timeframe: Timeframe, there: Sequence[Timeframe]) -> NotFound:
    return NotFound(f"{symbol} {timeframe} is not in the bar store: it has {', '.join(map(str, there))}")


def _unknown(symbol: str) -> NotFound:
    return NotFound(f"{symbol} is not in the bar store: import it with `weaver data import FILE`")


def _damaged(entry: CatalogueEntry, reason: str) -> Damaged:
    return Damaged(
        f"{entry.symbol} {entry.timeframe}: the stored bars are damaged ({reason}): import them again, or delete them"
    )


def _of_damaged_record(folder: SymbolFolder, message: str) -> list[ListedSeries]:
    """The series of a symbol whose record is damaged, as far as what lies beside it tells them."""
    recovered = folder.recovered()
    series = {} if recovered is None else recovered.series
    there = folder.series_on_disk()
    return [
        ListedSeries(symbol=folder.symbol, timeframe=timeframe, entry=series.get(timeframe), damaged=message)
        for timeframe in there
    ] or [ListedSeries(symbol=folder.symbol, timeframe=None, entry=None, damaged=message)]
