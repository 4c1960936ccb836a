"""Alpaca's historical bars and corporate actions, made ours."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import numpy as np

from weaver.model.calendar.days.new_york import local_day
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.told_bars import told_bars
from weaver.model.errors import DataError, InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars, Float64, Int64
from weaver.model.market.corporate_actions import CorporateAction, Dividend, Split
from weaver.model.market.timeframe import DAY, HOUR, MINUTE, Timeframe, Unit
from weaver.veda.adapters.alpaca.wire.values import Json, number, records, text

DAILY_SETTLED = 20 * MINUTE
"""How long after its close a stock's daily bar is taken for final: the consolidated tape sends trades late."""
ACTION_TYPES = "forward_split,reverse_split,stock_dividend,cash_dividend"


def timeframe_text(timeframe: Timeframe) -> str:
    """A timeframe as Alpaca spells it. Raises InputError for one that it does not have."""
    count = timeframe.count
    match timeframe.unit:
        case Unit.WEEK if count == 1:
            return "1Week"
        case Unit.MONTH if count <= 12:
            return f"{count}Month"
        case Unit.TIME if timeframe.nanoseconds < HOUR:
            return f"{count}Min"
        case Unit.TIME if timeframe.nanoseconds < DAY and timeframe.nanoseconds % HOUR == 0:
            return f"{timeframe.nanoseconds // HOUR}Hour"
        case Unit.TIME if timeframe.nanoseconds == DAY:
            return "1Day"
    raise InputError(f"Alpaca has no bars of {timeframe}: fetch finer ones, 1m or 1d, of which Weaver makes them")


def bars_of(value: object, *, symbol: str, asset_class: AssetClass, timeframe: Timeframe, now: datetime) -> Bars:
    """The bars of a list that have ended by now: stamped as ours, in order, each stamp once (the last that was sent).

    Raises DataError where one cannot be read, or cannot be true.
    """
    stamps, columns = _columns(records(value), symbol)
    is_session = timeframe.is_daily and asset_class is AssetClass.STOCK
    if is_session:  # stamped with New York's midnight; ours is the date
        stamps = local_day(stamps) * DAY
    return told_bars(
        stamps, columns, who="Alpaca", symbol=symbol, asset_class=asset_class, timeframe=timeframe,
        settled_by=instant_of(now) - (DAILY_SETTLED if is_session else 0),
    )  # fmt: skip


def _columns(found: Sequence[Json], symbol: str) -> tuple[Int64, Mapping[str, Float64]]:
    try:
        texts = [f"{record['t']:s}".removesuffix("Z") for record in found]  # a number is no text, and raises
        stamps = np.array(texts, dtype="datetime64[ns]").astype(np.int64)
        columns = {
            name: np.array([record[name[0]] for record in found], dtype=np.float64)
            for name in ("open", "high", "low", "close", "volume")
        }
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"Alpaca sent bars of {symbol} that cannot be read: {type(error).__name__}: {error}") from error
    return stamps, columns


def corporate_actions_of(value: object, symbol: str) -> Iterator[CorporateAction]:
    """Splits and dividends of a symbol, as the lists of an answer show them; others are left out."""
    if not isinstance(value, Mapping):
        return
    for kind, rows in value.items():
        for record in records(rows):
            action = _action_of(str(kind), record)
            if action is not None and text(record, "symbol") == symbol:
                yield action


def _action_of(kind: str, record: Json) -> CorporateAction | None:
    try:
        day = date.fromisoformat(text(record, "ex_date"))
    except ValueError:
        return None
    rate, new, old = (number(record, name) for name in ("rate", "new_rate", "old_rate"))
    match kind:
        case "forward_splits" | "reverse_splits" if new and old:
            return Split(ex_date=day, ratio=f"{new}:{old}")
        case "stock_dividends" if rate:
            return Split(ex_date=day, ratio=Decimal(1) + rate)
        case "cash_dividends" if rate:
            return Dividend(ex_date=day, amount=rate)
    return None
