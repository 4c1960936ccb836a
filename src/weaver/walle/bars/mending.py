"""What becomes of damage when bars are imported: what is good stays, and what is lost is said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weaver.model.errors import Damaged
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.folder.catalogue import SymbolRecord
from weaver.walle.bars.folder.stored_series import Lost
from weaver.walle.bars.folder.symbol_folder import SymbolFolder
from weaver.walle.files.columns.times.moment import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A symbol's record to go on from, put together anew where it was damaged.

    notes: what was put together, and what is lost. is_new: nothing at all was known of the symbol before.
    """

    record: SymbolRecord | None
    notes: tuple[str, ...]
    is_new: bool


def mended(folder: SymbolFolder, timeframe: Timeframe, *, has_actions: bool) -> Mended:
    """The record of a symbol of which bars of `timeframe` are about to be stored, with actions or without."""
    try:
        record = folder.find_record()
        return Mended(record=record, notes=(), is_new=record is None)
    except Damaged:
        record = folder.recovered()
    return Mended(record=record, notes=tuple(_notes(folder, record, timeframe, has_actions)), is_new=False)


def _notes(folder: SymbolFolder, record: SymbolRecord | None, timeframe: Timeframe, has_actions: bool) -> Iterator[str]:
    symbol, known = folder.symbol, set() if record is None else set(record.series)
    yield f"{symbol}: its record was damaged, and is written anew"
    if taken := ", ".join(map(str, sorted(known - {timeframe}))):
        yield f"{symbol} {taken}: stayed, as the files beside the bars tell"
    if gone := ", ".join(map(str, sorted(set(folder.series_on_disk()) - known - {timeframe}))):
        yield f"{symbol} {gone}: removed, because nothing is known of the bars any more: import them again"
    if not has_actions:
        count = 0 if record is None else len(record.actions)
        yield (
            f"{symbol}: {count} splits and dividends are known from an earlier import, later changes of them are lost: "
            "import them again"
        )


def what_was_lost(lost: Sequence[Lost], new: Bars) -> Iterator[str]:
    """A line for each stretch of stored bars that were damaged when the new ones came."""
    for one in _joined(lost):
        stretch = f"from {moment(one.first)} to {moment(one.stop)}"
        what = f"{new.symbol} {new.timeframe}: {one.rows:,} stored bars {stretch} were damaged"
        if new.timestamp[0] <= one.first and one.stop <= new.timestamp[-1] + 1:
            yield f"{what}, and the new ones take their place"
        else:
            yield f"{what}: all but what the new ones cover is lost: import that stretch again too"


def _joined(lost: Sequence[Lost]) -> list[Lost]:
    """Neighbouring stretches as one."""
    found: list[Lost] = []
    for one in lost:
        if found and found[-1].stop == one.first:
            before = found.pop()
            one = Lost(first=before.first, stop=one.stop, rows=before.rows + one.rows)
        found.append(one)
    return found
