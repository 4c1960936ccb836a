"""The equity of a run at every tick, rebuilt from its fills and cash flows in one sweep over columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from operator import getitem
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.engine import Engine
from weaver.greta.fill_columns import FillColumns, ticks_of
from weaver.greta.ledger import CashFlow
from weaver.greta.prices import Prices
from weaver.model.corporate_actions import Delisting, Dividend, Split, ex_day
from weaver.model.money import FITS

Floats = NDArray[np.float64]
Rows = NDArray[np.intp] | slice


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One row per tick of the run that carries a bar."""

    timestamp: NDArray[np.int64]
    """The stamp of the tick's bars (the earliest of them), ns."""
    session: NDArray[np.int32]
    """The session date of the tick, days since the epoch."""
    equity: Floats
    cash: Floats
    exposed: NDArray[np.bool_]
    """Whether anything was held."""
    benchmark_at: Callable[[Rows], Floats]
    """What the initial cash would be at some rows, spread equally over the symbols at their first closes and held."""

    def __reduce__(self) -> tuple[Any, ...]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return partial(Curve, **{**values, "benchmark_at": partial(getitem, self.benchmark)}), ()

    @property
    def benchmark(self) -> Floats:
        """The same at every row."""
        return self.benchmark_at(slice(None))


def curve_of(engine: Engine[Any], columns: FillColumns) -> Curve:
    """Equity, cash and benchmark of a finished run."""
    first, last = engine.first, engine.last
    count = last - first + 1
    cash = _cash(engine, columns, first, count)
    equity, exposed, parts = None, np.zeros(count, dtype=np.bool_), []
    share = float(engine.setup.rules.cash) / len(engine.prices)
    for index, prices in enumerate(engine.prices.values()):
        positions, close = _newest_closes(prices, first, last)
        held = _held(engine, columns, index, prices, first, count)
        if held is not None:
            exposed |= held != 0
            held *= close
            equity = held if equity is None else np.add(equity, held, out=equity)
        parts.append(partial(_hold, prices, first, positions, close, share))
    equity = cash.copy() if equity is None else np.add(equity, cash, out=equity)
    stamps, sessions = _labels(engine, first, last)
    return Curve(
        timestamp=stamps, session=sessions, equity=equity, cash=cash, exposed=exposed, benchmark_at=partial(_sum, parts)
    )


def _cash(engine: Engine[Any], columns: FillColumns, first: int, count: int) -> Floats:
    """Cash after each tick: what the newest fill or flow left."""
    ticks = np.empty(len(columns), dtype=np.int64)
    for index, prices in enumerate(engine.prices.values()):
        rows = columns.of(index) if len(engine.prices) > 1 else slice(None)
        ticks[rows] = ticks_of(columns, rows, prices, engine.last)
    moves = -np.sign(columns.units) * columns.value - columns.commission
    flows = engine.ledger.flows
    if flows:
        at = [flow.fills_before for flow in flows]
        ticks = np.insert(ticks, at, [flow.tick for flow in flows])
        moves = np.insert(moves, at, [flow.amount for flow in flows])
    start = engine.setup.rules.cash_units
    if start + np.abs(moves).sum(dtype=np.float64) >= FITS:
        moves = moves.astype(np.float64)
    levels = np.cumsum(np.concatenate([np.array([start], dtype=moves.dtype), moves])) / 1e8
    return _steps(ticks - first, levels, count)


def _steps(ticks: NDArray[np.int64], levels: Floats, count: int) -> Floats:
    """`levels[0]`, and from tick `ticks[k]` on `levels[k + 1]`; of several at one tick the last stands."""
    return np.repeat(levels, np.diff(ticks, prepend=0, append=count))


def _held(
    engine: Engine[Any], columns: FillColumns, index: int, prices: Prices, first: int, count: int
) -> Floats | None:
    """Units held after each tick, or None if never any."""
    rows = columns.of(index) if len(engine.prices) > 1 else slice(None)
    signed = columns.units[rows]
    if not len(signed):
        return None
    ticks = ticks_of(columns, rows, prices, engine.last)
    flows = [flow for flow in engine.ledger.flows if flow.symbol == prices.symbol and flow.kind != "dividend"]
    if flows:
        ticks, levels = _levels_with_flows(columns.of(index), signed, ticks, flows)
    else:
        levels = np.cumsum(signed)
    return _steps(ticks - first, np.concatenate([[0], levels]) / float(prices.scale.quantity_one), count)


