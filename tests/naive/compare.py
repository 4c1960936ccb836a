"""Whether Weaver and the naive engine agree on a scenario: fills, cash, equity, and how orders end.

All as exact decimals, but for the curves: of those cash is compared for equality, as the double next to the decimal,
and equity, a sum of doubles in Weaver, to half a unit of 1e-8 a symbol, which is how the account rounds a holding's
value, and the last bits of the doubles that are summed; at the last tick both are compared as decimals again.
"""

from decimal import Decimal
from itertools import zip_longest

import numpy as np

from tests.naive.bridge import run_weaver
from tests.naive.engine import run
from tests.naive.scenario import NaiveResult, Scenario
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_columns import fill_columns
from weaver.greta.results.curve import curve_of
from weaver.model.orders.execution import AT_OPEN

NOTES = frozenset({"resized", "both_touched", "close_at_end", "liquidation"})
TOLERANCES = {"cash": (0.0, 0.0), "equity": (1.6e-8, 2.0**-51)}
"""Of three symbols; and of the cash and the holdings of a row together."""


def disagreement(scenario: Scenario, *, by_signal: bool = False) -> str | None:
    """The first thing on which the two engines differ, or None."""
    return difference(run_weaver(scenario, by_signal=by_signal), run(scenario))


def difference(finished: FinishedRun, naive: NaiveResult) -> str | None:
    """The first thing on which two finished runs of one scenario differ, or None."""
    ours, theirs = _fills(finished), naive_fills(naive)
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one != other:
            return f"fill {number}:\n  weaver {one}\n  naive  {other}"
    if len(ours) != len(theirs):
        extra = ours[len(theirs) :] or theirs[len(ours) :]
        return f"weaver has {len(ours)} fills, naive {len(theirs)}; the first extra one: {extra[0]}"
    return _flows(finished, naive) or _curves(finished, naive) or _orders(finished, naive)


def _fills(finished: FinishedRun) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for row in finished.fills:
        prices = finished.prices[row.order.symbol]
        scale = prices.scale
        rows.append(
            (
                row.order.number,
                row.order.symbol,
                scale.quantity_decimal(row.units),
                scale.price_decimal(row.price),
                scale.price_decimal(row.slippage),
                Decimal(row.commission).scaleb(-8),
                prices.starts[row.bar],
                prices.opens[row.bar] if row.place == AT_OPEN else prices.ends[row.bar],
                frozenset(row.notes) | ({"liquidation"} if row.order.number in finished.liquidations else frozenset()),
            )
        )
    return rows


def naive_fills(result: NaiveResult) -> list[tuple[object, ...]]:
    return [
        (
            fill.ordinal,
            fill.symbol,
            fill.quantity if fill.side == "buy" else -fill.quantity,
            fill.price,
            fill.slippage,
            fill.commission,
            fill.bar_start,
            fill.timestamp,
            fill.notes & NOTES,
        )
        for fill in result.fills
    ]


def _flows(finished: FinishedRun, naive: NaiveResult) -> str | None:
    """Those that moved cash; of one tick in the order of their symbols and kinds, which are booked at once."""
    ours = [
        (int(finished.ticks[flow.tick]), flow.symbol, flow.kind, Decimal(flow.amount).scaleb(-8))
        for flow in finished.flows
        if flow.amount
    ]
    theirs = [(flow.timestamp, flow.symbol, flow.kind, flow.amount) for flow in naive.cash_flows]
    for one, other in zip_longest(sorted(ours), sorted(theirs)):
        if one != other:
            return f"cash flow:\n  weaver {one}\n  naive  {other}"
    return None


def _curves(finished: FinishedRun, naive: NaiveResult) -> str | None:
    curve = curve_of(finished, fill_columns(finished.fills, finished.prices))
    for name, ours, theirs in (
        ("cash", curve.cash, naive.cash_by_tick),
        ("equity", curve.equity, naive.equity_by_tick),
    ):
        expected = np.array([float(theirs[tick]) for tick in naive.rows])
        if len(ours) != len(expected):
            return f"weaver has {len(ours)} rows of {name}, naive {len(expected)}"
        is_added_up = name == "equity" or any(prices.scale.margin is not None for prices in finished.prices.values())
        fixed, relative = TOLERANCES["equity" if is_added_up else "cash"]
        gross = np.abs(curve.cash) + np.abs(expected - curve.cash)
        wrong = np.flatnonzero(~(np.abs(ours - expected) <= fixed + relative * gross))
        if len(wrong):
            return f"{name} at row {wrong[0]}: weaver {ours[wrong[0]]}, naive {expected[wrong[0]]}"
    newest = {symbol: prices.newest_at(finished.last) for symbol, prices in finished.prices.items()}
    worth = {
        symbol: finished.prices[symbol].value(newest[symbol], units) for symbol, units in finished.held.items() if units
    }
    settled = [value for symbol, value in worth.items() if finished.prices[symbol].scale.margin is not None]
    cash, equity = finished.cash + sum(settled), finished.cash + sum(worth.values())
    final = tuple(Decimal(units).scaleb(-8) for units in (cash, equity))
    if final != (naive.cash_by_tick[-1], naive.equity_by_tick[-1]):
        return f"final cash and equity: weaver {final}, naive {naive.cash_by_tick[-1]}, {naive.equity_by_tick[-1]}"
    return None


def _orders(finished: FinishedRun, naive: NaiveResult) -> str | None:
    if len(finished.orders) != len(naive.orders):
        return f"weaver has {len(finished.orders)} orders, naive {len(naive.orders)}"
    for order in finished.orders:
        status = "accepted" if str(order.status) == "pending" and not order.waiting else str(order.status)
        expected = naive.orders[order.number]
        if status != expected.status:
            ours, theirs = f"{status} ({order.reason})", f"{expected.status} ({expected.reason})"
            return f"order {order.number}: weaver {ours}, naive {theirs}"
    return None
