"""The equity of a run at every tick, rebuilt from its fills and cash flows in one sweep over columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.engine import Engine
from weaver.greta.ledger import AT_CLOSE
from weaver.greta.prices import Prices
from weaver.model.corporate_actions import Delisting, Dividend, Split

Floats = NDArray[np.float64]


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
    benchmark: Floats
    """What the initial cash would be, spread equally over the run's symbols at their first closes and held."""


def curve_of(engine: Engine) -> Curve:
    """Equity, cash and benchmark of a finished run."""
    first, last = engine.first, engine.last
    count = last - first + 1
    cash = _cash(engine, first, count)
    equity, exposed, benchmark = cash.copy(), np.zeros(count, dtype=np.bool_), np.zeros(count)
    share = float(engine.setup.rules.cash) / len(engine.prices)
    stamps, sessions = _labels(engine, first, last)
    for prices in engine.prices.values():
        positions = _newest_bars(prices, first, last)
        close = np.where(positions >= 0, prices.listing.bars.close[np.maximum(positions, 0)], 0.0)
        held = _held(engine, prices, first, count)
        if held is not None:
            equity += held * close
            exposed |= held != 0
        benchmark += _hold(prices, positions, close, share, first)
    return Curve(
        timestamp=stamps, session=sessions, equity=equity, cash=cash, exposed=exposed, benchmark=benchmark
    )


def _tick_of_fill(engine: Engine, bar: int, place: int, prices: Prices) -> int:
    return engine.last if place == AT_CLOSE else prices.tick_of(bar)


def _cash(engine: Engine, first: int, count: int) -> Floats:
    """Cash after each tick: what the newest fill or flow left."""
    ledger = engine.ledger
    events = [
        (_tick_of_fill(engine, row.bar, row.place, engine.prices[row.order.symbol]), row.cash) for row in ledger.fills
    ] if len(engine.prices) > 1 or engine.setup.close_at_end else _cash_of_one(engine)
    if ledger.flows:
        flows = [(flow.fills_before, flow.tick, flow.cash) for flow in ledger.flows]
        merged = [(k + 1, *event) for k, event in enumerate(events)] + flows
        merged.sort(key=lambda row: (row[1], row[0]))
        events = [(tick, cash) for _, tick, cash in merged]
    start = engine.setup.rules.cash_units / 1e8
    if not events:
        return np.full(count, start)
    ticks = np.array([tick for tick, _ in events], dtype=np.int64) - first
    levels = np.array([start, *(cash / 1e8 for _, cash in events)])
    return _steps(ticks, levels, count)


def _cash_of_one(engine: Engine) -> list[tuple[int, int]]:
    prices = next(iter(engine.prices.values()))
    if prices.tick_of_bar is None:
        return [(row[5], row[8]) for row in engine.ledger.fills]
    return [(prices.tick_of(row.bar), row.cash) for row in engine.ledger.fills]


def _steps(ticks: NDArray[np.int64], levels: Floats, count: int) -> Floats:
    """`levels[0]`, and from tick `ticks[k]` on `levels[k + 1]`; later entries of one tick win."""
    lengths = np.diff(np.concatenate([[0], ticks, [count]]))
    return np.repeat(levels, lengths)


def _held(engine: Engine, prices: Prices, first: int, count: int) -> Floats | None:
    """Units held after each tick, or None if never any."""
    ledger, symbol = engine.ledger, prices.symbol
    one = float(prices.scale.quantity_one)
    fills = (
        [(k, row) for k, row in enumerate(ledger.fills) if row.order.symbol == symbol]
        if len(engine.prices) > 1
        else list(enumerate(ledger.fills))
    )
    if not fills:
        return None
    flows = [flow for flow in ledger.flows if flow.symbol == symbol and flow.kind != "dividend"]
    if not flows:
        ticks = [_tick_of_fill(engine, row[5], row[6], prices) for _, row in fills]
        levels = np.concatenate([[0], np.cumsum(np.array([row[1] for _, row in fills], dtype=np.float64))]) / one
        return _steps(np.array(ticks, dtype=np.int64) - first, levels, count)
    return _held_through_flows(engine, prices, fills, flows, first, count)  # type: ignore[arg-type]


def _held_through_flows(engine, prices, fills, flows, first, count):  # type: ignore[no-untyped-def]
    events = [(_tick_of_fill(engine, row.bar, row.place, prices), k + 1, row.units, False) for k, row in fills]
    events += [(flow.tick, flow.fills_before, flow.units, True) for flow in flows]
    events.sort(key=lambda event: (event[0], event[1]))
    held, levels = 0, [0]
    for _, _, units, is_level in events:
        held = units if is_level else held + units
        levels.append(held)
    ticks = np.array([event[0] for event in events], dtype=np.int64) - first
    return _steps(ticks, np.array(levels, dtype=np.float64) / prices.scale.quantity_one, count)


def _newest_bars(prices: Prices, first: int, last: int) -> NDArray[np.int64]:
    """The index of the newest bar at each tick, −1 before the first."""
    if prices.tick_of_bar is None:
        return np.arange(first, last + 1)
    return np.searchsorted(prices.tick_of_bar, np.arange(first, last + 1), side="right") - 1


def _labels(engine: Engine, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
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


def _hold(prices: Prices, positions: NDArray[np.int64], close: Floats, share: float, first: int) -> Floats:
    """`share` of cash put into a symbol at its first close of the run, and held through splits, dividends and delisting."""
    seen = np.flatnonzero(positions >= 0)
    fresh = seen[0] if len(seen) else len(positions)
    if first + fresh > 0 and len(seen) and prices.tick_of(int(positions[fresh])) < first:
        fresh = max(int(fresh), 0)
    value = np.full(len(positions), share)
    if fresh >= len(positions) or close[fresh] <= 0:
        return value
    factor, income = np.ones(len(positions)), np.zeros(len(positions))
    for action in sorted(prices.listing.actions, key=lambda action: action.ex_date):
        day = int((np.datetime64(action.ex_date, "D") - np.datetime64(0, "D")).astype(int))
        bar = int(np.searchsorted(prices.sessions, day))
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
    quantity = share / close[fresh]
    value[fresh:] = quantity * (close * factor + income)[fresh:]
    return value
