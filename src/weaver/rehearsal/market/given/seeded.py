"""A made market: minute bars of five symbols that follow from a seed, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars, Bool, Float64, Int64
from weaver.model.market.corporate_actions import CorporateAction, Dividend
from weaver.model.market.timeframe import DAY, HOUR, MINUTE, Timeframe
from weaver.rehearsal.market.bars.columns import Columns, midnight
from weaver.rehearsal.market.given.assets import asset_of, venue_symbol
from weaver.rehearsal.market.given.traded_symbol import TradedSymbol

START = 1_710_340_200_000_000_000
"""2024-03-13 10:30 New York: an hour after an open."""
_HISTORY_DAYS = 71
"""Back to 2024-01-02, the year's first session, from the usual start."""
_FUTURE_DAYS = 732
"""What is to come is made as it comes; two years of it are enough for anybody, and for the memory."""
_ONE_MINUTE = Timeframe(MINUTE)
_OPEN, _CLOSE = 330, 720
"""The regular session in minutes from 04:00, where trading begins."""
_EXTENDED_MINUTES = 960
_QUIET = 0.4
"""The share of minutes outside the regular session in which nothing trades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A symbol of the made market: its price on its first day, and how much it moves and trades."""

    symbol: str
    asset_class: AssetClass
    price: float
    daily: float
    """The standard deviation of a day's return."""
    volume: float
    """Of a usual minute."""
    actions: tuple[CorporateAction, ...] = ()


_SYMBOLS = (
    _Made(
        symbol="AAPL",
        asset_class=AssetClass.STOCK,
        price=185.0,
        daily=0.012,
        volume=90_000,
        actions=(Dividend(ex_date=date(2024, 2, 9), amount=Decimal("0.24")),),
    ),
    _Made(
        symbol="MSFT",
        asset_class=AssetClass.STOCK,
        price=371.0,
        daily=0.011,
        volume=45_000,
        actions=(Dividend(ex_date=date(2024, 2, 14), amount=Decimal("0.75")),),
    ),
    _Made(symbol="SPY", asset_class=AssetClass.STOCK, price=473.0, daily=0.008, volume=160_000),
    _Made(symbol="BTC/USD", asset_class=AssetClass.CRYPTO, price=44_200.0, daily=0.028, volume=0.8),
    _Made(symbol="ETH/USD", asset_class=AssetClass.CRYPTO, price=2_350.0, daily=0.031, volume=9.0),
)
"""Prices as of the first session of 2024, roughly; the dividends are those that were paid in 2024 (the companies'
announcements)."""


def seeded_market(seed: int, start: int, added: Mapping[str, AssetClass]) -> Sequence[TradedSymbol]:
    """The symbols, with history before an instant (ns), and others that are to be made up as well. Raises InputError
    for what the exchange does not trade."""
    symbols = {made.symbol: made for made in _SYMBOLS}
    for name, asset_class in added.items():
        made = _added(venue_symbol(name, asset_class), asset_class)
        known = symbols.setdefault(made.symbol, made)
        if known.asset_class is not asset_class:
            raise InputError(f"--asset {name}={asset_class}: in the made-up market it is {known.asset_class}")
    return [_listed(made, seed, start) for made in symbols.values()]


def _added(symbol: str, asset_class: AssetClass) -> _Made:
    volume = 10.0 if asset_class is AssetClass.CRYPTO else 50_000.0
    return _Made(symbol=symbol, asset_class=asset_class, price=100.0, daily=0.02, volume=volume)


def _listed(made: _Made, seed: int, start: int) -> TradedSymbol:
    return TradedSymbol(
        asset=asset_of(made.symbol, made.asset_class, data_decimals=2, lowest=made.price),
        timeframe=_ONE_MINUTE,
        source=SeededBars(made, seed, start),
        actions=made.actions,
    )


class SeededBars:
    """The bars of one symbol: its history and the day of the start at once, then a day at a time."""

    def __init__(self, made: _Made, seed: int, start: int) -> None:
        self._made = made
        self._chance = np.random.default_rng([seed, *made.symbol.encode()])
        self._level = made.price
        self._day = start // DAY - _HISTORY_DAYS
        self._until = start // DAY
        self._last = self._until + _FUTURE_DAYS
        self._calendar = calendar_for(made.asset_class)

    def more(self) -> Columns | None:
        """The history, or one more day that has bars."""
        days: list[Columns] = []
        while self._day <= self._last and (self._day <= self._until or not days):
            if self._calendar.is_session(np.array([self._day], dtype=np.int32))[0]:
                days.append(self._columns(self._day))
            self._day += 1
        self._until = self._day
        return Columns.joined(days) if days else None

    def _columns(self, day: int) -> Columns:
        """The bars of one day, and the level moved on to its last price."""
        minutes = self._minutes(day)
        path, volume = self._path(len(minutes)), self._volume(len(minutes))
        kept = self._traded(day, minutes)
        opens = np.append(self._level, path[:-1])
        high, low = self._extremes(opens, path)
        self._level = float(path[-1])
        columns = {"open": opens, "high": high, "low": low, "close": path}
        stamp = minutes[kept]
        bars = Bars(
            symbol=self._made.symbol,
            timeframe=_ONE_MINUTE,
            timestamp=stamp,
            end=stamp + MINUTE,
            volume=volume[kept],
            **{name: column[kept] for name, column in columns.items()},
        )
        return Columns.of(bars, self._calendar, self._made.asset_class)

    def _minutes(self, day: int) -> Int64:
        if self._made.asset_class is AssetClass.CRYPTO:
            return day * DAY + np.arange(24 * 60, dtype=np.int64) * MINUTE
        opening = int(midnight(np.array([day]))[0]) + 4 * HOUR
        return opening + np.arange(_EXTENDED_MINUTES, dtype=np.int64) * MINUTE

    def _path(self, count: int) -> Float64:
        """The closes of a day's minutes."""
        steps: Float64 = self._chance.normal(0.0, self._made.daily / count**0.5, count)
        path: Float64 = np.maximum(np.exp(np.cumsum(steps)) * self._level, 1.0).astype(np.float64)
        return np.round(path, 2)

    def _extremes(self, opens: Float64, closes: Float64) -> tuple[Float64, Float64]:
        noise = np.abs(self._chance.normal(0.0, self._made.daily / 40, (2, len(opens))))
        high = np.round(np.maximum(opens, closes) * (1 + noise[0]), 2)
        low = np.round(np.minimum(opens, closes) * (1 - noise[1]), 2)
        return np.maximum(high, np.maximum(opens, closes)), np.minimum(low, np.minimum(opens, closes))

    def _volume(self, count: int) -> Float64:
        volume = self._made.volume * self._chance.lognormal(0.0, 0.5, count)
        if self._made.asset_class is AssetClass.CRYPTO:
            return np.round(volume + 0.0001, 4)
        inside = np.zeros(count, dtype=np.bool_)
        inside[_OPEN:_CLOSE] = True
        quiet: Float64 = np.floor(np.where(inside, volume, volume / 50)) + 100
        return quiet

    def _traded(self, day: int, minutes: Int64) -> Bool:
        """In which minutes something trades: in all of the regular session, and in some around it."""
        busy = self._chance.random(len(minutes)) >= _QUIET
        if self._made.asset_class is AssetClass.CRYPTO:
            return np.ones(len(minutes), dtype=np.bool_)
        session = np.array([day], dtype=np.int32)
        opens, closes = self._calendar.session_open(session)[0], self._calendar.session_close(session)[0]
        traded: Bool = busy | ((minutes >= opens) & (minutes < closes))
        return traded
