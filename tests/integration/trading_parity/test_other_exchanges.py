"""Paper runs on bars of other exchanges, by facts of the store and by options, and of weeks and months."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integration.trading_parity.rig import Case, Paper, in_backtest, same
from weaver.marvin.strategy import Strategy
from weaver.model.calendar.sessions import calendar_named
from weaver.model.facts import Facts
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe
from weaver.walle.bars.store import ParquetBarStore


class InAndOut(Strategy):
    """Buys for the day or at the open, and sells on the close, by turns."""

    def on_bar(self, bar: Any) -> None:
        self.log(f"{self.session.open} {self.session.close} {self.session.bars_since_open}")
        if self.position(bar.symbol).quantity:
            self.sell(bar.symbol, 1, tif="cls")
        elif not self.orders:
            self.buy(bar.symbol, 1, limit=float(bar.close) * 1.001)


class EveryBar(Strategy):
    """Buys one at each bar, at the open of the next."""

    def on_bar(self, bar: Any) -> None:
        self.buy(bar.symbol, 1)
        self.log(f"{self.position(bar.symbol).quantity} {[trade.mae for trade in self.closed_trades]}")
        if self.position(bar.symbol).quantity > 20:
            self.close_position(bar.symbol)


def stored(folder: Path, exchange: str, timeframe: str, split: date | None = None) -> ParquetBarStore:
    """Two months of 15 minutes or of days, or three years of days, of an exchange's; prices half as high from a split
    on."""
    calendar, frame = calendar_named(exchange), Timeframe.parse("1d" if timeframe[-1] in "dwo" else "15m")
    days = calendar.expected_sessions(18_628, 18_628 + (1_000 if timeframe in {"1w", "1mo"} else 60))  # from 2021 on
    stamps = days.astype(np.int64) * DAY
    if not frame.is_daily:
        opens, closes = calendar.session_open(days), calendar.session_close(days)
        rows = [np.arange(a, b, 15 * MINUTE) for a, b in zip(opens.tolist(), closes.tolist(), strict=True)]
        stamps = np.concatenate(rows)
        stamps = stamps[calendar.is_regular(stamps, stamps + MINUTE)]
    price = np.round(100 + np.cumsum(np.random.default_rng(3).normal(0, 0.2, len(stamps))), 2)
    if split is not None:
        price[calendar.session_of(stamps, daily=frame.is_daily) >= (split - date(1970, 1, 1)).days] /= 2
    actions = () if split is None else (Split(ex_date=split, ratio=2),)
    bars = Bars(symbol="ABC", timeframe=frame, timestamp=stamps, end=calendar.bar_end(stamps, frame), open=price,
                high=price + 0.3, low=price - 0.3, close=price, volume=np.full(len(stamps), 500.0))  # fmt: skip
    facts = Facts.parse(calendar=exchange)
    instrument = facts.applied(Instrument.default("ABC", facts.implied_class or AssetClass.STOCK))
    store = ParquetBarStore(folder)
    store.write(bars, instrument, actions, "made")
    return store


@pytest.mark.parametrize(
    ("exchange", "timeframe"),
    [("XTKS", "15m"), ("XLON", "15m"), ("CMES", "15m"), ("XTKS", "1d"), ("XLON", "1w"), ("CMES", "1mo")],
)
def test_paper_run_is_its_backtest_at_other_exchanges(tmp_path: Path, exchange: str, timeframe: str) -> None:
    store = stored(tmp_path, exchange, timeframe)
    case = Case(
        strategy=InAndOut, store=store, symbols=("ABC",), timeframe=timeframe, start=datetime(2021, 2, 24, tzinfo=UTC),
        options={"costs": "none"},
    )  # fmt: skip
    backtest = in_backtest(case)
    same(asyncio.run(Paper(store).run(case)), backtest)
    assert len(backtest.fills) >= 1


@pytest.mark.parametrize("exchange", ["XTKS", "XLON"])
@pytest.mark.parametrize("timeframe", ["15m", "1d"])
def test_a_split_acts_with_its_day_at_the_exchange(tmp_path: Path, exchange: str, timeframe: str) -> None:
    """What is bought at the first open after it has the new price: at four in New York Tokyo's day is over."""
    case = Case(
        strategy=EveryBar, store=stored(tmp_path, exchange, timeframe, date(2021, 3, 1)), symbols=("ABC",),
        timeframe=timeframe, start=datetime(2021, 2, 24, tzinfo=UTC), end=datetime(2021, 3, 4, tzinfo=UTC),
        options={"costs": "none"},
    )  # fmt: skip
    same(asyncio.run(Paper(case.store).run(case)), in_backtest(case))
