"""The numbers of a page: a finished run boiled down to what a browser draws at once, as plain JSON values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.gravity import FATAL, gravest_first
from weaver.greta.report.contents import Contents
from weaver.greta.report.labels import GROUPS
from weaver.greta.report.months import monthly_returns
from weaver.greta.report.sampling import candles, extreme_rows
from weaver.greta.results.drawdown import drawdown
from weaver.greta.results.trades import DelistedTrade, Trade
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe

CURVE_POINTS_MAX = 4_000
CANDLES_MAX = 6_000
"""Of one symbol."""
CANDLES_MAX_IN_ALL = 30_000
CHARTS_MAX = 24
TRADES_MAX = 10_000

Json = None | bool | int | float | str | Sequence["Json"] | dict[str, "Json"]

_NANOSECONDS = 1_000_000_000


def payload(contents: Contents) -> dict[str, Json]:
    """Everything on the page, keyed as `assets/report.js` reads it."""
    trades = _kept(contents.trades)
    charted = _charted(contents)
    return {
        "title": contents.title,
        "strategy": contents.strategy,
        "parameters": [[name, _text(value)] for name, value in contents.parameters.items()],
        "symbols": list(contents.symbols),
        "timeframe": contents.timeframe,
        "daily": Timeframe.parse(contents.timeframe).is_daily,
        "currency": contents.quote_currency,
        "costs": contents.costs,
        "provenance": [[label, value] for label, value in contents.provenance.items()],
        "warnings": [[code, message] for code, message in gravest_first(contents.warnings)],
        "fatal": list(FATAL),
        "stats": dict(contents.stats),
        "groups": [[name, [asdict(label) for label in labels]] for name, labels in GROUPS.items()],
        "curve": _curve(contents),
        "months": [asdict(year) for year in monthly_returns(contents.timestamp, contents.equity, _initial(contents))],
        "charts": {symbol: _chart(contents.bars[symbol], len(charted)) for symbol in charted},
        "trades": _trades(contents, trades, charted),
        "fills": contents.fills,
    }


def _initial(contents: Contents) -> float:
    initial = contents.stats.get("initial_equity")
    return float(contents.equity[0]) if initial is None else float(initial)


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _curve(contents: Contents) -> dict[str, Json]:
    """Equity, benchmark and drawdown on one set of rows; drawdown is taken before rows are left out."""
    fall = drawdown(contents.equity, _initial(contents))
    columns = [contents.equity, fall, *([] if contents.benchmark is None else [contents.benchmark])]
    seconds = contents.timestamp // _NANOSECONDS
    rows = extreme_rows(columns, CURVE_POINTS_MAX)
    rows = rows[np.append(np.diff(seconds[rows]) > 0, True)]  # a chart wants one point per second at most
    return {
        "rows": len(seconds),
        "first": int(seconds[0]),
        "last": int(seconds[-1]),
        "time": _differences(seconds[rows]),
        "equity": _rounded(contents.equity[rows], 10),
        "benchmark": None if contents.benchmark is None else _rounded(contents.benchmark[rows], 10),
        "drawdown": _rounded(fall[rows], 6),
    }


def _charted(contents: Contents) -> list[str]:
    """The symbols that get candles: all if few, else those that traded most, in the run's order."""
    with_bars = [symbol for symbol in contents.symbols if symbol in contents.bars and len(contents.bars[symbol].close)]
    traded = Counter(trade.symbol for trade in contents.trades)
    chosen = set(sorted(with_bars, key=lambda symbol: -traded[symbol])[:CHARTS_MAX])
    return [symbol for symbol in with_bars if symbol in chosen]


def _chart(bars: Bars, chart_count: int) -> dict[str, Json]:
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


def _decimals(prices: NDArray[np.float64]) -> int:
    """How many decimals the prices are written with: as many as they use, within 2 and 8; of small ones 6 digits."""
    sample = prices[:: max(len(prices) // 200, 1)].tolist()
    highest = Decimal(max(sample))
    most = max(2, 6 - len(str(int(highest)))) if highest >= 1 else max(8, 5 - highest.adjusted())
    used = max(len(f"{price:.{most}f}".rstrip("0").partition(".")[2]) for price in sample)
    return min(max(used, 2), most)


def _kept(trades: Sequence[Trade]) -> list[int]:
    """Which trades the page carries: all if they fit, else those with the largest results, in order."""
    if len(trades) <= TRADES_MAX:
        return list(range(len(trades)))
    sizes = np.abs(np.array([float(trade.pnl) for trade in trades]))
    return sorted(np.argsort(-sizes, kind="stable")[:TRADES_MAX].tolist())


def _trades(contents: Contents, kept: list[int], charted: list[str]) -> dict[str, Json]:
    rows = [contents.trades[i] for i in kept]
    bars = [
        contents.trade_bars[i] if row.symbol in charted else (None, None) for i, row in zip(kept, rows, strict=True)
    ]
    return {
        "count": len(contents.trades),
        "number": [i + 1 for i in kept],
        "symbol": [row.symbol for row in rows],
        "side": [row.side for row in rows],
        "quantity": [f"{row.quantity:f}" for row in rows],
        "entry_time": [row.entry_time // _NANOSECONDS for row in rows],
        "entry_price": _amounts(row.entry_price for row in rows),
        "entry_bar": [entry for entry, _ in bars],
        "exit_time": [row.exit_time // _NANOSECONDS for row in rows],
        "exit_price": _amounts(row.exit_price for row in rows),
        "exit_bar": [left for _, left in bars],
        "delisted": [isinstance(row, DelistedTrade) for row in rows],
        "pnl": _amounts(row.pnl for row in rows),
        "return": _amounts(row.return_ for row in rows),
        "commission": _amounts(row.commission for row in rows),
        "bars": [row.bars for row in rows],
        "mae": _amounts(row.mae for row in rows),
        "mfe": _amounts(row.mfe for row in rows),
    }


def _amounts(values: Iterable[Decimal | float]) -> list[Json]:
    return [_significant(float(value), 10) for value in values]


def _differences(seconds: NDArray[np.int64]) -> list[Json]:
    """The first instant, then the steps: short to write."""
    return [int(step) for step in np.diff(seconds, prepend=0)]


def _rounded(values: NDArray[np.float64], digits: int) -> list[Json]:
    return [_significant(value, digits) for value in values.tolist()]


def _significant(value: float, digits: int) -> float | int | None:
    if not np.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if short.is_integer() else short
