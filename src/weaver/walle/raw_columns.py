"""What a file or frame holds, before it is checked."""

from dataclasses import dataclass

from weaver.model.bars import Float64
from weaver.walle.source import Source
from weaver.walle.time_text import WrittenTimes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawColumns:
    """Columns in the file's order, n values each; prices and volume float64, NaN where a cell was empty."""

    source: Source
    times: WrittenTimes
    open: Float64
    high: Float64
    low: Float64
    close: Float64
    volume: Float64 | None
    """None: the file has no volume."""
