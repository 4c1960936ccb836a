"""yfinance's frames of quotes and events, made ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from weaver.model.calendar.told_bars import told_bars
from weaver.model.errors import Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import PRICES, Bars, Int64
from weaver.model.market.corporate_actions import CorporateAction, Dividend, Split
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.walle.fetch.sources.as_traded import as_traded, dividend_as_paid, factors

_COLUMNS = {"open": "Open", "high": "High", "low": "Low", "close": "Close", "volume": "Volume"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """A frame as yfinance returns it, its times in the exchange's zone; None: there is nothing."""

    frame: Any
    asked_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """Splits, and dividends as they were paid, oldest first."""

    splits: Sequence[Split]
    dividends: Sequence[Dividend]

    @property
    def all(self) -> tuple[CorporateAction, ...]:
        """Both kinds."""
        return tuple(sorted([*self.splits, *self.dividends], key=lambda one: one.ex_date))


def actions_of(quotes: Quotes) -> Actions:
    """The events of a daily frame."""
    if quotes.frame is None:
        return Actions(splits=(), dividends=())
    found = {name: quotes.frame[name] for name in ("Stock Splits", "Dividends") if name in quotes.frame}
    splits = [
        Split(ex_date=when.date(), ratio=float(ratio))
        for when, ratio in found.get("Stock Splits", _none()).items()
        if ratio > 0 and ratio != 1
    ]
    dividends = [
        dividend_as_paid(Dividend(ex_date=when.date(), amount=Decimal(repr(float(amount)))), splits)
        for when, amount in found.get("Dividends", _none()).items()
        if amount > 0
    ]
    return Actions(splits=splits, dividends=dividends)


def _none() -> dict[Any, float]:
    return {}


def bars_of(
    quotes: Quotes,
    *,
    symbol: str,
    asset_class: AssetClass,
    timeframe: Timeframe,
    splits: Sequence[Split],
    settled_by: int,
) -> Bars:
    """The bars, as they were traded; rows without any price are no bars. Raises Unavailable where the frame is none of
    quotes, DataError where a bar cannot be true."""
    frame = quotes.frame
    stamps, day = (np.zeros(0, np.int64), np.zeros(0, np.int64)) if frame is None else _times(frame)
    columns = {name: np.zeros(0) for name in _COLUMNS}
    if frame is not None and len(stamps):
        if missing := [title for title in _COLUMNS.values() if title not in frame]:
            raise Unavailable(f"yfinance returned no {missing[0]} of {symbol}")
        columns = {name: frame[title].to_numpy(dtype=np.float64) for name, title in _COLUMNS.items()}
        traded = ~np.all([np.isnan(columns[name]) for name in PRICES], axis=0)
        stamps, day = stamps[traded], day[traded]
        columns = {name: column[traded] for name, column in columns.items()}
        columns = as_traded(columns, factors(day, splits))
    if (
        timeframe.is_daily and asset_class is not AssetClass.CRYPTO
    ):  # stamped with the zone's midnight; ours is the date
        stamps = day * DAY
    return told_bars(
        stamps, columns, who="Yahoo", symbol=symbol, asset_class=asset_class, timeframe=timeframe,
        settled_by=settled_by,
    )  # fmt: skip


def _times(frame: Any) -> tuple[Int64, Int64]:
    """The rows' stamps (ns, UTC), and their days where they were traded (since the epoch)."""
    index = frame.index
    local = index.tz_localize(None).to_numpy(dtype="datetime64[ns]").astype(np.int64)
    stamps = index.tz_convert("UTC").tz_localize(None).to_numpy(dtype="datetime64[ns]").astype(np.int64)
    return stamps, local // DAY
