"""Warnings stand in order of weight, whatever order they were found in."""

from itertools import permutations

import pandas as pd

import weaver
from weaver import Strategy
from weaver.greta.doubts.gravity import gravest_first

WEIGHED = ("lookahead", "misspelt_callback", "jump", "few_trades", "asset_guessed")


def test_what_makes_figures_false_stands_ahead_of_what_was_assumed() -> None:
    for order in permutations(WEIGHED):
        assert [code for code, _ in gravest_first((code, "") for code in order)] == list(WEIGHED)


def test_equals_stay_in_the_order_in_which_they_were_found() -> None:
    found = [("few_trades", "a"), ("large_fills", "b"), ("few_trades", "c")]
    assert gravest_first(found) == found


class Misspelt(Strategy):
    """Is called by nothing."""

    def on_barr(self, bar: object) -> None:
        """Never."""


def test_a_misspelt_callback_is_told_before_what_comes_of_it() -> None:
    closes = [100.0] * 40 + [50.0] * 40  # a split that no action tells of
    bars = pd.DataFrame(
        dict.fromkeys(("open", "high", "low", "close"), closes), pd.bdate_range("2020-01-02", periods=80)
    )
    codes = [one.code for one in weaver.backtest(Misspelt, {"ABC": bars}).warnings]
    assert [code for code in codes if code in {"misspelt_callback", "no_callbacks", "jump", "no_orders"}] == [
        "misspelt_callback", "no_callbacks", "jump", "no_orders",
    ]  # fmt: skip
    assert codes[-1] == "asset_guessed"