def _levels_with_flows(
    rows: NDArray[np.int64], signed: NDArray[Any], ticks: NDArray[np.int64], flows: Sequence[CashFlow]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Ticks and levels of a holding that splits and delistings set anew."""
    events = [
        (row + 1.0, tick, units, False)
        for row, tick, units in zip(rows.tolist(), ticks.tolist(), signed.tolist(), strict=True)
    ]
    events += [(flow.fills_before + 0.5, flow.tick, flow.units, True) for flow in flows]
    events.sort(key=lambda event: event[0])
    held, levels = 0, []
    for _, _, units, is_level in events:
        held = units if is_level else held + units
        levels.append(held)
    return np.array([event[1] for event in events], dtype=np.int64), np.array(levels)


def _newest_closes(prices: Prices, first: int, last: int) -> tuple[NDArray[np.int64] | None, Floats]:
    """The index of the newest bar at each tick (−1 before the first; None: bar k at tick k), and its close (or 0)."""
    closes = prices.listing.bars.close
    if prices.tick_of_bar is None:
        return None, closes[first : last + 1]
    positions = np.searchsorted(prices.tick_of_bar, np.arange(first, last + 1), side="right") - 1
    return positions, np.where(positions >= 0, closes[np.maximum(positions, 0)], 0.0)


def _labels(engine: Engine[Any], first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Stamp and session date of each tick: the earliest stamp of its bars, and that bar's session."""
    one = next(iter(engine.prices.values()))
    if all(prices.tick_of_bar is None for prices in engine.prices.values()):
        part = slice(first, last + 1)
        return one.listing.bars.timestamp[part], one.sessions[part]
    stamps = engine.ticks.copy()
    sessions = np.full(len(stamps), -1, dtype=np.int32)
    for prices in engine.prices.values():
        ticks, starts = np.searchsorted(engine.ticks, prices.listing.bars.end), prices.listing.bars.timestamp
        earlier = starts < stamps[ticks]
        stamps[ticks[earlier]] = starts[earlier]
        sessions[ticks[earlier]] = prices.sessions[earlier]
    np.maximum.accumulate(sessions, out=sessions)
    return stamps[first : last + 1], sessions[first : last + 1]


def _sum(parts: Sequence[Callable[[Rows], Floats]], rows: Rows) -> Floats:
    total = parts[0](rows)
    for part in parts[1:]:
        total = total + part(rows)
    return total


def _hold(
    prices: Prices, first: int, positions: NDArray[np.int64] | None, close: Floats, share: float, rows: Rows
) -> Floats:
    """`share` of cash put into a symbol at its first close of the run, and held, whatever the company does."""
    if positions is None and not prices.listing.actions and close[0] > 0:
        value: Floats = close[rows] * (share / close[0])
        return value
    if positions is None:
        positions = np.arange(first, first + len(close))
    return _whole_hold(prices, positions, close, share)[rows]


def _whole_hold(prices: Prices, positions: NDArray[np.int64], close: Floats, share: float) -> Floats:
    """The same at every row."""
    fresh = int(np.argmax(positions >= 0)) if positions[-1] >= 0 else len(positions)
    value = np.full(len(positions), share)
    if fresh >= len(positions) or close[fresh] <= 0:
        return value
    quantity = share / close[fresh]
    if not prices.listing.actions:
        np.multiply(close[fresh:], quantity, out=value[fresh:])
        return value
    factor, income = np.ones(len(positions)), np.zeros(len(positions))
    for action in sorted(prices.listing.actions, key=lambda action: action.ex_date):
        bar = int(np.searchsorted(prices.sessions, ex_day(action)))
        at = int(np.searchsorted(positions, bar)) if bar < prices.count else len(positions)
        if at <= fresh or (at >= len(positions) and not isinstance(action, Delisting)):
            continue
        match action:
            case Split(ratio=ratio):
                factor[at:] *= float(ratio)
            case Dividend(amount=amount):
                income[at:] += float(amount) * factor[at - 1]
            case Delisting(value=paid):
                last = min(at, len(positions) - 1)
                income[last:] += float(paid) * factor[last - 1]
                factor[last:] = 0.0
    value[fresh:] = quantity * (close * factor + income)[fresh:]
    return value
