"""A split in the middle of a week or month: nothing is won or lost by it, however the bars were put together."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import weaver
from weaver import Strategy
from weaver.model.market.corporate_actions import Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.research.inputs import store
from weaver.research.reproduce import plan_again
from weaver.walle.files.bar_file import read_bars

SPLITS = [Split(ex_date=date(2021, 4, 14), ratio=Decimal(2))]  # a Wednesday, in the middle of a month too
DAYS = pd.bdate_range("2021-03-01", "2021-06-30").drop(["2021-04-02", "2021-05-31"])


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A share at 100, from the split on at 50, in a file and in the store."""
    price = np.where(DAYS < "2021-04-14", 100.0, 50.0)
    frame = pd.DataFrame(
        {"timestamp": DAYS.strftime("%Y-%m-%d")} | dict.fromkeys(("open", "high", "low", "close"), price)
    )
    frame["volume"] = 1e6
    frame.to_csv(tmp_path / "X_1d.csv", index=False)
    monkeypatch.setenv("WEAVER_HOME", str(tmp_path))
    bars = read_bars(tmp_path / "X_1d.csv", asset_class=AssetClass.STOCK).bars
    store().write(bars, Instrument.default("X", AssetClass.STOCK), SPLITS, "a file")
    return tmp_path / "X_1d.csv"


class Buys(Strategy):
    """Buys at the close of one bar; what is bought changes hands at the next one's open."""

    at: int = 0

    def on_start(self) -> None:
        self.seen = 0

    def on_bar(self, bar) -> None:
        if self.seen == self.at:
            self.order_target_percent("X", 1)
        self.seen += 1


@pytest.mark.parametrize("kind", ["file", "frame", "memory", "store", "loaded"])
@pytest.mark.parametrize("timeframe", ["1d", "1w", "7d", "2w", "1mo"])
def test_equity_stays_as_it_was_through_a_split_within_a_bar(path: Path, kind: str, timeframe: str) -> None:
    own: dict[str, Any] = {"actions": {"X": SPLITS}, "asset": "stock", "timeframe": timeframe}
    bars, options = {
        "file": (path, own),
        "frame": ({"X": pd.read_csv(path)}, own),
        "memory": (read_bars(path, asset_class=AssetClass.STOCK).bars, own),
        "store": (None, {"symbols": ["X"], "timeframe": timeframe}),
        "loaded": (weaver.load_bars("X", timeframe), {}),
    }[kind]
    for at in range(8 if timeframe != "1mo" else 3):
        result = weaver.backtest(Buys, bars, params={"at": at}, costs="none", lookahead_check=False, **options)
        assert result.bars["X"].timeframe == Timeframe.parse(timeframe)
        assert len(result.fills) == 1
        assert {row.equity for row in result.equity} == {100_000.0}, at


def test_a_run_on_weeks_with_a_split_can_be_run_again_from_its_file(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "Y_1d.csv"
    other.write_text(path.read_text())
    result = weaver.backtest(
        "buy-and-hold", other, actions={"Y": SPLITS}, asset="stock", timeframe="1w", costs="none"
    )  # fmt: skip
    again = plan_again(json.loads(result.to_json())["run"], folder=tmp_path)
    assert again.listings["Y"].bars.content_hash() == result.bars["Y"].content_hash()
