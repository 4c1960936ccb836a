"""A stand-in for Yahoo's chart interface, which treats what was traded as Yahoo does: splits divided out of what was
before, rounded to six decimals, in single precision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

NEW_YORK = ZoneInfo("America/New_York")
Row = tuple[date, float, float, float, float, int]
"""A day as it was traded: open, high, low, close, volume."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A share, as it was traded."""

    rows: Sequence[Row]
    splits: Mapping[date, Fraction] = field(default_factory=dict)
    dividends: Mapping[date, float] = field(default_factory=dict)
    kind: str = "EQUITY"
    zone: ZoneInfo = NEW_YORK
    currency: str = "USD"
    minutes: Mapping[int, tuple[float, float, float, float, int]] = field(default_factory=dict)
    """By their second since 1970; after the last split."""

    def factor(self, day: date) -> Fraction:
        """How many shares of now one of that day is."""
        product = Fraction(1)
        for when, ratio in self.splits.items():
            product *= ratio if when > day else 1
        return product


def single(value: float | Fraction) -> float:
    """As Yahoo sends it."""
    return float(np.float32(round(float(value), 6)))


class Yahoo:
    """Answers for its listings."""

    def __init__(self, listings: Mapping[str, Listing]) -> None:
        self.listings = listings
        self._days: dict[str, dict[int, tuple[float | None, ...]]] = {}

    def __call__(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        if path.endswith("/v1/test/getcrumb"):
            return 200, "crumb"
        if path.endswith("/v1/finance/search"):
            near = [one for one in self.listings if one[0] == query["q"][0]]
            return 200, {"quotes": [{"symbol": one, "quoteType": "EQUITY"} for one in near], "news": []}
        if "/v8/finance/chart/" not in path:
            return 404, {}
        symbol = path.rsplit("/", 1)[1]
        if symbol not in self.listings:
            said = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return 404, {"chart": {"result": None, "error": said}}
        return 200, {"chart": {"result": [self._chart(symbol, self.listings[symbol], query)], "error": None}}

    def _chart(self, symbol: str, listing: Listing, query: Mapping[str, str]) -> dict[str, Any]:
        if symbol not in self._days:
            self._days[symbol] = self._daily(listing)
        rows = self._days[symbol] if query["interval"] == "1d" else dict(listing.minutes)
        first, stop = int(query.get("period1", 0)), int(query.get("period2", 2**40))
        if "range" in query:
            first = (sorted(rows) or [0])[-5:][0]
        found = {at: row for at, row in sorted(rows.items()) if first <= at < stop}
        columns = list(zip(*found.values(), strict=True)) or [()] * 5
        names = ("open", "high", "low", "close", "volume")
        return {
            "meta": self._meta(symbol, listing, query, found),
            "timestamp": list(found),
            "events": self._events(listing, first, stop),
            "indicators": {
                "quote": [{name: list(column) for name, column in zip(names, columns, strict=True)}],
                "adjclose": [{"adjclose": [0.97 * price for price in columns[3]]}],
            },
        }

    def _meta(
        self, symbol: str, listing: Listing, query: Mapping[str, str], found: Mapping[int, Any]
    ) -> dict[str, Any]:
        last = max(found, default=0)
        days = sorted({datetime.fromtimestamp(at, listing.zone).date() for at in found})
        hours = [
            {"timezone": "EST", "start": _at(day, 9, 30, listing), "end": _at(day, 16, 0, listing), "gmtoffset": -18000}
            for day in days
        ]
        period = hours[-1] if hours else {"timezone": "EST", "start": 0, "end": 0, "gmtoffset": -18000}
        return {
            "currency": listing.currency, "symbol": symbol, "exchangeName": "NMS", "instrumentType": listing.kind,
            "firstTradeDate": 0, "regularMarketTime": last, "gmtoffset": -18000, "timezone": "EST",
            "exchangeTimezoneName": str(listing.zone), "regularMarketPrice": 1.0, "priceHint": 2,
            "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
            "dataGranularity": query["interval"], "range": "", "validRanges": ["1d", "5d", "1mo", "1y", "max"],
            **({"tradingPeriods": [[one] for one in hours]} if query["interval"] != "1d" else {}),
        }  # fmt: skip

    def _daily(self, listing: Listing) -> dict[int, tuple[float | None, ...]]:
        found: dict[int, tuple[float | None, ...]] = {}
        for day, *prices, volume in listing.rows:
            factor = listing.factor(day)
            divided = [single(Fraction(str(price)) / factor) for price in prices]
            found[_at(day, 9, 30, listing)] = (*divided, int(volume * factor))
        return found

    def _events(self, listing: Listing, first: int, stop: int) -> dict[str, Any]:
        splits = {_at(day, 9, 30, listing): ratio for day, ratio in listing.splits.items()}
        paid = {
            _at(day, 9, 30, listing): single(Fraction(str(amount)) / listing.factor(day))
            for day, amount in listing.dividends.items()
        }
        return {
            "splits": {
                str(at): {"date": at, "numerator": float(one.numerator), "denominator": float(one.denominator),
                          "splitRatio": f"{one.numerator}:{one.denominator}"}
                for at, one in splits.items() if first <= at < stop
            },
            "dividends": {str(at): {"amount": one, "date": at} for at, one in paid.items() if first <= at < stop},
        }  # fmt: skip


def _at(day: date, hour: int, minute: int, listing: Listing) -> int:
    return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=listing.zone).timestamp())


def share(
    first: date, count: int, *, seed: int = 1, splits: Mapping[date, Fraction] | None = None, paid: float = 0.25
) -> Listing:
    """Weekdays from `first` on; the price falls by a split's ratio, and every 60th day pays a dividend."""
    chance, price, rows = np.random.default_rng(seed), 400.0, list[Row]()
    dividends: dict[date, float] = {}
    day = first
    while len(rows) < count:
        if day.weekday() < 5:
            price = price / float((splits or {}).get(day, Fraction(1)))
            if len(rows) % 60 == 30:
                dividends[day] = paid
                price -= paid
            low, open_, close, high = np.round(np.sort(price * (1 + chance.normal(0, 0.01, 4))), 2)
            rows.append((day, float(open_), float(high), float(low), float(close), int(chance.integers(1, 9999)) * 800))
        day += timedelta(days=1)
    return Listing(rows=rows, splits=splits or {}, dividends=dividends)


def minutes_of(days: Sequence[date], seed: int = 1) -> dict[int, tuple[float, float, float, float, int]]:
    """A session's minutes of each day, the same whenever they are asked for."""
    found = {}
    for day in days:
        opens = int(datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK).astimezone(UTC).timestamp())
        for at in range(opens, opens + 390 * 60, 60):
            chance = np.random.default_rng([seed, at])
            low, open_, close, high = (float(np.float32(one)) for one in np.sort(chance.integers(9900, 10100, 4)) / 100)
            found[at] = (open_, high, low, close, int(chance.integers(1, 9999)))
    return found
