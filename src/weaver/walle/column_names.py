"""Which column of a file is what, in the spellings that vendors use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weaver.model.errors import DataError

_TIMES = (
    "timestamp", "unixtimestamp", "unix", "epoch", "datetime", "gmttime", "utc", "opentime", "starttime", "start",
    "begin", "date", "time", "ts", "dt", "t", "indexlevel0", "index", "unnamed0", "",
)  # fmt: skip
"""Names of the time column, the surest first."""

_PRICES = {
    "open": ("open", "openprice", "o"),
    "high": ("high", "highprice", "h"),
    "low": ("low", "lowprice", "l"),
    "close": ("close", "closeprice", "last", "closelast", "c"),
}
_VOLUMES = ("volume", "vol", "v", "tickvol", "tickvolume")
UTC_NAMES = frozenset({"gmttime", "utc", "unix", "unixtimestamp", "epoch"})
"""Time columns whose name says UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNames:
    """Positions of the columns that make up bars."""

    time: int
    clock: int | None
    """A separate column with the time of day, beside `time` with the date."""
    prices: dict[str, int]
    volume: int | None
    is_utc: bool
    """The name of the time column says that it is in UTC."""

    @property
    def used(self) -> list[int]:
        """All positions, in the file's order."""
        optional = [position for position in (self.clock, self.volume) if position is not None]
        return sorted({self.time, *self.prices.values(), *optional})


def simple(name: str) -> str:
    """A column's name in its simplest spelling: `<CLOSE>`, `4. close` and `Close` are all `close`."""
    text = re.sub(r"^\d+\.\s*", "", name.strip().lower())
    return re.sub(r"[^a-z0-9]", "", text)


def has_times(names: Sequence[str]) -> bool:
    """Whether a column is named as one of times."""
    return _first([simple(name) for name in names], _TIMES) is not None


def recognise(
    names: Sequence[str], *, source: str, index_is_time: bool = False, index_holds: str | None = None
) -> ColumnNames:
    """The columns of `source` by name. Raises DataError that lists what was found where one is missing or doubled.

    index_is_time: the time does not stand in a column (a frame's index); `time` is then -1. index_holds: what a
    frame's index holds that is no times.
    """
    found = [simple(name) for name in names]
    time = -1 if index_is_time else _first(found, _TIMES)
    prices = {price: _only(found, names, spellings, price, source) for price, spellings in _PRICES.items()}
    missing = [price for price, position in prices.items() if position is None]
    if time is None:
        missing.insert(0, "timestamp")
    if missing or time is None:
        index = "" if time is not None or index_holds is None else _no_times(index_holds)
        raise DataError(f"{source}: no column for {', '.join(missing)}; found: {_listed(names)}{index}")
    clock = _first(found, ("time", "clock")) if time >= 0 and found[time] == "date" else None
    volume = _only(found, names, _VOLUMES, "volume", source)
    if volume is None:  # `Volume BTC`, `volume_from`
        volume = next((position for position, name in enumerate(found) if name.startswith("volume")), None)
    return ColumnNames(
        time=time,
        clock=clock,
        prices={price: position for price, position in prices.items() if position is not None},
        volume=volume,
        is_utc=time >= 0 and found[time] in UTC_NAMES,
    )


def is_header(names: Sequence[str]) -> bool:
    """Whether a line names at least the four prices."""
    found = {simple(name) for name in names}
    return all(found.intersection(spellings) for spellings in _PRICES.values())


def _first(found: Sequence[str], spellings: Sequence[str]) -> int | None:
    for spelling in spellings:
        if spelling in found:
            return found.index(spelling)
    return None


def _only(found: Sequence[str], names: Sequence[str], spellings: Sequence[str], wanted: str, source: str) -> int | None:
    for spelling in spellings:
        match found.count(spelling):
            case 0:
                continue
            case 1:
                return found.index(spelling)
            case _:
                raise DataError(f"{source}: more than one column could be {wanted}; found: {_listed(names)}")
    return None


def _no_times(index_holds: str) -> str:
    return f"; and the index holds {index_holds}, not times: make it one of times (pandas.to_datetime), or add a column"


def _listed(names: Sequence[str]) -> str:
    shown = [repr(name[:30]) for name in names[:12]]
    return ", ".join(shown + [f"and {len(names) - 12} more"] * (len(names) > 12)) or "nothing"
