"""The bar store: Parquet files per symbol, timeframe and year, with a catalogue, instrument facts and actions.

    root/AAPL/symbol.json          instrument, actions, and the catalogue entry of each series
    root/AAPL/1d-1/all.parquet     a generation of the daily series; the next import makes 1d-2
    root/BTC%2FUSD/1m-3/2021.parquet

Replacing symbol.json is what makes a change valid: until then the old files stand untouched, after it they are removed.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import numpy as np

from weaver.model.bars import COLUMNS, Bars
from weaver.model.calendar import calendar_for
from weaver.model.corporate_actions import CorporateAction
from weaver.model.errors import InputError, NotFound
from weaver.model.instrument import Instrument
from weaver.model.resample import resample
from weaver.model.timeframe import Timeframe
from weaver.walle.bar_files import parts_of, read_files, write_file
from weaver.walle.catalogue import CatalogueEntry, SymbolRecord
from weaver.walle.file_lock import locked
from weaver.walle.files import check_symbol
from weaver.walle.quality import missing_bars

_RECORD = "symbol.json"
_TEMPORARY = ".writing-"
_FOLDER_LENGTH_MAX = 200
LOCK_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBars:
    """A series, or a part of it, with its symbol's facts. content_hash: of the whole series; None for a part."""

    bars: Bars
    instrument: Instrument
    actions: tuple[CorporateAction, ...]
    content_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """What an import did: bars written, bars of before that they took the place of, bars of before that stayed."""

    entry: CatalogueEntry
    written: int
    replaced: int
    kept: int


