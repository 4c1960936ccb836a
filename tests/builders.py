"""Small markets and runs for tests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

import weaver
from weaver.greta.result import BacktestResult
from weaver.marvin.plugins.loader import from_class
from weaver.marvin.strategy import Strategy
from weaver.model.backtest.options import Options
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.research import loaded
from weaver.research.inputs import run_inputs
from weaver.research.run import Plan, Ran, plan

FIRST_DAY = (date(2021, 4, 5) - date(1970, 1, 1)).days
"""A Monday; the four weeks after it have no holiday."""


def crypto_bars(
    closes: Sequence[float],
    *,
    symbol: str = "BTC/USD",
    timeframe: str = "1h",
    opens: Sequence[float] | None = None,
    highs: Sequence[float] | None = None,
    lows: Sequence[float] | None = None,
    volume: float | Sequence[float] = 1000.0,
    first: int = FIRST_DAY * DAY,
) -> Bars:
    """Bars around the clock; a bar opens at the close before it unless `opens` says otherwise."""
    close = np.array(closes, dtype=np.float64)
    open_ = np.array(opens, dtype=np.float64) if opens is not None else np.concatenate([close[:1], close[:-1]])
    high = np.array(highs, dtype=np.float64) if highs is not None else np.maximum(open_, close)
    low = np.array(lows, dtype=np.float64) if lows is not None else np.minimum(open_, close)
    step = Timeframe.parse(timeframe)
    timestamp = first + np.arange(len(close), dtype=np.int64) * step.nanoseconds
    return Bars(
        symbol=symbol,
        timeframe=step,
        timestamp=timestamp,
        end=timestamp + step.nanoseconds,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=np.full(len(close), volume, dtype=np.float64),
    )


def stock_days(closes: Sequence[float], *, symbol: str = "AAA", **columns: Sequence[float]) -> Bars:
    """Daily bars on the New York sessions from 5 April 2021 on."""
    bars = crypto_bars(closes, symbol=symbol, timeframe="1d", **columns)  # type: ignore[arg-type]
    days = [FIRST_DAY + 7 * (k // 5) + k % 5 for k in range(len(closes))]
    timestamp = np.array(days, dtype=np.int64) * DAY
    end = calendar_for(AssetClass.STOCK).bar_end(timestamp, bars.timeframe)
    values = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    return Bars(symbol=symbol, timeframe=bars.timeframe, timestamp=timestamp, end=end, **values)


def backtest(strategy: type[Strategy], bars: Any, **options: Any) -> BacktestResult:
    """A backtest without costs and checks, unless the options say otherwise."""
    return weaver.backtest(strategy, bars, **{"costs": "none", "lookahead_check": False, **options})


def planned(strategy: type[Strategy], bars: Any, **options: Any) -> Plan:
    """A backtest that is ready to run, without costs unless the options say otherwise."""
    asked = Options(**{"costs": "none", **options})
    return plan(from_class(strategy), run_inputs(bars, asked), asked)


def ran(strategy: Any, bars: Any = None, **options: Any) -> Ran:
    """A run without checks, and what stood behind its strategy."""
    asked = Options(**options)
    return plan(loaded(strategy), run_inputs(bars, asked), asked).run(progress=lambda _: None)


def told(result: BacktestResult) -> list[str]:
    """Fills in one line each: `buy 10 @ 100.5`."""
    return [f"{fill.side} {fill.quantity.normalize():f} @ {fill.price.normalize():f}" for fill in result.fills]
