"""Bars put together piece by piece are the ones put together all at once."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.walle.store_builders import assert_same, bars, instrument
from weaver.model.calendar.resample import resample
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.walle.bars.candles import candles_of
from weaver.walle.bars.coarser import resampled
from weaver.walle.bars.folder import bar_files, checked_file
from weaver.walle.bars.store import ParquetBarStore

ONE_MINUTE = Timeframe.parse("1m")
STARTS = {
    AssetClass.STOCK: "2024-03-07T12:00",
    AssetClass.CRYPTO: "2023-12-31T20:00",
    AssetClass.FX: "2024-03-08T15:00",
}


def cut(whole: Bars, places: list[int]) -> list[Bars]:
    bounds = [0, *sorted(place % (len(whole) + 1) for place in places), len(whole)]
    return [whole.slice(start, stop) for start, stop in pairwise(bounds)]


@given(count=st.integers(0, 60), limit=st.integers(1, 70), places=st.lists(st.integers(0, 60), max_size=6))
def test_candles_of_pieces_are_those_of_the_list(count: int, limit: int, places: list[int]) -> None:
    whole = bars(count=60).slice(0, count)
    found = candles_of(cut(whole, places), count, limit, symbol="BTCUSD", timeframe=ONE_MINUTE)
    together = max(-(-count // limit), 1)
    rows = list(zip(*(getattr(whole, name).tolist() for name in COLUMNS), strict=True))
    expected = [rows[at : at + together] for at in range(0, count, together)]
    assert (found.total, found.together, len(found.bars)) == (count, together, len(expected))
    for item, group in zip(
        zip(*(getattr(found.bars, name).tolist() for name in COLUMNS), strict=True), expected, strict=True
    ):
        times = (group[0][0], group[-1][1])
        prices = (group[0][2], max(row[3] for row in group), min(row[4] for row in group), group[-1][5])
        assert item[:6] == (*times, *prices)
        assert item[6] == pytest.approx(sum(row[6] for row in group), rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    asset_class=st.sampled_from(list(STARTS)),
    timeframe=st.sampled_from(["5m", "1h", "4h", "1d", "2d", "7d", "1w", "1mo"]),
    places=st.lists(st.integers(0, 4000), max_size=8),
    seed=st.integers(0, 1000),
)
def test_resampled_pieces_are_the_whole_resampled(
    asset_class: AssetClass, timeframe: str, places: list[int], seed: int
) -> None:
    """Minutes with holes, over a night, a weekend and the change of clocks in New York."""
    calendar, wanted = calendar_for(asset_class), Timeframe.parse(timeframe)
    chance = np.random.default_rng(seed)
    stamps = np.cumsum(chance.choice([1, 1, 1, 1, 3, 700], 2000)) * MINUTE
    stamps += int(np.datetime64(STARTS[asset_class], "ns").astype(np.int64))
    made = bars(count=len(stamps), seed=seed)
    whole = Bars(
        symbol="BTCUSD", timeframe=ONE_MINUTE, timestamp=stamps, end=calendar.bar_end(stamps, ONE_MINUTE),
        **{name: getattr(made, name) for name in COLUMNS[2:]},
    )  # fmt: skip
    pieces = [
        piece for piece in resampled(cut(whole, places), wanted, Instrument.default("X", asset_class)) if len(piece)
    ]
    expected = resample(whole, wanted, calendar)
    for name in COLUMNS:
        found = np.concatenate([getattr(piece, name) for piece in pieces])
        assert found.tobytes() == getattr(expected, name).tobytes(), name


@pytest.mark.parametrize("timeframe", ["1m", "5m", "1h", "1d", "7d", "1mo"])
def test_candles_of_a_stretch_are_those_of_the_bars_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timeframe: str
) -> None:
    monkeypatch.setattr(bar_files, "_ROW_GROUP", 700)
    monkeypatch.setattr(checked_file, "_AT_ONCE", 700)
    store, made, wanted = ParquetBarStore(tmp_path), bars("2021-12-20", 30_000), Timeframe.parse(timeframe)
    store.write(made, instrument(), None, "a file")
    whole = resample(made, wanted, calendar_for(AssetClass.CRYPTO))
    chance = np.random.default_rng(5)
    for start, length, limit in chance.integers([-2000, 0, 1], [32_000, 32_000, 400], (12, 3)).tolist():
        first = int(made.timestamp[0]) + start * MINUTE
        last = first + length * MINUTE
        inside = np.flatnonzero((whole.timestamp >= first) & (whole.timestamp < last))
        expected = whole.slice(int(inside[0]), int(inside[-1]) + 1) if len(inside) else whole.slice(0, 0)
        assert_same(store.read("BTCUSD", wanted, first, last).bars, expected)
        found = store.candles("BTCUSD", wanted, first, last, limit)
        straight = candles_of([expected], len(expected), limit, symbol="BTCUSD", timeframe=wanted)
        assert found.total == len(expected)
        for name in COLUMNS[:6]:
            assert getattr(found.bars, name).tobytes() == getattr(straight.bars, name).tobytes()
        assert np.allclose(found.bars.volume, straight.bars.volume, rtol=1e-12)
