"""What the terminal is told."""

from decimal import Decimal

import pytest

import weaver
from tests.builders import crypto_bars, stock_days
from tests.unit.greta.results.test_round_trips import buy, on, shares
from weaver.cli.screen.summary import print_summary, told_together
from weaver.greta.result import BacktestResult
from weaver.marvin.plugins.loader import from_class
from weaver.model.backtest.options import Options
from weaver.model.market.corporate_actions import Delisting
from weaver.research.inputs import run_inputs
from weaver.research.run import plan


def summary(result: BacktestResult, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of a result's summary, whatever run the costs in it are of."""

    options = Options(costs="none")
    print_summary(result, plan(from_class(weaver.Strategy), run_inputs(crypto_bars([1, 2]), options), options))
    return capsys.readouterr().out.splitlines()


def test_what_makes_figures_worthless_is_told_first(capsys: pytest.CaptureFixture[str]) -> None:
    result = weaver.backtest(weaver.Strategy, stock_days([10] * 5), costs="none", lookahead_check=False)
    assert result.warnings
    result.warn([("gaps", "a hole"), ("lookahead", "LOOK-AHEAD: it knows tomorrow"), ("not_deterministic", "chance")])
    codes = [warning.code for warning in result.warnings]
    assert codes[:2] == ["lookahead", "not_deterministic"]
    lines = summary(result, capsys)
    first = next(k for k, line in enumerate(lines) if "WARNING" in line)
    assert "LOOK-AHEAD" in lines[first]
    assert "no figure below can be believed" in lines[first + 1]
    assert [line for line in lines[: first + 1] if "return" in line] == []
    assert sum("WARNING" in line for line in lines) == len(codes)


def test_trade_that_a_delisting_ended_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    lines = summary(shares([10, 10, 9, 2], {0: buy(100)}, Delisting(ex_date=on(4), value=Decimal(2))), capsys)
    assert any("2021-04-08, delisted, at 2" in line for line in lines)


def test_notes_that_differ_only_in_the_symbol_are_told_in_one_line() -> None:
    notes = [*(f"S{k}: taken for stock" for k in range(5)), "X: 1h bars put together to 4h", "a note by itself"]
    assert list(told_together(notes)) == [
        "S0, S1, S2 and 2 more: taken for stock",
        "X: 1h bars put together to 4h",
        "a note by itself",
    ]
    assert list(told_together(["A: same", "B: same"])) == ["A: same", "B: same"]