class ParquetBarStore:
    """Bars on disk. Every change happens wholly or not at all; readers need no lock."""

    def __init__(
        self, root: Path, *, lock_seconds: float = LOCK_SECONDS, on_wait: Callable[[str], None] = lambda _told: None
    ) -> None:
        """lock_seconds: how long a change waits for another process's. on_wait: is told, once, whose."""
        self._root = root
        self._lock_seconds, self._on_wait = lock_seconds, on_wait

    def catalogue(self) -> list[CatalogueEntry]:
        """All series, by symbol and timeframe."""
        records = [record for folder in self._folders() if (record := self._find_record(folder)) is not None]
        entries = [entry for record in records for entry in record.series.values()]
        return sorted(entries, key=lambda entry: (entry.symbol, entry.timeframe))

    def find(self, symbol: str, timeframe: Timeframe | None = None) -> CatalogueEntry | None:
        """The entry of a series, or of a symbol's finest one."""
        record = self._find_record(self._folder(symbol))
        if record is None or not record.series:
            return None
        return record.series.get(min(record.series) if timeframe is None else timeframe)

    def find_by_hash(self, content_hash: str) -> CatalogueEntry | None:
        """The series whose bars have this hash."""
        return next((entry for entry in self.catalogue() if entry.content_hash == content_hash), None)

    def read(self, symbol: str, timeframe: Timeframe, start: int | None = None, end: int | None = None) -> StoredBars:
        """The bars with start ≤ timestamp < end (ns). A timeframe that is not stored is put together from a finer one.

        Raises NotFound, and DataError if files are damaged.
        """
        for _ in range(3):  # an import may replace the files between reading the record and opening them
            record = self._record(symbol)
            try:
                whole = self._read_series(record, symbol, timeframe)
            except FileNotFoundError:
                continue
            return whole if start is None and end is None else _part(whole, start, end)
        raise NotFound(f"{symbol} {timeframe}: files of the bar store are missing: import the data again")

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
        series. Raises InputError for an empty series, a symbol stored as another asset class, or a full disk, and
        Unavailable where another process is changing the store for too long; then nothing has changed.
        """
        check_symbol(bars.symbol)
        if not len(bars):
            raise InputError(f"{bars.symbol} {bars.timeframe}: there are no bars to store")
        folder = self._folder(bars.symbol)
        with self._writing(folder):
            record = self._find_record(folder)
            _check_class(record, instrument, bars.timeframe, keep=keep)
            before = self._before(record, bars.timeframe) if keep else None
            merged = bars if before is None else merge(before, bars)
            entry = self._write_series(folder, merged, instrument, source, record)
            self._commit(folder, _updated(record, entry, instrument, actions))
        kept = len(merged) - len(bars)
        return WriteOutcome(
            entry=entry, written=len(bars), replaced=0 if before is None else len(before) - kept, kept=kept
        )

    def set_actions(self, symbol: str, actions: Sequence[CorporateAction]) -> None:
        """Give a stored symbol these actions, in the place of those before. Raises NotFound."""
        folder = self._folder(symbol)
        self._record(symbol)
        with self._writing(folder):
            self._commit(folder, replace(self._record(symbol), actions=tuple(actions)))

    def actions(self, symbol: str) -> tuple[CorporateAction, ...]:
        """A stored symbol's splits, dividends and delisting, by date. Raises NotFound."""
        return self._record(symbol).actions

    def delete(self, symbol: str, timeframe: Timeframe) -> None:
        """Remove a series; with its last one, the symbol. Raises NotFound."""
        folder = self._folder(symbol)
        entry = self._entry(self._record(symbol), symbol, timeframe)
        with self._writing(folder):
            record = self._record(symbol)
            series = {key: value for key, value in record.series.items() if key != entry.timeframe}
            if series:
                self._commit(folder, replace(record, series=series))
            else:
                (folder / _RECORD).unlink(missing_ok=True)
                shutil.rmtree(folder)

    def _folders(self) -> list[Path]:
        try:
            return sorted(path for path in self._root.iterdir() if path.is_dir() and not path.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{self._root}: the bar store cannot be read: {error.strerror}") from error

    def _folder(self, symbol: str) -> Path:
        """A name that any file system takes, from which the symbol can be told, and that stays inside the root."""
        name = quote(symbol, safe="")
        if name.startswith("."):
            name = "%2E" + name[1:]
        if not name or len(name) > _FOLDER_LENGTH_MAX:
            raise InputError(f"symbol {symbol!r} is empty or too long for the bar store")
        return self._root / name

    def _find_record(self, folder: Path) -> SymbolRecord | None:
        path = folder / _RECORD
        try:
            text = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return SymbolRecord.from_json(text, place=str(path))

    def _record(self, symbol: str) -> SymbolRecord:
        record = self._find_record(self._folder(symbol))
        if record is None:
            raise NotFound(f"{symbol} is not in the bar store: import it with `weaver data import FILE`")
        return record

    def _entry(self, record: SymbolRecord, symbol: str, timeframe: Timeframe) -> CatalogueEntry:
        entry = record.series.get(timeframe)
        if entry is None:
            stored = ", ".join(str(one) for one in sorted(record.series))
            raise NotFound(f"{symbol} {timeframe} is not in the bar store: it has {stored}")
        return entry

    def _read_series(self, record: SymbolRecord, symbol: str, timeframe: Timeframe) -> StoredBars:
        finer = [one for one in record.series if timeframe.is_made_of(one)]
        entry = self._entry(record, symbol, max(finer, default=timeframe))
        bars = self._read_entry(entry)
        if entry.timeframe != timeframe:
            bars = resample(bars, timeframe, calendar_for(record.instrument.asset_class))
        return StoredBars(
            bars=bars,
            instrument=record.instrument,
            actions=record.actions,
            content_hash=entry.content_hash if entry.timeframe == timeframe else None,
        )

    def _read_entry(self, entry: CatalogueEntry) -> Bars:
        folder = self._folder(entry.symbol) / entry.folder
        paths = [folder / name for name in entry.files]
        return read_files(paths, symbol=entry.symbol, timeframe=entry.timeframe, rows=entry.rows)

    def _before(self, record: SymbolRecord | None, timeframe: Timeframe) -> Bars | None:
        if record is None or timeframe not in record.series:
            return None
        return self._read_entry(record.series[timeframe])

    @contextmanager
    def _writing(self, folder: Path) -> Iterator[None]:
        """One writer at a time; leftovers of one that was killed go; errors of the disk are told in one line."""
        existed, before = folder.exists(), self._find_record(folder)
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with locked(self._root / ".lock", what="the bar store", seconds=self._lock_seconds, on_wait=self._on_wait):
                folder.mkdir(exist_ok=True)
                try:
                    self._tidy(folder)
                    yield
                finally:
                    self._tidy(folder)
                    if not existed and folder.exists() and not (folder / _RECORD).exists():
                        folder.rmdir()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error).splitlines()[0]
            # A disk that fails once all is in place (its last sync) cannot undo the change.
            effect = (
                "nothing was changed" if self._find_record(folder) == before else "the change was made all the same"
            )
            raise InputError(f"{folder}: could not be written: {reason}; {effect}") from error

    def _tidy(self, folder: Path) -> None:
        """Remove what the record does not name: half-written files, generations of before."""
        if not folder.exists():
            return
        record = self._find_record(folder)
        valid = {_RECORD, *(entry.folder for entry in (record.series.values() if record else ()))}
        for path in folder.iterdir():
            if path.name not in valid:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _write_series(
        self, folder: Path, bars: Bars, instrument: Instrument, source: str, record: SymbolRecord | None
    ) -> CatalogueEntry:
        before = None if record is None else record.series.get(bars.timeframe)
        generation = 1 if before is None else int(before.folder.rpartition("-")[2]) + 1
        temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder))
        parts = parts_of(bars)
        for name, part in parts:
            write_file(temporary / name, part)
            _sync(temporary / name)
        _sync(temporary)
        final = folder / f"{bars.timeframe}-{generation}"
        temporary.rename(final)
        _sync(folder)
        return CatalogueEntry(
            symbol=bars.symbol,
            timeframe=bars.timeframe,
            instrument=instrument,
            source=source,
            content_hash=bars.content_hash(),
            first=int(bars.timestamp[0]),
            last=int(bars.timestamp[-1]),
            rows=len(bars),
            missing=missing_bars(bars, calendar_for(instrument.asset_class)),
            folder=final.name,
            files=tuple(name for name, _part in parts),
        )

    def _commit(self, folder: Path, record: SymbolRecord) -> None:
        temporary = folder / f"{_TEMPORARY}{_RECORD}"
        temporary.write_text(record.to_json(), encoding="utf-8")
        _sync(temporary)
        temporary.replace(folder / _RECORD)
        _sync(folder)
        _sync(self._root)


