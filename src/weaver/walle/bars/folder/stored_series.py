"""Reading one stored series: all of it, a stretch of time, group by group, or what of it is still good."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from weaver.model.errors import Damaged
from weaver.model.market.bars import Bars
from weaver.walle.bars.folder.bar_files import Columns, read_unchecked, room_for
from weaver.walle.bars.folder.catalogue import CatalogueEntry
from weaver.walle.bars.folder.checked_file import CheckedFile, checked
from weaver.walle.bars.folder.checksums import FileChecks, check_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A row group of one of the files: at most some hundred thousand bars."""

    path: Path
    checks: FileChecks
    number: int
    first: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A stretch of a series that is damaged: first ≤ stamp < stop (ns), and how many bars were in it."""

    first: int
    stop: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSeries:
    """The files of a series. What it reads is what was written, or it raises Damaged, and FileNotFoundError for a file
    that is not there (which an import may just have replaced)."""

    entry: CatalogueEntry
    folder: Path

    @property
    def paths(self) -> list[Path]:
        """The series' files, in order of time."""
        return [self.folder / name for name in self.entry.files]

    def read(self, start: int | None = None, end: int | None = None) -> Bars:
        """The bars with start ≤ stamp < end (ns)."""
        if self.entry.checks is None:
            return cut(self._unchecked(), start, end)
        groups = self._groups(start, end)
        if len(groups) == 1:
            with checked(groups[0].path, groups[0].checks) as file:
                return cut(self._bars(file.read(groups[0].number)), start, end)
        columns, place = room_for(sum(group.rows for group in groups)), 0
        for group, file in _opened(groups):
            file.read_into(columns, place, group.number)
            place += group.rows
        return cut(self._bars(columns), start, end)

    def each(self, start: int | None = None, end: int | None = None) -> Iterator[Bars]:
        """The same bars in pieces, of which one at a time is in memory."""
        if self.entry.checks is None:
            yield self.read(start, end)
            return
        for group, file in _opened(self._groups(start, end)):
            yield cut(self._bars(file.read(group.number)), start, end)

    def count(self, start: int | None = None, end: int | None = None) -> int:
        """How many bars `read` would give; their stamps are read only where the stretch begins and ends."""
        if self.entry.checks is None:
            return len(self.read(start, end))
        groups = self._groups(start, end)
        within = sum(group.rows for group in groups[1:-1])
        for group, file in _opened([groups[0], groups[-1]] if len(groups) > 1 else groups):
            first, stop = _bounds(file.read(group.number, ("timestamp",)), start, end)
            within += stop - first
        return within

    def check(self) -> None:
        """Raises what `read` would, and keeps nothing in memory."""
        if self.entry.checks is None:
            self._unchecked()
            return
        for path, checks in zip(self.paths, self.entry.checks, strict=True):
            check_bytes(path, checks)

    def good(self) -> tuple[Bars, list[Lost]]:
        """The bars that are as they were written, and what is lost beside them. Raises nothing."""
        if self.entry.checks is None:
            try:
                return self._unchecked(), []
            except (Damaged, FileNotFoundError):  # which of them are wrong cannot be told
                every = Lost(first=self.entry.first, stop=self.entry.last + 1, rows=self.entry.rows)
                return self._bars(room_for(0)), [every]
        groups = self._groups(None, None)
        stops = [*(group.first for group in groups[1:]), self.entry.last + 1]
        parts = [room_for(0)]
        lost: list[Lost] = []
        for group, stop in zip(groups, stops, strict=True):
            try:
                with checked(group.path, group.checks) as file:
                    parts.append(file.read(group.number))
            except (Damaged, FileNotFoundError):
                lost.append(Lost(first=group.first, stop=stop, rows=group.rows))
        return self._bars({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}), lost

    def _unchecked(self) -> Bars:
        """All bars of a series without checksums: they are known by their content's hash."""
        parts = [read_unchecked(path) for path in self.paths]
        bars = self._bars({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
        if bars.content_hash() != self.entry.content_hash:
            raise Damaged(f"{self.folder} does not hold the bars that were imported")
        return bars

    def _groups(self, start: int | None, end: int | None) -> list[_Group]:
        """The row groups in which there may be bars of the stretch."""
        groups = [
            _Group(path=path, checks=checks, number=number, first=checks.first[number], rows=checks.rows[number])
            for path, checks in zip(self.paths, self.entry.checks or (), strict=True)
            for number in range(len(checks.rows))
        ]
        return [
            group
            for group, following in pairwise([*groups, None])
            if group is not None
            and (end is None or group.first < end)
            and (start is None or following is None or following.first > start)
        ]

    def _bars(self, columns: Columns) -> Bars:
        return Bars(symbol=self.entry.symbol, timeframe=self.entry.timeframe, **columns)


def _opened(groups: list[_Group]) -> Iterator[tuple[_Group, CheckedFile]]:
    """Each group with its file, which is opened once."""
    for _path, same in groupby(groups, key=lambda group: group.path):
        first, *others = same
        with checked(first.path, first.checks) as file:
            for group in (first, *others):
                yield group, file


def cut(bars: Bars, start: int | None, end: int | None) -> Bars:
    """Those with start ≤ stamp < end, as views."""
    first, stop = _bounds({"timestamp": bars.timestamp}, start, end)
    return bars if stop - first == len(bars) else bars.slice(first, stop)


def _bounds(columns: Columns, start: int | None, end: int | None) -> tuple[int, int]:
    stamps = columns["timestamp"]
    first = 0 if start is None else int(np.searchsorted(stamps, start, side="left"))
    stop = len(stamps) if end is None else int(np.searchsorted(stamps, end, side="left"))
    return first, max(first, stop)
