"""Several symbols beside each other, as one below the other."""

from collections.abc import Mapping

import numpy as np

from weaver.model.market.bars import Float64
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.columns.symbol_column import SymbolColumn
from weaver.walle.files.columns.times.time_text import WrittenTimes


def stacked(parts: Mapping[str, RawColumns], *, label: str) -> RawColumns:
    """The rows of all symbols, one after the other, each under the number that it has in the file or frame.

    Rows without any price are left out without a word, as they only say that another symbol has some. label: what the
    file calls the symbols.
    """
    kept = {symbol: part.take(np.flatnonzero(~part.is_empty), part.origin.name) for symbol, part in parts.items()}
    kept = {symbol: part for symbol, part in kept.items() if len(part.open)} or dict(parts)
    raws = list(kept.values())
    counts = [len(raw.open) for raw in raws]
    code = np.repeat(np.arange(len(raws), dtype=np.int64), counts)
    numbers = [
        np.arange(count) if raw.origin.rows is None else raw.origin.rows
        for raw, count in zip(raws, counts, strict=True)
    ]
    instants = [raw.times.instant for raw in raws]
    known = [instant for instant in instants if instant is not None]
    return RawColumns(
        origin=raws[0].origin.of_rows(np.concatenate(numbers)),
        times=WrittenTimes(
            local=np.concatenate([raw.times.local for raw in raws]),
            instant=np.concatenate(known) if len(known) == len(raws) else None,
        ),
        open=np.concatenate([raw.open for raw in raws]),
        high=np.concatenate([raw.high for raw in raws]),
        low=np.concatenate([raw.low for raw in raws]),
        close=np.concatenate([raw.close for raw in raws]),
        volume=_joined([raw.volume for raw in raws]),
        symbols=SymbolColumn(label=label, names=tuple(kept), code=code),
        notes=raws[0].notes,
    )


def _joined(columns: list[Float64 | None]) -> Float64 | None:
    known = [column for column in columns if column is not None]
    return np.concatenate(known) if len(known) == len(columns) else None
