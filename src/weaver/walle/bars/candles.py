"""Neighbouring bars put together for a chart, while they are read: no more than a piece of them is in memory."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.folder.bar_files import Columns, room_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Candles:
    """bars: each made of `together` neighbouring ones, the last one of what is left. total: how many there were."""

    bars: Bars
    total: int
    together: int


def candles_of(pieces: Iterable[Bars], total: int, limit: int, *, symbol: str, timeframe: Timeframe) -> Candles:
    """`total` bars, which come in pieces, as at most `limit` candles."""
    together = max(-(-total // limit), 1)
    folded: list[Columns] = [room_for(0)]
    place = 0
    for piece in pieces:
        if len(piece):
            _append(folded, _together(piece, place % together, together), joins=place % together > 0)
            place += len(piece)
    columns = {name: np.concatenate([part[name] for part in folded]) for name in COLUMNS}
    bars = Bars(symbol=symbol, timeframe=timeframe, **columns)
    return Candles(bars=bars, total=place, together=together)


def _together(bars: Bars, offset: int, together: int) -> Columns:
    """The bars as candles, of which the first has had `offset` bars before."""
    first = np.arange(-offset, len(bars), together)
    first[0] = 0
    last = np.append(first[1:], len(bars)) - 1
    return {
        "timestamp": bars.timestamp[first],
        "end": bars.end[last],
        "open": bars.open[first],
        "high": np.maximum.reduceat(bars.high, first),
        "low": np.minimum.reduceat(bars.low, first),
        "close": bars.close[last],
        "volume": np.add.reduceat(bars.volume, first),
    }


def _append(folded: list[Columns], more: Columns, *, joins: bool) -> None:
    """Add candles; where `joins`, the first of them goes on with the last one there is."""
    if joins:
        before, first = folded[-1], {name: column[0] for name, column in more.items()}
        before["end"][-1], before["close"][-1] = first["end"], first["close"]
        before["high"][-1] = max(before["high"][-1], first["high"])
        before["low"][-1] = min(before["low"][-1], first["low"])
        before["volume"][-1] += first["volume"]
        more = {name: column[1:] for name, column in more.items()}
    if len(more["timestamp"]):
        folded.append(more)
