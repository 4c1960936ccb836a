"""The report of a paper or live run, or of one of its days: a backtest's page, of what happened."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from weaver.glados.live.figures.results import sessions_of
from weaver.glados.live.figures.stretch import Stretch
from weaver.glados.live.figures.trade_rows import report_trades
from weaver.greta.report.contents import Contents, ReportFill, contents_of
from weaver.greta.report.page import render
from weaver.greta.results.trades import Trade
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import NotFound
from weaver.model.market.bars import Bars
from weaver.model.run import RunMode
from weaver.veda.orders.live_fill import LiveFill

SYMBOLS_NAMED = 5


def report_of(
    stretch: Stretch, *, mode: RunMode, record: Mapping[str, Any], warnings: Sequence[tuple[str, str]]
) -> str:
    """The page. mode: the run's; record: what pins the run down, as a backtest's. Raises NotFound where there is no
    equity to show."""
    if not stretch.points:
        raise NotFound("there is nothing to draw: no bar of the run has ended in that time")
    return render(_contents(stretch, mode, record, warnings))


def _contents(
    stretch: Stretch, mode: RunMode, record: Mapping[str, Any], warnings: Sequence[tuple[str, str]]
) -> Contents:
    symbols: Sequence[str] = record["symbols"]
    shown = ", ".join(symbols) if len(symbols) <= SYMBOLS_NAMED else f"{len(symbols)} symbols"
    when = "" if stretch.day is None else f", {stretch.day}"
    trades = _trades(stretch)
    return contents_of(
        record,
        title=f"{record['class']} on {shown} {record['timeframe']}{when}",
        mode=mode,
        timestamp=np.array([one.stamp for one in stretch.points], dtype=np.int64),
        session=sessions_of(stretch.found.setup, stretch.points),
        returns_per_year=float(max(one.instrument.periods_per_year for one in stretch.found.setup.symbols)),
        equity=np.array([float(one.equity) for one in stretch.points]),
        cash=np.array([float(one.cash) for one in stretch.points]),
        on_margin=None,
        benchmark=None,
        benchmark_name="",
        indicators=(),
        levels={},
        splits={},
        bars=stretch.bars,
        trades=[trade for trade, _ in trades],
        trade_bars=[places for _, places in trades],
        fills=[_fill(one) for one in stretch.fills],
        stats=stretch.stats(),
        warnings=warnings,
    )


def _trades(stretch: Stretch) -> list[tuple[Trade, tuple[int, int]]]:
    """Its trades with their bars, by index among those that came in it; one that was entered before has the first."""
    found, bars = stretch.found, stretch.bars
    instruments = {one.symbol: one.instrument for one in found.setup.symbols}
    skipped = {symbol: _skipped(found.given[symbol].bars(), bars[symbol]) for symbol in bars}
    return [
        (trade, _within(places, skipped[trade.symbol], len(bars[trade.symbol])))
        for trade, places in report_trades(stretch.trades, found.given, instruments, found.at_close)
    ]


def _skipped(every: Bars, some: Bars) -> int:
    """How many there are before some of them."""
    return int(np.searchsorted(every.timestamp, some.timestamp[0])) if len(some) else 0


def _within(places: tuple[int, int], skipped: int, count: int) -> tuple[int, int]:
    first, last = (min(max(place - skipped, 0), max(count - 1, 0)) for place in places)
    return first, last


def _fill(fill: LiveFill) -> ReportFill:
    return ReportFill(
        order_id=fill.order_id,
        symbol=fill.symbol,
        side=str(fill.side),
        quantity=fill.quantity,
        price=fill.price,
        commission=fill.commission,
        slippage=fill.slippage,
        time=instant_of(fill.filled_at),
    )
