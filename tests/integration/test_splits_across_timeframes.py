"""Series of several timeframes across splits, against pandas: at every tick all are on the scale of that tick."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import weaver
from weaver import Strategy
from weaver.model.market.bars import Bars

HOURS = ["09:30", "10:30", "11:30", "12:30", "13:30", "14:30", "15:30"]
DAYS = pd.bdate_range("2024-02-26", "2024-03-22")

runs: list["Reading"] = []


class Reading(Strategy):
    """Notes all that it can read at every bar."""

    def on_start(self) -> None:
        self.daily, self.weekly = self.series("ABC", "1d"), self.series("ABC", "7d")
        self.seen: list[Any] = []
        self.windows: list[Any] = []
        self.calls: list[Any] = []
        self.when((self.close < self.daily.close * 0.985) | (self.daily.close > self.weekly.high), self.call)
        runs.append(self)

    def call(self, bar: Any) -> None:
        self.calls.append(self.now)

    def on_bar(self, bar: Any) -> None:
        rows = [
            self.close,
            *(getattr(line, name) for line in (self.daily, self.weekly) for name in ("close", "volume")),
        ]
        self.seen.append((self.now, [row.values.tolist() for row in rows], [row[-1] for row in rows if len(row)]))
        self.fetch_window("ABC", "1d", 3)

    def on_window(self, window: Any) -> None:
        self.windows.append((self.now, window.close.tolist()))


def hourly(splits: dict[str, int], seed: int) -> pd.DataFrame:
    """Hourly bars of a stock in New York time, as traded: prices fall and volumes rise by the ratio of each split."""
    starts = pd.DatetimeIndex([f"{day.date()} {hour}" for day in DAYS for hour in HOURS]).tz_localize(
        "America/New_York"
    )
    chance = np.random.default_rng(seed)
    close = 960 * np.exp(np.cumsum(chance.normal(0, 0.01, len(starts))))
    volume = chance.integers(1, 9, len(starts)) * 6_000.0
    for ex_date, ratio in splits.items():
        after = starts >= pd.Timestamp(ex_date, tz="America/New_York")
        close[after] /= ratio
        volume[after] *= ratio
    opened = close * np.exp(chance.normal(0, 0.002, len(starts)))
    frame = pd.DataFrame({"open": opened, "close": close}, index=starts).round(4)
    frame["high"], frame["low"], frame["volume"] = frame.max(axis=1) + 0.01, frame.min(axis=1) - 0.01, volume
    return frame


def on_scale_of(frame: pd.DataFrame, splits: dict[str, int], tick: pd.Timestamp) -> pd.DataFrame:
    """The bars that closed by a tick, those before each split that is known by then on the scale after it."""
    known = frame[closes(frame) <= tick].copy()
    for ex_date, ratio in splits.items():
        at = pd.Timestamp(ex_date, tz="America/New_York")
        if (known.index >= at).any():
            known.loc[known.index < at, ["open", "high", "low", "close"]] /= ratio
            known.loc[known.index < at, "volume"] *= ratio
    return known


def closes(frame: pd.DataFrame) -> pd.DatetimeIndex:
    """When each bar closes: an hour after its start, the last at the session's end."""
    return pd.DatetimeIndex([start + pd.Timedelta(minutes=30 if start.hour == 15 else 60) for start in frame.index])


def coarse(known: pd.DataFrame, grid: Bars, tick: pd.Timestamp) -> pd.DataFrame:
    """The bars of a grid that have closed, each made of the known ones that start within it."""
    rows = []
    for start, end in zip(pd.to_datetime(grid.timestamp, utc=True), pd.to_datetime(grid.end, utc=True), strict=True):
        if end <= tick:
            part = known[(known.index >= start) & (known.index < end)]
            rows.append((part["high"].max(), part["close"].iloc[-1], part["volume"].sum()))
    return pd.DataFrame(rows, columns=["high", "close", "volume"], dtype=float)


@pytest.mark.parametrize(
    "splits", [{"2024-03-11": 2}, {"2024-03-13": 4}, {"2024-03-06": 3, "2024-03-07": 2, "2024-03-19": 4}]
)
def test_every_series_is_on_the_scale_of_its_tick(splits: dict[str, int], tmp_path: Path) -> None:
    frame = hourly(splits, seed=len(splits))
    actions = tmp_path / "actions.csv"
    actions.write_text("ex_date,type,value\n" + "".join(f"{day},split,{ratio}\n" for day, ratio in splits.items()))
    bars = {"ABC": frame}
    options: dict[str, Any] = {"asset": "stock", "timeframe": "1h", "actions": {"ABC": actions}}
    weaver.backtest(Reading, bars, costs="none", lookahead_check=False, **options)
    run = runs.pop()

    calls, windows, asked = [], [], 0
    for tick, found, newest in run.seen:
        known = on_scale_of(frame, splits, tick)
        daily, weekly = (coarse(known, grid.bars, tick) for grid in (run.daily, run.weekly))
        rows = [known["close"], daily["close"], daily["volume"], weekly["close"], weekly["volume"]]
        for values, row in zip(found, rows, strict=True):
            np.testing.assert_allclose(values, row, rtol=1e-12)
        assert newest == [values[-1] for values in found if values]
        below = len(daily) and known["close"].iloc[-1] < daily["close"].iloc[-1] * 0.985
        above = len(weekly) and daily["close"].iloc[-1] > weekly["high"].iloc[-1]
        if len(weekly) and (below or above):
            calls.append(tick)
        windows.append((tick, daily["close"].tolist()[max(asked - 3, 0) : asked]))
        asked = len(daily)
    assert len(run.seen) == len(frame)
    assert len(calls) > 10
    assert run.calls == calls
    assert [tick for tick, _ in run.windows] == [tick for tick, _ in windows[1:]]
    for (_, values), (_, expected) in zip(run.windows, windows[1:], strict=True):
        np.testing.assert_allclose(values, expected, rtol=1e-12)
