"""Which rows count, and in which order."""

import numpy as np

from weaver.model.counted import counted
from weaver.walle.files.checks.quality import DataWarning
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.columns.times.moment import moment


def without_empty(raw: RawColumns) -> tuple[RawColumns, tuple[DataWarning, ...]]:
    """The rows with prices, and a warning that counts the others. Raises DataError where there are none."""
    if not np.isnan(raw.open.sum()):
        return raw, ()
    empty = raw.is_empty
    count = int(empty.sum())
    if not count:
        return raw, ()
    if count == len(empty):
        raise raw.origin.error(0, "open is empty or NaN")
    first = moment(raw.times.local[int(np.argmax(empty))])
    text = (
        f"{raw.origin.name}: {counted(count, 'row')} of {len(empty):,} without a price left out, the first at {first}"
    )
    return raw.take(np.flatnonzero(~empty), raw.origin.name), (DataWarning(code="empty_rows", message=text),)


def oldest_first(raw: RawColumns) -> RawColumns:
    """The rows turned around where the newest stands first. Any other order is left for the checks to refuse."""
    times = raw.times.steps
    if len(times) < 2 or times[0] < times[1]:
        return raw
    steps = np.diff(times)
    if not (steps < 0).any() or (steps > 0).any():
        return raw
    turned = raw.take(np.arange(len(raw.open) - 1, -1, -1, dtype=np.int64), raw.origin.name)
    return turned.noted(f"{raw.origin.name}: the newest row stood first: sorted, oldest first")
