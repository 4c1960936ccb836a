"""A stand-in for Binance's public REST interface, as far as ccxt's own code for it asks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np

MINUTE_MS = 60_000
NOW = datetime(2024, 3, 10, 12, 0, 30, tzinfo=UTC)
LISTED = datetime(2024, 3, 8, 0, 0, tzinfo=UTC)
STEPS = {"1m": 1, "5m": 5, "1h": 60, "1d": 1440}
HALT = range(500, 560)
"""Minutes since the listing in which nothing was traded."""
PAIRS = {"BTCUSDT": ("BTC", "USDT"), "ETHBTC": ("ETH", "BTC"), "ETHUSDT": ("ETH", "USDT")}


def ms(time: datetime) -> int:
    return int(time.timestamp() * 1000)


@cache
def candles(symbol: str, interval: str) -> list[list[float]]:
    """All of a pair, the unfinished last one too: time (ms), open, high, low, close, volume."""
    step = STEPS[interval] * MINUTE_MS
    first = ms(LISTED) // step * step
    rows = []
    for number, at in enumerate(range(first, ms(NOW) + 1, step)):
        if interval == "1m" and number in HALT:
            continue
        chance = np.random.default_rng([number, len(symbol), STEPS[interval]])
        low, open_, close, high = np.sort(chance.integers(6_000_000, 7_000_000, 4))[[0, 1, 2, 3]] / 100
        rows.append([at, open_, high, low, close, int(chance.integers(1, 10**6)) / 1e5])
    return rows


def binance(path: str, query: Mapping[str, str]) -> tuple[int, Any]:
    if path == "/api.binance.com/api/v3/time":
        return 200, {"serverTime": ms(NOW)}
    if path == "/api.binance.com/api/v3/exchangeInfo":
        return 200, {"timezone": "UTC", "serverTime": ms(NOW), "symbols": [_pair(one) for one in PAIRS]}
    if path.endswith("/exchangeInfo"):
        return 200, {"timezone": "UTC", "serverTime": ms(NOW), "symbols": []}
    if path == "/api.binance.com/api/v3/klines":
        return 200, _klines(query)
    return 404, {"code": -1, "msg": f"there is nothing at {path}"}


def _klines(query: Mapping[str, str]) -> list[list[Any]]:
    step = STEPS[query["interval"]] * MINUTE_MS
    limit = min(int(query.get("limit", 500)), 1000)
    found = [row for row in candles(query["symbol"], query["interval"]) if row[0] >= int(query.get("startTime", 0))]
    return [
        [
            int(at),
            *(f"{price:.8f}" for price in prices),
            f"{volume:.8f}",
            int(at) + step - 1,
            "1.0",
            1,
            "1.0",
            "1.0",
            "0",
        ]
        for at, *prices, volume in found[:limit]
    ]


def _pair(symbol: str) -> dict[str, Any]:
    base, quote = PAIRS[symbol]
    return {
        "symbol": symbol, "status": "TRADING", "baseAsset": base, "baseAssetPrecision": 8, "quoteAsset": quote,
        "quotePrecision": 8, "quoteAssetPrecision": 8, "orderTypes": ["LIMIT", "MARKET"], "icebergAllowed": True,
        "ocoAllowed": True, "isSpotTradingAllowed": True, "isMarginTradingAllowed": False, "permissions": ["SPOT"],
        "permissionSets": [["SPOT"]],
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0.01000000", "maxPrice": "1000000.0", "tickSize": "0.01000000"},
            {"filterType": "LOT_SIZE", "minQty": "0.00002000", "maxQty": "9000.0", "stepSize": "0.00001000"},
            {"filterType": "NOTIONAL", "minNotional": "5.00000000"},
        ],
    }  # fmt: skip