def merge(old: Bars, new: Bars) -> Bars:
    """`new`, with those of `old` that lie wholly before or after it."""
    before = int(np.searchsorted(old.end, new.timestamp[0], side="right"))
    after = int(np.searchsorted(old.timestamp, new.end[-1], side="left"))
    if new.timeframe.is_daily:  # stamps of stocks are labels: compare them with each other
        before = int(np.searchsorted(old.timestamp, new.timestamp[0], side="left"))
        after = int(np.searchsorted(old.timestamp, new.timestamp[-1], side="right"))
    columns = {
        name: np.concatenate([getattr(old, name)[:before], getattr(new, name), getattr(old, name)[after:]])
        for name in COLUMNS
    }
    return Bars(symbol=new.symbol, timeframe=new.timeframe, **columns)


def _part(whole: StoredBars, start: int | None, end: int | None) -> StoredBars:
    stamps = whole.bars.timestamp
    first = 0 if start is None else int(np.searchsorted(stamps, start, side="left"))
    stop = len(stamps) if end is None else int(np.searchsorted(stamps, end, side="left"))
    return replace(whole, bars=whole.bars.slice(first, max(first, stop)), content_hash=None)


def _updated(
    record: SymbolRecord | None,
    entry: CatalogueEntry,
    instrument: Instrument,
    actions: Sequence[CorporateAction] | None,
) -> SymbolRecord:
    stored = () if record is None else record.actions
    series = {} if record is None else {key: replace(one, instrument=instrument) for key, one in record.series.items()}
    return SymbolRecord(
        instrument=instrument,
        actions=stored if actions is None else tuple(actions),
        series={**series, entry.timeframe: entry},
    )


def _check_class(record: SymbolRecord | None, instrument: Instrument, timeframe: Timeframe, *, keep: bool) -> None:
    """Bars end by their asset class's calendar, so one symbol's series must agree on it."""
    if record is None or record.instrument.asset_class is instrument.asset_class:
        return
    if keep or set(record.series) - {timeframe}:
        stored = record.instrument.asset_class
        raise InputError(
            f"{instrument.symbol} is in the bar store as {stored}, not {instrument.asset_class}: "
            f"import it as {stored}, or under another symbol"
        )


def _sync(path: Path) -> None:
    """Have the file or folder on the disk, so that a power cut cannot undo what was said to be done."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
