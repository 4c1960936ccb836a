"""Gaps of a stored series over HTTP, against what was left out of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.unit.glados.api.conftest import Scene
from tests.unit.glados.api.files import ROWS, csv
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe

pytestmark = pytest.mark.anyio


def minutes_without(*missing: int) -> Bars:
    """A hundred minutes from 1970 on, but these."""
    stamps = np.arange(100, dtype=np.int64) * MINUTE
    ones = np.ones(100)
    whole = Bars(
        symbol="BTCUSD", timeframe=Timeframe(MINUTE), timestamp=stamps, end=stamps + MINUTE,
        open=ones, high=ones, low=ones, close=ones, volume=ones,
    )  # fmt: skip
    return replace(whole, **{name: np.delete(getattr(whole, name), missing) for name in COLUMNS})


async def test_missing_sessions_between_two_bars_are_one_gap(scene: Scene) -> None:
    await scene.imported(csv(rows=[ROWS[0], ROWS[3], ROWS[4]]), symbol="ABC")  # without the 3rd and the 4th of January
    assert await scene.get("/gaps", symbol="ABC") == {
        "symbol": "ABC",
        "timeframe": "1d",
        "total": 1,
        "items": [{"start": "2024-01-03T00:00:00Z", "end": "2024-01-05T00:00:00Z", "missing": 2}],
    }


async def test_only_the_longest_are_told_in_their_order(scene: Scene) -> None:
    scene.bars.write(
        minutes_without(3, 10, 11, 12, 50, 70, 71), Instrument.default("BTCUSD", AssetClass.CRYPTO), None, "made"
    )
    found = await scene.get("/gaps", symbol="BTCUSD", timeframe="1m", limit=2)
    assert found["total"] == 4
    assert found["items"] == [
        {"start": "1970-01-01T00:10:00Z", "end": "1970-01-01T00:13:00Z", "missing": 3},
        {"start": "1970-01-01T01:10:00Z", "end": "1970-01-01T01:12:00Z", "missing": 2},
    ]


async def test_whole_series_has_none(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ABC")
    assert (await scene.get("/gaps", symbol="ABC"))["items"] == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"symbol": "NONE"}, 404), ({"symbol": "ABC", "timeframe": "1w"}, 404),
        ({"symbol": "ABC", "timeframe": "soon"}, 400), ({"symbol": "ABC", "limit": 0}, 422), ({}, 422),
    ],
)  # fmt: skip
async def test_what_cannot_be_answered(scene: Scene, params: dict[str, Any], status: int) -> None:
    await scene.imported(csv(), symbol="ABC")
    answer = await scene.client.get("/gaps", params=params)
    assert answer.status_code == status
    assert answer.json()["message"]
