"""Candles, against sums of the bars done by hand or in plain Python."""

from itertools import islice
from typing import Any

import numpy as np
import pytest

from tests.unit.glados.api.conftest import Scene
from tests.unit.glados.api.files import ROWS, csv
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe

pytestmark = pytest.mark.anyio


async def test_items_are_the_bars(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ABC")
    found = await scene.get("/candles", symbol="ABC", timeframe="1d")
    assert {key: found[key] for key in ("symbol", "timeframe", "total", "downsampled", "bars_per_item")} == {
        "symbol": "ABC", "timeframe": "1d", "total": 5, "downsampled": False, "bars_per_item": 1,
    }  # fmt: skip
    assert found["items"][2] == {
        "timestamp": "2024-01-04T00:00:00Z",
        "end": "2024-01-04T21:00:00Z",
        "open": 13.0, "high": 13.5, "low": 8.0, "close": 9.0, "volume": 300.0,
    }  # fmt: skip
    assert len(found["items"]) == len(ROWS)


async def test_start_is_included_and_end_is_not(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ABC")
    found = await scene.get("/candles", symbol="ABC", start="2024-01-03", end="2024-01-05T00:00:00Z")
    assert [item["close"] for item in found["items"]] == [13, 9]
    nothing = await scene.get("/candles", symbol="ABC", start="2025-01-01")
    assert (nothing["items"], nothing["total"], nothing["downsampled"]) == ([], 0, False)
    for odd in ("0001-01-01", "9999-12-31T23:59:59Z"):
        assert (await scene.client.get("/candles", params={"symbol": "ABC", "start": odd})).status_code == 200


@pytest.mark.parametrize("end", ["2024-01-04", "20240104", "2024-01-04T00:00:01Z"])
async def test_end_that_is_a_bare_date_means_all_of_that_day(scene: Scene, end: str) -> None:
    await scene.imported(csv(), symbol="ABC")
    found = await scene.get("/candles", symbol="ABC", start="2024-01-03", end=end)
    assert [item["timestamp"] for item in found["items"]] == ["2024-01-03T00:00:00Z", "2024-01-04T00:00:00Z"]


async def test_stretch_of_one_day_is_that_day(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ABC")
    found = await scene.get("/candles", symbol="ABC", start="2024-01-04", end="2024-01-04")
    assert [item["close"] for item in found["items"]] == [9]


async def test_start_after_the_end_is_refused_with_both(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ABC")
    answer = await scene.client.get("/candles", params={"symbol": "ABC", "start": "2024-01-05", "end": "2024-01-04"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert answer.json()["message"].startswith("start 2024-01-05T00:00:00+00:00 is after end 2024-01-04T23:59:59")


@pytest.mark.parametrize("limit", [1, 7, 99, 100, 101, 5000])
async def test_more_bars_than_the_limit_are_put_together(scene: Scene, limit: int) -> None:
    random = np.random.default_rng(5)
    stamps = np.arange(100, dtype=np.int64) * MINUTE
    low = random.uniform(1, 2, 100)
    bars = Bars(
        symbol="BTCUSD", timeframe=Timeframe(MINUTE), timestamp=stamps, end=stamps + MINUTE, low=low,
        open=low + 0.1, close=low + 0.2, high=low + random.uniform(0.3, 1, 100), volume=random.uniform(0, 9, 100),
    )  # fmt: skip
    scene.bars.write(bars, Instrument.default("BTCUSD", AssetClass.CRYPTO), None, "made")
    found = await scene.get("/candles", symbol="BTCUSD", timeframe="1m", limit=limit)
    together = found["bars_per_item"]
    assert len(found["items"]) <= limit
    assert found["downsampled"] == (limit < 100)
    assert together == 1 or -(-100 // (together - 1)) > limit  # no more are put together than needed
    rows = iter(zip(bars.open, bars.high, bars.low, bars.close, bars.volume, strict=True))
    for item in found["items"]:
        opens, highs, lows, closes, volumes = zip(*islice(rows, together), strict=True)
        assert [item[key] for key in ("open", "high", "low", "close")] == [opens[0], max(highs), min(lows), closes[-1]]
        assert item["volume"] == pytest.approx(sum(volumes), rel=1e-12)
    assert next(rows, None) is None


async def test_coarser_timeframe_is_resampled(scene: Scene) -> None:
    stamps = np.arange(10, dtype=np.int64) * MINUTE
    ones = np.arange(1.0, 11.0)
    bars = Bars(
        symbol="BTCUSD", timeframe=Timeframe(MINUTE), timestamp=stamps, end=stamps + MINUTE,
        open=ones, high=ones, low=ones, close=ones, volume=ones,
    )  # fmt: skip
    scene.bars.write(bars, Instrument.default("BTCUSD", AssetClass.CRYPTO), None, "made")
    found = await scene.get("/candles", symbol="BTCUSD", timeframe="5m")
    assert [(item["open"], item["close"], item["volume"]) for item in found["items"]] == [(1, 5, 15), (6, 10, 40)]
    assert (await scene.get("/candles", symbol="BTCUSD"))["timeframe"] == "1m"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"symbol": "NONE"}, 404),
        ({"symbol": "NONE", "timeframe": "1d"}, 404),
        ({"symbol": "ABC", "timeframe": "1h"}, 404),
        ({"symbol": "ABC", "timeframe": "soon"}, 400),
        ({"symbol": "ABC", "timeframe": "367d"}, 400),
        ({"symbol": "ABC", "limit": 0}, 422),
        ({"symbol": "ABC", "limit": 5001}, 422),
        ({"symbol": "ABC", "start": "yesterday"}, 422),
        ({"symbol": "ABC", "start": "-1"}, 422),
        ({"symbol": "ABC", "start": "0"}, 422),
        ({"symbol": "ABC", "end": "1104537600"}, 422),
        ({"symbol": "A\x00B"}, 422),
        ({"symbol": "../ABC"}, 404),
        ({"symbol": "é" * 200}, 400),
        ({}, 422),
    ],
)
async def test_what_cannot_be_answered(scene: Scene, params: dict[str, Any], status: int) -> None:
    await scene.imported(csv(), symbol="ABC")
    assert (await scene.client.get("/candles", params=params)).status_code == status
