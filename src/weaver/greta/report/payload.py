"""The numbers of a page: a finished run boiled down to what a browser draws at once, as plain JSON values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from math import prod

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.gravity import FATAL, gravest_first
from weaver.greta.report.charts import charted, charts
from weaver.greta.report.contents import Contents
from weaver.greta.report.figures.buckets import by_duration, by_hour, by_weekday, spread_of
from weaver.greta.report.figures.by_symbol import by_symbol
from weaver.greta.report.figures.falls import Fall, deepest_falls
from weaver.greta.report.figures.months import monthly_returns
from weaver.greta.report.figures.rolling import rolling, window_of
from weaver.greta.report.plain_json import Json, differences, rounded
from weaver.greta.report.sampling import extreme_rows, means_of
from weaver.greta.results.drawdown import drawdown
from weaver.greta.results.statistics import session_bounds, session_returns
from weaver.greta.results.trades import DelistedTrade, Trade
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.money import plain

CURVE_POINTS_MAX = 4_000
ROLLING_POINTS_MAX = 1_500
WORK_MEANS = 400
"""So many, of rows that are too many to be drawn one by one."""
TRADES_MAX = 10_000
FILLS_MAX = 20_000
FALLS_SHOWN = 5
BEHIND = ("charts", "trades", "fills")
"""What is long: the page reads it when its first screen is painted, from an element of its own after the script."""

_NANOSECONDS = 1_000_000_000


def payload(contents: Contents) -> dict[str, Json]:
    """Everything on the page, keyed as `haro/src/report/data.ts` reads it."""
    months = monthly_returns(contents.timestamp, contents.equity, _initial(contents))
    rows = _curve_rows(contents)
    return {
        "title": contents.title,
        "mode": contents.mode,
        "strategy": contents.strategy,
        "parameters": [[name, _text(value)] for name, value in contents.parameters.items()],
        "symbols": list(contents.symbols),
        "timeframe": contents.timeframe,
        "isDaily": _is_daily(contents),
        "zone": contents.zone,
        "currency": contents.quote_currency,
        "costs": [[name, value] for name, value in contents.costs.items()],
        "provenance": [[label, value] for label, value in contents.provenance.items()],
        "source": contents.source,
        "warnings": [
            {"code": code, "message": message, "isFatal": code in FATAL}
            for code, message in gravest_first(contents.warnings)
        ],
        "stats": dict(contents.stats),
        "benchmark": contents.benchmark_name,
        "curve": _curve(contents, rows),
        "work": _work(contents, rows),
        "months": [asdict(year) for year in months],
        "bySymbol": [
            {**asdict(one), "pnl": plain(one.pnl), "commission": plain(one.commission)}
            for one in by_symbol(contents.symbols, contents.trades)
        ],
        "drawdowns": _drawdowns(contents),
        **_returns(contents),
        **_buckets(contents),
        "charts": charts(contents),
        "trades": _trades(contents),
        "fills": _fills(contents),
    }


def _is_daily(contents: Contents) -> bool:
    return Timeframe.parse(contents.timeframe).is_daily


def _initial(contents: Contents) -> float:
    initial = contents.stats.get("initial_equity")
    return float(contents.equity[0]) if initial is None else float(initial)


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _curve_rows(contents: Contents) -> NDArray[np.intp]:
    """Rows that are drawn: the extremes of equity, drawdown, cash and benchmark are among them."""
    fall = drawdown(contents.equity, _initial(contents))
    benchmark = contents.benchmark
    columns = [contents.equity, fall, contents.cash, *([] if benchmark is None else [benchmark])]
    rows = extreme_rows(columns, CURVE_POINTS_MAX)
    seconds = contents.timestamp[rows] // _NANOSECONDS
    some: NDArray[np.intp] = rows[np.append(np.diff(seconds) > 0, True)]  # a chart wants one point a second at most
    return some


def _curve(contents: Contents, rows: NDArray[np.intp]) -> dict[str, Json]:
    """Equity, cash and benchmark on one set of rows."""
    benchmark, seconds = contents.benchmark, contents.timestamp // _NANOSECONDS
    return {
        "rows": len(seconds),
        "first": int(seconds[0]),
        "last": int(seconds[-1]),
        "time": differences(seconds[rows]),
        "equity": rounded(contents.equity[rows], 13),
        "cash": rounded(contents.cash[rows], 13),
        "benchmark": None if benchmark is None else rounded(benchmark[rows], 13),
    }


def _work(contents: Contents, rows: NDArray[np.intp]) -> dict[str, Json]:
    """What was at work: the share of equity in positions, their value and the cash, as means of so many rows `each`:
    the extremes of what goes in and out all the time would be a block. Each stands at the last drawn row of its own."""
    held = contents.equity - contents.cash
    if contents.on_margin is not None:
        held = held + contents.on_margin
    share = np.divide(held, contents.equity, out=np.full(len(held), np.nan), where=contents.equity > 0)
    each = 1 if len(held) <= CURVE_POINTS_MAX else -(-len(held) // WORK_MEANS)
    ends = np.minimum(np.arange(1, -(-len(held) // each) + 1) * each, len(held)) - 1
    places = rows[np.searchsorted(rows, ends, side="right") - 1]
    some = np.append(np.diff(places) > 0, True)
    stamps = contents.timestamp[places[some]] // _NANOSECONDS
    means = (means_of(column, each)[some] for column in (share, held, contents.cash))
    exposure, value, cash = (rounded(column, 6) for column in means)
    return {"each": each, "time": differences(stamps), "exposure": exposure, "held": value, "cash": cash}


def _drawdowns(contents: Contents) -> list[Json]:
    falls = deepest_falls(contents.session, contents.equity, _initial(contents), FALLS_SHOWN)
    return [_drawdown(fall, contents.timestamp // _NANOSECONDS) for fall in falls]


def _drawdown(fall: Fall, seconds: NDArray[np.int64]) -> Json:
    end = None if fall.end is None else int(seconds[fall.end])
    start, bottom = int(seconds[max(fall.start, 0)]), int(seconds[fall.bottom])
    return {"start": start, "bottom": bottom, "end": end, "depth": fall.depth, "days": fall.days}


def _returns(contents: Contents) -> dict[str, Json]:
    """How returns by session are spread, and Sharpe and beta over a window of them; null for too few."""
    _, last = session_bounds(contents.session)
    returns = session_returns(contents.equity[last], _initial(contents))
    if returns is None:
        return {"returns": None, "rolling": None}
    held = None if contents.benchmark is None else contents.benchmark[last]
    market = None if held is None else session_returns(held, _initial(contents))
    spread: Json = {"bins": [asdict(one) for one in spread_of(returns)], "mean": float(returns.mean())}
    return {"returns": spread, "rolling": _rolling(contents, returns, market, contents.timestamp[last])}


def _rolling(
    contents: Contents, returns: NDArray[np.float64], market: NDArray[np.float64] | None, stamps: NDArray[np.int64]
) -> Json:
    window = window_of(len(returns), contents.returns_per_year)
    if window is None:
        return None
    found = rolling(returns, market, window=window, per_year=contents.returns_per_year)
    columns = [found.sharpe] if found.beta is None else [found.sharpe, found.beta]
    rows = extreme_rows(columns, ROLLING_POINTS_MAX)
    return {
        "sessions": window,
        "time": differences(stamps[window - 1 :][rows] // _NANOSECONDS),
        "sharpe": rounded(found.sharpe[rows], 6),
        "beta": [None] * len(rows) if found.beta is None else rounded(found.beta[rows], 6),
    }


def _buckets(contents: Contents) -> dict[str, Json]:
    entry = np.array([trade.entry_time for trade in contents.trades], dtype=np.int64)
    left = np.array([trade.exit_time for trade in contents.trades], dtype=np.int64)
    pnl = np.array([float(trade.pnl) for trade in contents.trades])
    entries = by_weekday(entry, pnl) if _is_daily(contents) else by_hour(entry, pnl, contents.zone)
    return {
        "durations": [asdict(one) for one in by_duration(entry, left, pnl)],
        "entries": [asdict(one) for one in entries],
    }


def _kept(trades: Sequence[Trade]) -> list[int]:
    """Which trades the page carries: all if they fit, else those with the largest results, in order."""
    if len(trades) <= TRADES_MAX:
        return list(range(len(trades)))
    sizes = np.abs(np.array([float(trade.pnl) for trade in trades]))
    return sorted(np.argsort(-sizes, kind="stable")[:TRADES_MAX].tolist())


def _trades(contents: Contents) -> dict[str, Json]:
    kept, drawn = _kept(contents.trades), set(charted(contents))
    rows = [contents.trades[i] for i in kept]
    bars = [contents.trade_bars[i] if row.symbol in drawn else (None, None) for i, row in zip(kept, rows, strict=True)]
    return {
        "count": len(contents.trades),
        "number": [i + 1 for i in kept],
        "symbol": [row.symbol for row in rows],
        "side": [row.side for row in rows],
        "quantity": _amounts(row.quantity for row in rows),
        "entry_time": [row.entry_time // _NANOSECONDS for row in rows],
        "entry_price": _amounts(row.entry_price for row in rows),
        "entry_bar": [entry for entry, _ in bars],
        "entry_drawn": [
            None if entry is None or left is None else _before_splits(row, entry, left, contents.splits)
            for row, (entry, left) in zip(rows, bars, strict=True)
        ],
        "exit_time": [row.exit_time // _NANOSECONDS for row in rows],
        "exit_price": _amounts(row.exit_price for row in rows),
        "exit_bar": [left for _, left in bars],
        "delisted": [isinstance(row, DelistedTrade) for row in rows],
        "pnl": _amounts(row.pnl for row in rows),
        "return": rounded(np.array([row.return_ for row in rows], dtype=np.float64), 10),
        "commission": _amounts(row.commission for row in rows),
        "bars": [row.bars for row in rows],
        "mae": rounded(np.array([row.mae for row in rows], dtype=np.float64), 10),
        "mfe": rounded(np.array([row.mfe for row in rows], dtype=np.float64), 10),
    }


def _before_splits(
    trade: Trade, entry: int, left: int, splits: Mapping[str, Sequence[tuple[int, Fraction]]]
) -> float | None:
    """What a trade's entry was made at on the bar of then; None: as it is told, without splits in between."""
    ratios = [ratio for bar, ratio in splits.get(trade.symbol, ()) if entry < bar <= left]
    return float(trade.entry_price) * float(prod(ratios)) if ratios else None


def _fills(contents: Contents) -> dict[str, Json]:
    rows = contents.fills[:FILLS_MAX]
    return {
        "count": len(contents.fills),
        "order_id": [row.order_id for row in rows],
        "symbol": [row.symbol for row in rows],
        "side": [row.side for row in rows],
        "quantity": _amounts(row.quantity for row in rows),
        "price": _amounts(row.price for row in rows),
        "commission": _amounts(row.commission for row in rows),
        "slippage": [None if row.slippage is None else plain(row.slippage) for row in rows],
        "timestamp": [row.time // _NANOSECONDS for row in rows],
    }


def _amounts(values: Iterable[Decimal]) -> list[Json]:
    """Decimal strings, as the record has them."""
    return [plain(value) for value in values]
