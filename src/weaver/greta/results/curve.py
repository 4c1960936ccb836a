"""The equity of a run at every tick, rebuilt from its fills and cash flows in one sweep over columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from operator import getitem
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.exact_sums import levels, quotients, whole
from weaver.greta.ledger.fill_columns import FillColumns, ticks_of
from weaver.greta.ledger.ledger import CashFlow
from weaver.greta.ledger.prices import Prices
from weaver.greta.results.buy_and_hold import Floats, Rows, added, benchmark, hold
from weaver.greta.results.equity.equity_rows import EquityRows, equity_rows
from weaver.model.listing import Listing
from weaver.model.numbers.money import CASH_ONE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One row for each stamp of the run's bars; see `EquityRows`."""

    timestamp: NDArray[np.int64]
    session: NDArray[np.int32]
    equity: Floats
    cash: Floats
    exposed: NDArray[np.bool_]
    """Whether anything was held."""
    on_margin: Floats | None
    """What futures that nothing was paid for were worth at the closes, which is no part of equity; None: none was
    held."""
    short: Floats | None
    """What was sold short of symbols whose shorts pay nothing, at the closes; None for an account without shorts."""
    benchmark_at: Callable[[Rows], Floats]
    """What the initial cash would be at some rows, spread equally over the symbols at their first closes and held; or
    all of it in another benchmark."""

    def __reduce__(self) -> tuple[Any, ...]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return partial(Curve, **{**values, "benchmark_at": partial(getitem, self.benchmark)}), ()

    @property
    def benchmark(self) -> Floats:
        """The same at every row."""
        return self.benchmark_at(slice(None))


def curve_of(run: FinishedRun, columns: FillColumns, against: Listing | None = None) -> Curve:
    """Equity, cash and benchmark of a finished run. `against`: a benchmark other than its own symbols."""
    rows = equity_rows(tuple(run.prices.values()), len(run.ticks), run.first, run.last)
    cash = _cash(run, columns, rows)
    equity, on_margin, exposed, parts = None, None, np.zeros(len(cash), dtype=np.bool_), []
    short = np.zeros(len(cash)) if run.rules.shorting else None
    share = float(run.rules.cash) / len(run.prices)
    for index, prices in enumerate(run.prices.values()):
        positions, close = _newest_closes(prices, rows)
        held = _held(run, columns, index, prices, rows)
        if held is not None:
            exposed |= held != 0
            held *= close
            if prices.scale.multiplier != 1:
                held *= float(prices.scale.multiplier)
            if prices.scale.margin is not None:
                cash += held  # nothing was paid for it, and what it has gained is cash
                on_margin = held if on_margin is None else np.add(on_margin, held, out=on_margin)
            else:
                if short is not None and not run.costs[prices.symbol].charges_shorts:
                    short -= np.minimum(held, 0.0)
                equity = held if equity is None else np.add(equity, held, out=equity)
        parts.append(partial(hold, prices, rows, positions, close, share))
    equity = cash.copy() if equity is None else np.add(equity, cash, out=equity)
    return Curve(
        timestamp=rows.timestamp,
        session=rows.session,
        equity=equity,
        cash=cash,
        exposed=exposed,
        on_margin=on_margin,
        short=short,
        benchmark_at=partial(added, parts)
        if against is None
        else benchmark(against, rows, run.ticks[rows.ticks], float(run.rules.cash)),
    )


def _cash(run: FinishedRun, columns: FillColumns, rows: EquityRows) -> Floats:
    """Cash at each row: what the newest fill or flow left."""
    ticks = np.empty(len(columns), dtype=np.int64)
    for index, prices in enumerate(run.prices.values()):
        own = columns.of(index) if len(run.prices) > 1 else slice(None)
        ticks[own] = ticks_of(columns, own, prices, run.last)
    moves = -np.sign(columns.units) * columns.value - columns.commission
    flows = run.flows
    if flows:
        at, amounts = [flow.fills_before for flow in flows], whole([flow.amount for flow in flows])
        ticks = np.insert(ticks, at, [flow.tick for flow in flows])
        moves = np.insert(moves.astype(np.promote_types(moves.dtype, amounts.dtype)), at, amounts)
    return rows.sample(ticks, levels(run.rules.cash_units, moves, CASH_ONE))


def _held(run: FinishedRun, columns: FillColumns, index: int, prices: Prices, rows: EquityRows) -> Floats | None:
    """Units held at each row, or None if never any."""
    own = columns.of(index) if len(run.prices) > 1 else slice(None)
    signed = columns.units[own]
    if not len(signed):
        return None
    ticks = ticks_of(columns, own, prices, run.last)
    flows = [flow for flow in run.flows if flow.symbol == prices.symbol and flow.changes_holding]
    one = prices.scale.quantity_one
    if not flows:
        return rows.sample(ticks, levels(0, signed, one))
    ticks, units = _held_through(flows, columns.of(index), signed, ticks)
    return rows.sample(ticks, quotients(units, one))


def _held_through(
    flows: Sequence[CashFlow], rows: NDArray[np.int64], signed: NDArray[Any], ticks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The ticks at which a holding changed that splits and delistings set anew; nothing, and what each left."""
    events = [
        (row + 1.0, tick, units, False)
        for row, tick, units in zip(rows.tolist(), ticks.tolist(), signed.tolist(), strict=True)
    ]
    events += [(flow.fills_before + 0.5, flow.tick, flow.units, True) for flow in flows]
    events.sort(key=lambda event: event[0])
    held = [0]
    for _, _, units, is_level in events:
        held.append(units if is_level else held[-1] + units)
    return np.array([event[1] for event in events], dtype=np.int64), whole(held)


def _newest_closes(prices: Prices, rows: EquityRows) -> tuple[NDArray[np.int64] | None, Floats]:
    """The index of the newest bar at each row (−1 before the first; None: bar k at tick k), and its close (or 0)."""
    closes = prices.listing.bars.close
    if not prices.count:  # none of its bars lies within the run
        return np.full(len(rows.ticks), -1), np.zeros(len(rows.ticks))
    if prices.tick_of_bar is None:
        if rows.is_each_tick and len(rows.ticks):
            return None, closes[rows.ticks[0] : rows.ticks[-1] + 1]
        positions = np.minimum(rows.ticks, prices.count - 1)
    else:
        positions = np.searchsorted(prices.tick_of_bar, rows.ticks, side="right") - 1
    return positions, np.where(positions >= 0, closes[np.maximum(positions, 0)], 0.0)
