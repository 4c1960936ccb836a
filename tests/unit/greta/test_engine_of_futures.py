"""Futures: the example of greta.md by plain arithmetic, and what bounds how many contracts are held."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

import weaver
from weaver.greta.result import BacktestResult
from weaver.marvin.strategy import Strategy
from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Split

MULTIPLIER, MARGIN, MAINTENANCE, COMMISSION = 50, 1_000, 900, 2
CONTRACT: dict[str, Any] = {
    "asset": "future", "multiplier": MULTIPLIER, "margin": f"{MARGIN}/{MAINTENANCE}", "cash": 10_000,
    "costs": {"commission_per_share": COMMISSION}, "lookahead_check": False,
}  # fmt: skip


def days(*prices: tuple[float, float]) -> pd.DataFrame:
    """Daily bars with these opens and closes, from Tuesday, 2 January 2024, on."""
    frame = pd.DataFrame(prices, columns=["open", "close"], index=pd.bdate_range("2024-01-02", periods=len(prices)))
    frame["high"], frame["low"], frame["volume"] = frame.max(axis=1), frame.min(axis=1), 1_000
    return frame


EXAMPLE = days((100, 100), (101, 103), (99, 98), (99, 97))


def run(
    frame: pd.DataFrame, todo: dict[int, Any], **options: Any
) -> tuple[BacktestResult, list[tuple[Decimal, Decimal, Decimal]]]:
    """A run that does at some bars, by number from 1, what is given; and cash, equity and value as it saw them."""
    told: list[tuple[Decimal, Decimal, Decimal]] = []

    class Doing(Strategy):
        def on_bar(self, bar: object) -> None:
            told.append((self.cash, self.equity, self.position("ESM4").market_value))
            if len(told) in todo:
                todo[len(told)](self)

    return weaver.backtest(Doing, {"ESM4": frame}, **{**CONTRACT, **options}), told


def test_example_of_the_page_by_plain_arithmetic() -> None:
    result, told = run(EXAMPLE, {1: lambda one: one.buy("ESM4", 4), 3: lambda one: one.sell("ESM4", 4)})
    fee = 4 * COMMISSION
    first = 10_000 - fee + 4 * MULTIPLIER * (103 - 101)
    second = first + 4 * MULTIPLIER * (98 - 103)
    last = second + 4 * MULTIPLIER * (99 - 98) - fee
    assert (first, second, last) == (10_392, 9_392, 9_584)
    assert [cash for cash, _, _ in told] == [10_000, first, second, last]
    assert [equity for _, equity, _ in told] == [10_000, first, second, last]
    assert [value for _, _, value in told] == [0, 4 * MULTIPLIER * 103, 4 * MULTIPLIER * 98, 0]
    (trade,) = result.trades
    pnl = 4 * MULTIPLIER * (99 - 101) - 2 * fee
    assert (trade.pnl, trade.commission) == (pnl, 2 * fee)
    assert trade.return_ == pytest.approx(pnl / (4 * MULTIPLIER * 101))
    assert result.stats["final_equity"] == last
    assert result.stats["max_drawdown"] == pytest.approx(second / first - 1)


def test_targets_are_of_the_notional_and_bounded_by_the_margin() -> None:
    for percent in (1.0, 4.0):
        result, told = run(
            days((100, 100), (103, 103), (103, 103)), {1: lambda one, p=percent: one.order_target_percent("ESM4", p)}
        )
        wanted = int(percent * 10_000 / (100 * MULTIPLIER))
        assert result.fills[0].quantity == wanted
        assert told[1][0] == 10_000 - wanted * COMMISSION
    result, _ = run(days((100, 100), (100, 100)), {1: lambda one: one.order_target_percent("ESM4", 6)})
    # 12 contracts would be six times the equity; 9 tie up 9,000 and cost 18, 10 would tie up all and cost 20.
    assert (result.fills[0].quantity, result.fills[0].notes) == (9, ("resized",))


def test_explicit_quantity_beyond_the_margin_is_rejected() -> None:
    result, _ = run(days((100, 100), (100, 100)), {1: lambda one: one.buy("ESM4", 10)})
    (order,) = result.orders
    assert str(order.status) == "rejected"
    assert "10,000.00 of free cash does not cover its margin of 10,000.00 with its costs" in order.reason


def test_equity_under_the_maintenance_margin_closes_all() -> None:
    """9 contracts need 8,100: at 95.5 there are 10,000 − 18 − 9 × 50 × 4.5 = 7,957, and they are sold at 90."""
    frame = days((100, 100), (100, 96), (96, 95.5), (90, 90), (90, 90))
    result, told = run(frame, {1: lambda one: one.buy("ESM4", 9)})
    assert [cash for cash, _, _ in told] == [10_000, 8_182, 7_957, 10_000 - 36 - 9 * 50 * 10, 5_464]
    assert [(fill.quantity, fill.price) for fill in result.fills] == [(9, 100), (9, 90)]
    assert "liquidated" in {warning.code for warning in result.warnings}


def test_short_future_borrows_nothing() -> None:
    """Sold at 101, bought back at 99; no interest is missing, as no cash and no shares were borrowed."""
    result, told = run(
        EXAMPLE,
        {1: lambda one: one.sell("ESM4", 4), 3: lambda one: one.buy("ESM4", 4)},
        account="margin",
        shorting=True,
    )
    assert [cash for cash, _, _ in told] == [10_000, 10_000 - 8 - 400, 10_000 - 8 + 600, 10_000 - 16 + 400]
    assert "free_financing" not in {warning.code for warning in result.warnings}


def test_multiplier_alone_is_paid_for() -> None:
    result, told = run(EXAMPLE, {1: lambda one: one.buy("ESM4", 1)}, margin=None)
    assert told[1] == (10_000 - 101 * MULTIPLIER - 2, 10_000 + 2 * MULTIPLIER - 2, 103 * MULTIPLIER)
    assert result.stats["final_equity"] == 10_000 - 2 + (97 - 101) * MULTIPLIER


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"multiplier": 0}, "multiplier must be above 0, not 0"),
        ({"asset": "stock"}, "multiplier is a future's, and ESM4 is stock"),
        ({"margin": "900/1000"}, r"the maintenance margin \(1000\) is more than the margin \(900\)"),
        ({"multiplier": {"NQM4": 20}}, r"multiplier of NQM4: not a symbol of this run \(ESM4\)"),
        ({"multiplier": "0.123456789"}, "multiplier has at most 8 decimals"),
        ({"actions": {"ESM4": [Split(ex_date=pd.Timestamp("2024-01-03").date(), ratio="2")]}},
         "splits, dividends and delistings are a share's"),
    ],
)  # fmt: skip
def test_what_no_contract_has_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        run(EXAMPLE, {}, **options)
