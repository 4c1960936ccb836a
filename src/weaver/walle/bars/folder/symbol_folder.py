"""One symbol's folder in the bar store: its record, the generations of its series, and how a change is made valid."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from weaver.model.errors import Damaged, InputError
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.folder.catalogue import SymbolRecord
from weaver.walle.regular_file import read_small_file

RECORD = "symbol.json"
SERIES_RECORD = "series.json"
"""In each generation, what the symbol's record said when it was made: from these a lost record is put together."""
WRITING = ".writing-"
"""How the names of what is not valid yet begin."""
_RECORD_BYTES_MAX = 64 * 1024 * 1024
_NAME_LENGTH_MAX = 200


def folder_name(symbol: str) -> str:
    """A name that any file system takes, from which the symbol can be told. Raises InputError."""
    name = quote(symbol, safe="")
    if name.startswith("."):
        name = "%2E" + name[1:]
    if not name or len(name) > _NAME_LENGTH_MAX:
        raise InputError(f"symbol {symbol!r} is empty or too long for the bar store")
    return name


def symbol_of_folder(name: str) -> str | None:
    """Whose folder it is; None for a name that the store would not give."""
    symbol = unquote(name)
    return symbol if symbol and quote(symbol, safe="").replace(".", "%2E", symbol.startswith(".")) == name else None


class SymbolFolder:
    """The folder of `symbol`, which need not exist."""

    def __init__(self, path: Path, symbol: str) -> None:
        self.path, self.symbol = path, symbol

    def find_record(self) -> SymbolRecord | None:
        """What the store knows of the symbol; None where that is nothing. Raises Damaged."""
        path = self.path / RECORD
        try:
            return self._read(path)
        except FileNotFoundError:
            if self._is_unfinished():
                return None
            reason = f"{path} is missing"
        except Damaged as error:
            reason = str(error)
        raise Damaged(
            f"{self.symbol}: its record in the bar store is damaged ({reason}): import its bars again, or delete it"
        )

    def record_or_none(self) -> SymbolRecord | None:
        """The record; None also where it is damaged."""
        try:
            return self.find_record()
        except Damaged:
            return None

    def series_on_disk(self) -> list[Timeframe]:
        """The timeframes of which there is a folder, whatever the record says; finest first."""
        return sorted({timeframe for timeframe, _number, _path in self._generations()})

    def next_generation(self, timeframe: Timeframe) -> str:
        """A folder's name that has not been used."""
        used = (number for one, number, _path in self._generations() if one == timeframe)
        return f"{timeframe}-{max(used, default=0) + 1}"

    def recovered(self) -> SymbolRecord | None:
        """What the generations tell of themselves, the newest of each series; None where none does."""
        found: dict[Timeframe, SymbolRecord] = {}
        for timeframe, _number, path in sorted(self._generations(), key=lambda one: one[:2]):
            try:
                record = self._read(path / SERIES_RECORD)
            except (Damaged, FileNotFoundError):
                continue
            if set(record.series) == {timeframe} and record.series[timeframe].folder == path.name:
                found[timeframe] = record
        if not found:
            return None
        last = found[max(found)]
        same = {key: one for key, one in found.items() if one.instrument.asset_class is last.instrument.asset_class}
        return SymbolRecord(
            instrument=last.instrument,
            actions=last.actions,
            series={key: one.series[key] for key, one in same.items()},
        )

    def remove_series(self, timeframe: Timeframe) -> None:
        """Remove a series' generations from the disk; with the last of any, the record."""
        for one, _number, path in list(self._generations()):
            if one == timeframe:
                remove(path)
        if not self.series_on_disk():
            self.empty()

    def empty(self) -> None:
        """Have nothing known of the symbol any more, in one step; what the record named is a leftover from then on."""
        self.announce()
        if os.path.lexists(self.path / RECORD):
            remove(self.path / RECORD)
        sync(self.path)

    def commit(self, record: SymbolRecord) -> None:
        """Make a change valid, in one step, and durable."""
        temporary = self.path / f"{WRITING}{RECORD}"
        write_text(temporary, record.to_json())
        target = self.path / RECORD
        if target.is_dir() and not target.is_symlink():  # nobody's doing but a user's; a file cannot take its place
            target.rename(self.path / f"{WRITING}old-{RECORD}")
        temporary.replace(target)
        sync(self.path)
        sync(self.path.parent)

    def announce(self) -> None:
        """Have something in the folder by which a generation whose record is not written yet can be told from one
        whose record is lost."""
        (self.path / f"{WRITING}{RECORD}").touch()

    def tidy(self) -> None:
        """Remove what the record does not name: half-written files, generations of before. Where it is damaged nobody
        knows which these are, so only what was never valid goes."""
        if not self.path.exists():
            return
        try:
            record = self.find_record()
        except Damaged:
            for path in self.path.glob(f"{WRITING}*"):
                remove(path)
            return
        valid = {RECORD, *(entry.folder for entry in (record.series.values() if record else ()))}
        for path in self.path.iterdir():
            if path.name not in valid:
                remove(path)

    def _read(self, path: Path) -> SymbolRecord:
        """The record that a file holds. Raises FileNotFoundError, and Damaged that begins with the file."""
        record = SymbolRecord.from_json(read_small_file(path, _RECORD_BYTES_MAX), place=path)
        if record.instrument.symbol != self.symbol:
            raise Damaged(f"{path} is the one of {record.instrument.symbol!r}")
        return record

    def _is_unfinished(self) -> bool:
        """Whether there is nothing yet, or only what a first import that did not come to its end has left."""
        try:
            names = [path.name for path in self.path.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return not any(self._generations()) or any(name.startswith(WRITING) for name in names)

    def _generations(self) -> Iterator[tuple[Timeframe, int, Path]]:
        try:
            paths = [path for path in self.path.iterdir() if path.is_dir()]
        except OSError:
            return
        for path in paths:
            spelling, _dash, number = path.name.rpartition("-")
            try:
                yield Timeframe.parse(spelling), int(number), path
            except (InputError, ValueError):
                continue


def remove(path: Path) -> None:
    """A file, a link or a whole folder."""
    if stat.S_ISDIR(path.lstat().st_mode):
        shutil.rmtree(path)
    else:
        path.unlink()


def write_text(path: Path, text: str) -> None:
    """A text in a file, on the disk."""
    path.write_text(text, encoding="utf-8")
    sync(path)


def sync(path: Path) -> None:
    """Have the file or folder on the disk, so that a power cut cannot undo what was said to be done."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
