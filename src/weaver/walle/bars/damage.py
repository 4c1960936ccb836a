"""Which series are damaged: looked at once, remembered as long as their files do not change."""

import time
from dataclasses import dataclass
from pathlib import Path

from weaver.model.errors import Damaged
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.folder.catalogue import CatalogueEntry
from weaver.walle.bars.folder.stored_series import StoredSeries

_SETTLED_SECONDS = 1.0
"""File systems count time in ticks: a file may change twice within one. What was looked at so soon after it had changed
is looked at once more."""

_Signature = tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSeries:
    """A series of the bar store. timeframe and entry are None where the symbol's record is damaged and nothing else
    tells them; damaged: what is wrong and what to do, None where nothing is."""

    symbol: str
    timeframe: Timeframe | None
    entry: CatalogueEntry | None
    damaged: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What was found of files that looked like this, and when (s, of a clock that only runs forward)."""

    signature: _Signature
    seen: float
    looked: float
    reason: str | None

    @property
    def is_settled(self) -> bool:
        return self.looked - self.seen >= _SETTLED_SECONDS


@dataclass(slots=True)
class Budget:
    """How many bytes may still be read; None: any number."""

    bytes_left: int | None

    def allows(self, size: int) -> bool:
        return self.bytes_left is None or size <= self.bytes_left

    def spend(self, size: int) -> None:
        if self.bytes_left is not None:
            self.bytes_left -= size


class Verdicts:
    """Verdicts on the files of series."""

    def __init__(self) -> None:
        self._found: dict[Path, _Verdict] = {}

    def forget(self, series: StoredSeries) -> None:
        """Something was wrong with it, whatever is remembered."""
        self._found.pop(series.folder, None)

    def of(self, series: StoredSeries, budget: Budget) -> str | None:
        """Why a series is damaged; None where it is not, or nobody has had the time to look."""
        try:
            stats = [path.stat() for path in series.paths]
        except OSError as error:
            return f"{error.filename} {'is missing' if isinstance(error, FileNotFoundError) else error.strerror}"
        signature = tuple((one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for one in stats)
        known = self._found.get(series.folder)
        if known is not None and known.signature != signature:
            known = None
        size = sum(one.st_size for one in stats)
        if known is not None and (known.is_settled or not budget.allows(size)):
            return known.reason
        if not budget.allows(size):
            return _wrong_size(series, [one.st_size for one in stats])
        budget.spend(size)
        return self._looked(series, signature, known).reason

    def _looked(self, series: StoredSeries, signature: _Signature, known: _Verdict | None) -> _Verdict:
        now = time.monotonic()
        verdict = _Verdict(
            signature=signature, seen=now if known is None else known.seen, looked=now, reason=_reason(series)
        )
        self._found[series.folder] = verdict
        return verdict


def _reason(series: StoredSeries) -> str | None:
    try:
        series.check()
    except Damaged as error:
        return str(error)
    except FileNotFoundError as error:
        return f"{error.filename} is missing"
    return None


def _wrong_size(series: StoredSeries, sizes: list[int]) -> str | None:
    checks = series.entry.checks or ()
    for path, size, one in zip(series.paths, sizes, checks, strict=bool(checks)):
        if size != one.size:
            return f"{path} has {size:,} bytes, not the {one.size:,} that were written"
    return None
