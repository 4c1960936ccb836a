"""Time zones as they stand behind a time: `EDT`, `US/Eastern`, `GMT`."""

from collections.abc import Set

import numpy as np

from weaver.model.errors import InputError
from weaver.model.market.bars import Bool, Int64
from weaver.model.market.timeframe import DAY, HOUR, MINUTE
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.times.time_zone import local_times, to_instants, zone_of

_HOURS = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3, "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
"""Hours from UTC of the abbreviations that markets use and that mean one thing there (IANA's tz database)."""
_UNCLEAR = {"cst": ("cdt", -6), "ist": ("", 0), "bst": ("", 0)}
"""Central or China; India, Israel or Ireland; British or Bangladesh: and what beside one says which it is."""
_SEASONS = (
    ("est", "edt", "America/New_York"), ("mst", "mdt", "America/Denver"), ("pst", "pdt", "America/Los_Angeles"),
    ("", "cdt", "America/Chicago"), ("wet", "west", "Europe/Lisbon"), ("cet", "cest", "Europe/Berlin"),
    ("mez", "mesz", "Europe/Berlin"), ("eet", "eest", "Europe/Athens"), ("aest", "aedt", "Australia/Sydney"),
    ("nzst", "nzdt", "Pacific/Auckland"),
)  # fmt: skip
"""A zone's name in winter, in summer, and the place whose clocks have both. One name alone in the other season can be
meant as it says, or be how somebody calls that place's time throughout the year."""


def instants_in(local: Int64, names: Set[str], rows_of: dict[str, Bool], *, origin: Origin) -> Int64 | None:
    """UTC (ns) of local times (ns) with zones behind them; `rows_of` a name: which have it. None where a name means
    several zones: whose clocks they are is to be said. Raises DataError for a zone that nobody knows."""
    if any(_is_out_of_season(name.lower(), names, local[rows_of[name]]) for name in names):
        return None
    instant = local.copy()
    known = {name.lower() for name in names}
    for name in names:
        hours = _hours(name.lower(), known)
        if hours is None and name.lower() in _UNCLEAR:
            return None
        rows = rows_of[name]
        if hours is not None:
            instant[rows] -= hours * 60 * MINUTE
            continue
        try:
            zone = zone_of(name)
        except InputError as error:
            first = int(np.argmax(rows))
            raise origin.error(
                first, f"time zone {name!r} is unknown: write UTC, America/New_York or an offset as -05:00"
            ) from error
        places = np.flatnonzero(rows).astype(np.int64)
        instant[rows] = to_instants(local[rows], zone, origin=origin.take(places, origin.name))
    return instant


def _is_out_of_season(name: str, names: Set[str], local: Int64) -> bool:
    """Whether a time in summer is called by the name of winter alone, or the other way."""
    beside = {one.lower() for one in names}
    place = next((place for winter, summer, place in _SEASONS if name in (winter, summer)), None)
    if place is None or not len(local) or any({winter, summer} <= beside for winter, summer, _ in _SEASONS):
        return False
    offset = _HOURS[name] * HOUR
    days = np.unique(local // DAY)
    edges = np.unique(np.concatenate([days, days + 1])) * DAY
    is_other = dict(zip(edges.tolist(), (local_times(edges - offset, zone_of(place)) != edges).tolist(), strict=True))
    return any(is_other[day * DAY] and is_other[(day + 1) * DAY] for day in days.tolist())


def _hours(name: str, beside: Set[str]) -> int | None:
    if name in _UNCLEAR:
        summer, hours = _UNCLEAR[name]
        return hours if summer and summer in beside else None
    return _HOURS.get(name)
