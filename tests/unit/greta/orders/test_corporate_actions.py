"""Splits whose ratios are no finite decimals, through a whole run: no share is lost, and the record runs again."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import weaver
from tests.acceptance.command import csv, days
from weaver import Strategy
from weaver.model.market.corporate_actions import Split
from weaver.research import run
from weaver.research.inputs import store
from weaver.research.reproduce import plan_again
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.corporate_actions_file import read_corporate_actions

STAMPS = pd.bdate_range("2021-03-01", periods=6)


class BuyOnce(Strategy):
    """Buys at the first close, with a stop far under."""

    quantity: int = 1000

    def on_start(self) -> None:
        self.done = False

    def on_bar(self, bar: Any) -> None:
        if not self.done:
            self.done = True
            self.buy(bar.symbol, self.quantity)


def held_after(actions: Any, *, quantity: int, factor: float) -> tuple[str, list[str]]:
    """What a holding has become, and what was paid for fractions of it; the price moves by `factor`."""
    closes = [10.0] * 3 + [10.0 * factor] * 3
    bars = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": 1e9}, STAMPS)
    result = weaver.backtest(
        BuyOnce, {"X": bars}, params={"quantity": quantity}, asset="stock", costs="none", cash=10**7,
        actions={"X": actions}, lookahead_check=False,
    )  # fmt: skip
    return f"{result.positions['X']:f}", [str(flow.amount) for flow in result.cash_flows if flow.amount]


@pytest.mark.parametrize(
    ("written", "old", "new"),
    [
        ("1/3", 3000, 1000), ("1:3", 3000, 1000), ("0.3333333333333333", 3000, 1000), ("0.333333", 3000, 1000),
        ("1/7", 7000, 1000), ("0.14285714285714285", 7000, 1000), ("0.0666666666666667", 15_000, 1000),
        ("3:2", 1000, 1500), ("2/3", 999, 666), ("0.666667", 999, 666), ("1231:1000", 1000, 1231),
        ("1.231", 1000, 1231), ("7:3", 300, 700), ("1-for-25", 25, 1), ("0.08333333", 12_000, 1000),
    ],
)  # fmt: skip
def test_no_share_is_lost(tmp_path: Path, written: str, old: int, new: int) -> None:
    path = tmp_path / "X.csv"
    path.write_text(f"ex_date,type,value\n2021-03-04,split,{written}\n")
    split = Split(ex_date=STAMPS[3].date(), ratio=written)
    assert read_corporate_actions(path) == (split,) == (Split(ex_date=STAMPS[3].date(), ratio=Fraction(new, old)),)
    for actions in (path, [split]):
        assert held_after(actions, quantity=old, factor=old / new) == (str(new), [])


def test_fraction_of_a_share_is_paid_at_the_new_price() -> None:
    """100 shares, 1 for 3: 33 are left, and a third of a share at 10 ÷ 1/3 = 30 is 10."""
    split = Split(ex_date=STAMPS[3].date(), ratio="1:3")
    assert held_after([split], quantity=100, factor=3.0) == ("33", ["10.00000000"])


def test_run_with_such_a_split_runs_again_from_store_and_record(tmp_path: Path, weaver_home: Path) -> None:
    path = tmp_path / "ABC_1d.csv"
    path.write_text(csv(days(60)))
    read = read_bars(path)
    ex_date = pd.Timestamp(int(read.bars.timestamp[30])).date()
    store().write(read.bars, read.instrument, [Split(ex_date=ex_date, ratio="0.142857")], "test")
    (tmp_path / "buys.py").write_text(
        "from weaver import Strategy\n\n\nclass Buys(Strategy):\n"
        "    def on_bar(self, bar):\n        self.buy(bar.symbol, 7)\n"
    )
    result = weaver.backtest(str(tmp_path / "buys.py"), symbols=["ABC"], lookahead_check=False)
    text = result.to_json()
    facts = json.loads(text)["run"]
    assert facts["data"]["ABC"]["actions"] == [{"ex_date": str(ex_date), "type": "split", "value": "1/7"}]
    again = run(plan_again(facts, folder=tmp_path), progress=lambda *_: None)
    assert again.to_json() == text
    # before, the store wrote a decimal
    record = weaver_home / "bars" / "ABC" / "symbol.json"
    kept = json.loads(record.read_text())
    kept["actions"][0]["value"] = "0.1428571428571428571428571429"
    record.write_text(json.dumps({**{name: kept[name] for name in kept if name != "checksum"}, "format": 1}))
    assert store().actions("ABC") == (Split(ex_date=ex_date, ratio=Fraction(1, 7)),)


@pytest.mark.parametrize(
    ("quantity", "word"),
    [(7, "splits paid out in cash all that was held"), (17, "what was bought is still held")],
)
def test_holding_that_a_split_paid_out_is_not_told_as_held(quantity: int, word: str) -> None:
    closes = [1.0] * 3 + [10.0] * 3
    bars = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": 1e9}, STAMPS)
    result = weaver.backtest(
        BuyOnce, {"X": bars}, params={"quantity": quantity}, asset="stock", costs="none",
        actions={"X": [Split(ex_date=STAMPS[3].date(), ratio="1/10")]}, lookahead_check=False,
    )  # fmt: skip
    (told,) = [warning.message for warning in result.warnings if warning.code == "no_trades"]
    assert told == f"no trade was closed: {word}, so nothing is known of its trades"
    assert [flow.amount for flow in result.cash_flows] == [7]  # of 7 or 17 at 1 each, 0.7 of a share at 10
