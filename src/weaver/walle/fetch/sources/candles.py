"""ccxt's unified candles and markets, made ours."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from weaver.model.calendar.told_bars import told_bars
from weaver.model.errors import InputError, InvalidOrder, Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.money import exact

_COLUMNS = ("open", "high", "low", "close", "volume")
_MILLISECOND = 1_000_000


def bars_of(
    rows: object, *, who: str, symbol: str, timeframe: Timeframe, first: int, last: int, now: int
) -> tuple[Bars, int | None]:
    """The candles with first ≤ stamp ≤ last (ms) that have ended by `now` (ns), and the newest stamp from `first` on
    of all that were sent, ended or not; None: there is none.

    Raises Unavailable where they cannot be read, DataError where one cannot be true.
    """
    unreadable = Unavailable(f"{who} sent candles of {symbol} that cannot be read")
    if not isinstance(rows, list):
        raise unreadable
    wanted = [row for row in rows if isinstance(row, list) and len(row) >= 6 and type(row[0]) is int]
    if len(wanted) != len(rows):
        raise unreadable
    wanted = [row for row in wanted if row[0] >= first]
    newest = max((row[0] for row in wanted), default=None)
    traded = [row for row in wanted if row[0] <= last and any(price is not None for price in row[1:5])]
    try:
        values = np.array([row[1:6] for row in traded], dtype=np.float64).reshape(-1, 5)
        stamps = np.array([row[0] for row in traded], dtype=np.int64) * _MILLISECOND
    except (TypeError, ValueError, OverflowError) as error:
        raise unreadable from error
    columns = {name: np.ascontiguousarray(values[:, at]) for at, name in enumerate(_COLUMNS)}
    if np.isnan(columns["volume"]).all():  # of an index, say
        columns["volume"] = np.zeros(len(stamps))
    bars = told_bars(
        stamps, columns, who=who, symbol=symbol, asset_class=AssetClass.CRYPTO, timeframe=timeframe, settled_by=now
    )
    return bars, newest


def instrument_of(market: Mapping[str, Any], *, is_tick: bool, are_decimals: bool) -> Instrument:
    """A market's facts: its tick and lot, least quantity and quote currency, as far as the exchange tells them.

    is_tick: its precisions are steps; are_decimals: they are counts of decimals; else they tell no step. Raises
    InputError for what is not traded as so much of a coin for so much money.
    """
    symbol = str(market["symbol"])
    if market.get("inverse") or market.get("option"):
        kind = "an inverse contract" if market.get("inverse") else "an option"
        raise InputError(
            f"{symbol} is {kind}, which Weaver does not trade: choose the spot market or a linear contract"
        )
    default = Instrument.default(symbol, AssetClass.CRYPTO)
    precision, limits = market.get("precision") or {}, market.get("limits") or {}
    tick = _step(precision.get("price"), is_tick=is_tick, are_decimals=are_decimals)
    lot = _step(precision.get("amount"), is_tick=is_tick, are_decimals=are_decimals)
    size = _number(market.get("contractSize")) or Decimal(1)  # amounts of contracts are counted in contracts
    minimum = _number((limits.get("amount") or {}).get("min"))
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        tick=tick or default.tick,
        tick_given=tick is not None,
        lot=default.lot if lot is None else lot * size,
        minimum=Decimal(0) if minimum is None else minimum * size,
        quote_currency=str(market.get("quote") or default.quote_currency),
    )


def _step(precision: object, *, is_tick: bool, are_decimals: bool) -> Decimal | None:
    number = _number(precision)
    if number is None:
        return None
    if are_decimals:
        return Decimal(1).scaleb(-int(number))
    return number if is_tick and number > 0 else None


def _number(value: object) -> Decimal | None:
    """A finite number of at least 0, as plain as it can be written; None: there is none."""
    if value is None or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = exact(value, name="a number")
    except InvalidOrder:
        return None
    if number < 0:
        return None
    return Decimal(format(number.normalize(), "f"))
