"""The report of a drift, put together of what is tested beside it."""

from decimal import Decimal
from typing import Any

from tests.unit.veda.parity.builders import MINUTE, START, TICKS, a_fill, an_account, an_order
from weaver.model.calendar.instants import instant_of
from weaver.veda.inputs import TickInputs
from weaver.veda.parity.bars import BarsFold
from weaver.veda.parity.compared import RunAccount
from weaver.veda.parity.drift import ORDERS_MAX, PRICES_MAX, DriftReport, drift_report


def report(live: RunAccount, backtest: RunAccount, **given: Any) -> DriftReport:
    fold = BarsFold()
    fold.take([TickInputs(number=number, time=instant_of(at)) for number, at in enumerate(TICKS, 1)])
    return drift_report(
        "run", at=START, start=START, live=live, backtest=backtest, bars=fold,
        **{"costs": {"AAPL": {}}, "stored": (), "notes": ("one",), **given},
    )  # fmt: skip


def test_two_runs_side_by_side() -> None:
    live = an_account(
        an_order(1, a_fill("buy", 10, "100.07")), an_order(2, a_fill("buy", 1, 90), tick=2),
        an_order(3, a_fill("buy", 3, "100.01"), tick=3),
    )  # fmt: skip
    backtest = an_account(
        an_order(1, a_fill("buy", 10, 100)), an_order(2, a_fill("buy", 2, 100), tick=3), an_order(3, tick=4)
    )
    found = report(live, backtest)
    orders = found.orders
    assert (orders.live, orders.backtest, orders.paired, orders.other_quantity) == (3, 3, 2, 1)
    assert [(one.order.number, one.pnl) for one in orders.only_live] == [(2, Decimal(10))]
    assert [(one.order.number, one.pnl) for one in orders.only_backtest] == [(3, Decimal(0))]
    assert [one.drift_bps for one in found.prices.listed] == [7.0, 1.0]
    drift, realised, assumed = found.prices.drift, found.prices.realised, found.prices.assumed
    assert drift is not None
    assert realised is not None
    assert assumed is not None
    assert (drift.mean, realised.mean, assumed.mean) == (4.0, 4.0, 0.0)
    assert found.drift_bps == drift.weighted_mean == 6.0  # (10 x 7 + 2 x 1) / 12
    assert (found.end, found.ticks, found.bars, found.notes) == (TICKS[-1], len(TICKS), 0, ("one",))
    assert sum(found.pnl.parts.values()) == live.pnl - backtest.pnl


def test_nothing_filled_has_no_drift() -> None:
    found = report(an_account(an_order(1)), an_account(an_order(1)))
    assert (found.drift_bps, found.prices.listed, found.prices.total) == (None, (), 0)


def test_long_lists_are_cut() -> None:
    count = PRICES_MAX + 500
    fills = [[a_fill("buy", 1, price, at=2) for _ in range(count)] for price in (101, 100)]
    live, backtest = (an_account(an_order(1, *some)) for some in fills)
    found = report(live, backtest)
    assert (len(found.prices.listed), found.prices.total) == (PRICES_MAX, count)
    alone = an_account(*(an_order(number) for number in range(1, ORDERS_MAX + 8)))
    found = report(alone, an_account())
    assert (len(found.orders.only_live), found.orders.only_live_total) == (ORDERS_MAX, ORDERS_MAX + 7)
    assert found.start + MINUTE == TICKS[0]
