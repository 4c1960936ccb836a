"""Columns without names: whether the rows bear out what their shape says, and whose order of prices they are in."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from weaver.model.market.bars import PRICES, Bool, Float64
from weaver.walle.files.columns.raw_columns import RawColumns

_ORDERS = {
    "Bitfinex, KuCoin": ("open", "close", "high", "low"),
    "Coinbase": ("low", "high", "open", "close"),
}
"""Venues whose prices stand in another order."""
_ROWS_MIN = 3
"""So many rows have to show another order."""
_LIKE_A_PRICE = 0.02
"""What moves as the close does, but for so much from row to row, is a price too: adjusted, or an average."""


def borne_out(raw: RawColumns, said: Mapping[str, str]) -> RawColumns:
    """The columns, as the rows show them to be, where nobody has said what they are. Raises DataError where what
    stands in the volume's place looks like a price."""
    if not said.keys() & {*PRICES}:
        raw = _in_order(raw)
    if "volume" not in said and raw.volume is not None:
        _check_volume(raw, raw.volume)
    return raw


def _in_order(raw: RawColumns) -> RawColumns:
    """With the prices in the one order of venues that all rows can have, where most of them cannot have the usual."""
    given = [getattr(raw, name) for name in PRICES]
    rows = ~raw.is_empty
    count, wrong = int(rows.sum()), int((~_can_be(dict(zip(PRICES, given, strict=True))) & rows).sum())
    if count < _ROWS_MIN or 2 * wrong < count:
        return raw
    fitting = [
        (venues, order)
        for venues, order in _ORDERS.items()
        if _can_be(dict(zip(order, given, strict=True)))[rows].all()
    ]
    if len(fitting) != 1:
        return raw
    venues, order = fitting[0]
    prices: dict[str, Float64] = dict(zip(order, given, strict=True))
    return replace(raw, **prices).noted(  # type: ignore[arg-type]
        f"{raw.origin.name}: the rows show the order {', '.join(order)}, as {venues} have it: read so"
    )


def _can_be(prices: Mapping[str, Float64]) -> Bool:
    """Which rows have no price outside low and high."""
    ends = np.minimum(prices["open"], prices["close"]), np.maximum(prices["open"], prices["close"])
    inside: Bool = (prices["low"] <= ends[0]) & (ends[1] <= prices["high"])
    return inside


def _check_volume(raw: RawColumns, volume: Float64) -> None:
    rows = ~raw.is_empty & np.isfinite(volume)
    column, close = volume[rows], raw.close[rows]
    if not len(column) or ((column == column[0]).all() and len(column) > 1):
        return
    if len(column) >= _ROWS_MIN and _is_whole(column) and not _is_whole(close):
        return  # shares are counted, and what is made of these prices would have decimals
    is_between = bool(((column >= raw.low[rows]) & (column <= raw.high[rows])).all())
    if is_between or (len(column) >= _ROWS_MIN and (column > 0).all() and _moves_like(column, close)):
        raise raw.origin.error(
            0,
            f"{volume[0]:g} stands where the volume should, and looks like a price (adjusted, or an average) in all "
            "rows: say which column is the volume, as --columns volume=7 (from 1), or write a header line",
        )


def _is_whole(column: Float64) -> bool:
    return bool((column == np.rint(column)).all())


def _moves_like(column: Float64, close: Float64) -> bool:
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.abs(np.diff(np.log(column / close)))
    return bool((steps < _LIKE_A_PRICE).all())
