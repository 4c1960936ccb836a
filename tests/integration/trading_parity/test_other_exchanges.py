"""Paper runs on bars of other exchanges, by facts of the store and by options, and of weeks and months."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integration.trading_parity.rig import Case, Paper, in_backtest, same
from weaver.marvin.strategy import Strategy
from weaver.model.calendar.sessions import calendar_named
from weaver.model.facts import Facts
from weaver.model.market.bars import Bars
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


def stored(folder: Path, exchange: str, timeframe: str) -> ParquetBarStore:
    """Two months of 15 minutes or of days, or three years of days, of an exchange's."""
    calendar, frame = calendar_named(exchange), Timeframe.parse("1d" if timeframe[-1] in "dwo" else "15m")
    days = calendar.expected_sessions(18_628, 18_628 + (1_000 if timeframe in {"1w", "1mo"} else 60))  # from 2021 on
    stamps = days.astype(np.int64) * DAY
    if not frame.is_daily:
        opens, closes = calendar.session_open(days), calendar.session_close(days)
        rows = [np.arange(a, b, 15 * MINUTE) for a, b in zip(opens.tolist(), closes.tolist(), strict=True)]
        stamps = np.concatenate(rows)
        stamps = stamps[calendar.is_regular(stamps, stamps + MINUTE)]
    price = np.round(100 + np.cumsum(np.random.default_rng(3).normal(0, 0.2, len(stamps))), 2)
    bars = Bars(symbol="ABC", timeframe=frame, timestamp=stamps, end=calendar.bar_end(stamps, frame), open=price,
                high=price + 0.3, low=price - 0.3, close=price, volume=np.full(len(stamps), 500.0))  # fmt: skip
    facts = Facts.parse(calendar=exchange)
    instrument = facts.applied(Instrument.default("ABC", facts.implied_class or AssetClass.STOCK))
    store = ParquetBarStore(folder)
    store.write(bars, instrument, (), "made")
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
