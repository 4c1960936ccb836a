"""The numbers of a page: a finished run boiled down to what a browser draws at once, as plain JSON values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.gravity import FATAL, gravest_first
from weaver.greta.report.labels import GROUPS
from weaver.greta.report.months import monthly_returns
from weaver.greta.report.sampling import candles, extreme_rows
from weaver.greta.report.source import Amount, Floats, PriceColumns, ReportSource, TradeRow
from weaver.greta.results.drawdown import drawdown
from weaver.model.market.timeframe import Timeframe

CURVE_POINTS_MAX = 4_000
CANDLES_MAX = 6_000
"""Of one symbol."""
CANDLES_MAX_IN_ALL = 30_000
CHARTS_MAX = 24
TRADES_MAX = 10_000

Json = None | bool | int | float | str | Sequence["Json"] | dict[str, "Json"]

_NANOSECONDS = 1_000_000_000


def payload(source: ReportSource) -> dict[str, Json]:
    """Everything on the page, keyed as `assets/report.js` reads it."""
    trades = _kept(source.trades)
    charted = _charted(source)
    return {
        "title": source.title,
        "strategy": source.strategy,
        "parameters": [[name, _text(value)] for name, value in source.parameters.items()],
        "symbols": list(source.symbols),
        "timeframe": source.timeframe,
        "daily": Timeframe.parse(source.timeframe).is_daily,
        "currency": source.quote_currency,
        "costs": source.costs,
        "provenance": [[label, value] for label, value in source.provenance.items()],
        "warnings": [[code, message] for code, message in gravest_first(source.warnings)],
        "fatal": list(FATAL),
        "stats": dict(source.stats),
        "groups": [[name, [asdict(label) for label in labels]] for name, labels in GROUPS.items()],
        "curve": _curve(source),
        "months": [asdict(year) for year in monthly_returns(source.timestamp, source.equity, _initial(source))],
        "charts": {symbol: _chart(source.bars[symbol], len(charted)) for symbol in charted},
        "trades": _trades(source, trades, charted),
        "fills": len(source.fills),
    }


def _initial(source: ReportSource) -> float:
    initial = source.stats.get("initial_equity")
    return float(source.equity[0]) if initial is None else float(initial)


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _curve(source: ReportSource) -> dict[str, Json]:
    """Equity, benchmark and drawdown on one set of rows; drawdown is taken before rows are left out."""
    fall = drawdown(source.equity, _initial(source))
    columns = [source.equity, fall, *([] if source.benchmark is None else [source.benchmark])]
    seconds = source.timestamp // _NANOSECONDS
    rows = extreme_rows(columns, CURVE_POINTS_MAX)
    rows = rows[np.append(np.diff(seconds[rows]) > 0, True)]  # a chart wants one point per second at most
    return {
        "rows": len(seconds),
        "first": int(seconds[0]),
        "last": int(seconds[-1]),
        "time": _differences(seconds[rows]),
        "equity": _rounded(source.equity[rows], 10),
        "benchmark": None if source.benchmark is None else _rounded(source.benchmark[rows], 10),
        "drawdown": _rounded(fall[rows], 6),
    }


def _charted(source: ReportSource) -> list[str]:
    """The symbols that get candles: all if few, else those that traded most, in the run's order."""
    with_bars = [symbol for symbol in source.symbols if symbol in source.bars and len(source.bars[symbol].close)]
    traded = Counter(trade.symbol for trade in source.trades)
    chosen = set(sorted(with_bars, key=lambda symbol: -traded[symbol])[:CHARTS_MAX])
    return [symbol for symbol in with_bars if symbol in chosen]


def _chart(bars: PriceColumns, chart_count: int) -> dict[str, Json]:
    count_max = min(CANDLES_MAX, CANDLES_MAX_IN_ALL // chart_count)
    drawn = candles(
        timestamp=bars.timestamp,
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        volume=bars.volume,
        count_max=count_max,
    )
    return {
        "bars": len(bars.close),
        "factor": drawn.factor,
        "decimals": _decimals(bars.close),
        "time": _differences(drawn.timestamp // _NANOSECONDS),
        "open": _rounded(drawn.open, 8),
        "high": _rounded(drawn.high, 8),
        "low": _rounded(drawn.low, 8),
        "close": _rounded(drawn.close, 8),
        "volume": _rounded(drawn.volume, 5) if drawn.volume.any() else None,
    }


def _decimals(prices: Floats) -> int:
    """How many decimals the prices are written with: as many as they use, within 2 and 8; of small ones 6 digits."""
    sample = prices[:: max(len(prices) // 200, 1)].tolist()
    highest = Decimal(max(sample))
    most = max(2, 6 - len(str(int(highest)))) if highest >= 1 else max(8, 5 - highest.adjusted())
    used = max(len(f"{price:.{most}f}".rstrip("0").partition(".")[2]) for price in sample)
    return min(max(used, 2), most)


def _kept(trades: Sequence[TradeRow]) -> list[int]:
    """Which trades the page carries: all if they fit, else those with the largest results, in order."""
    if len(trades) <= TRADES_MAX:
        return list(range(len(trades)))
    sizes = np.abs(np.array([float(trade.pnl) for trade in trades]))
    return sorted(np.argsort(-sizes, kind="stable")[:TRADES_MAX].tolist())


def _trades(source: ReportSource, kept: list[int], charted: list[str]) -> dict[str, Json]:
    rows = [source.trades[i] for i in kept]
    bars = [source.trade_bars[i] if row.symbol in charted else (None, None) for i, row in zip(kept, rows, strict=True)]
    return {
        "count": len(source.trades),
        "number": [i + 1 for i in kept],
        "symbol": [row.symbol for row in rows],
        "side": [row.side for row in rows],
        "quantity": [_exact(row.quantity) for row in rows],
        "entry_time": [row.entry_time // _NANOSECONDS for row in rows],
        "entry_price": _amounts(row.entry_price for row in rows),
        "entry_bar": [entry for entry, _ in bars],
        "exit_time": [None if row.exit_time is None else row.exit_time // _NANOSECONDS for row in rows],
        "exit_price": _amounts(row.exit_price for row in rows),
        "exit_bar": [left for _, left in bars],
        "delisted": [i in source.delisted for i in kept],
        "pnl": _amounts(row.pnl for row in rows),
        "return": _amounts(row.return_ for row in rows),
        "commission": _amounts(row.commission for row in rows),
        "bars": [row.bars for row in rows],
        "mae": _amounts(row.mae for row in rows),
        "mfe": _amounts(row.mfe for row in rows),
    }


def _exact(quantity: Amount) -> str:
    return f"{quantity:f}" if not isinstance(quantity, float) else repr(quantity)


def _amounts(values: Iterable[Amount | None]) -> list[Json]:
    return [None if value is None else _significant(float(value), 10) for value in values]


def _differences(seconds: NDArray[np.int64]) -> list[Json]:
    """The first instant, then the steps: short to write."""
    return [int(step) for step in np.diff(seconds, prepend=0)]


def _rounded(values: Floats, digits: int) -> list[Json]:
    return [_significant(value, digits) for value in values.tolist()]


def _significant(value: float, digits: int) -> float | int | None:
    if not np.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if short.is_integer() else short
