"""What the tutorial shows works, and the numbers it speaks of are so."""

import re
import shlex
from pathlib import Path

import pytest

import weaver
from tests.shared_data import REPOSITORY
from weaver.marvin.plugins.check import problems_of
from weaver.marvin.plugins.loader import from_source
from weaver.marvin.plugins.source import StrategySource

TEXT = (REPOSITORY / "docs" / "tutorial.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]
PULLBACK, PEEK, FROM_PYTHON = PROGRAMS


def strategy(text: str) -> type[weaver.Strategy]:
    return from_source(StrategySource(path=Path("tutorial.py"), text=text)).cls


def stats(text: str, symbol: str = "AAPL", **options: object) -> dict[str, float]:
    data = REPOSITORY / "data"
    actions = {symbol: data / f"{symbol}_actions.csv"}
    result = weaver.backtest(
        strategy(text), data / f"{symbol}_1d.csv", actions=actions, lookahead_check=False, **options
    )
    return result.stats


@pytest.mark.parametrize("text", [PULLBACK, PEEK])
def test_strategies_of_the_tutorial_have_no_problems(text: str) -> None:
    assert problems_of(strategy(text)) == []


def test_strategy_of_the_tutorial_has_about_thirty_lines() -> None:
    assert len(PULLBACK.splitlines()) <= 32


def test_python_of_the_tutorial_compiles() -> None:
    compile(FROM_PYTHON, "tutorial.md", "exec")


def test_files_in_the_commands_are_there_or_written_before() -> None:
    written = {"pullback.py", "peek.py"}
    for command in COMMANDS:
        for word in shlex.split(command):
            name = word.rpartition("=")[2]
            if name.endswith((".csv", ".py")):
                assert name in written or (REPOSITORY / name).is_file(), command


def test_what_the_tutorial_says_of_its_strategy_is_so() -> None:
    first = stats(PULLBACK)
    assert 2 < 1 + first["total_return"] < 2.5  # more than doubles
    assert 10 < stats((REPOSITORY / "src/weaver/marvin/strategies/buy_and_hold.py").read_text())["total_return"] < 14
    assert 0.11 < first["exposure"] < 0.14  # an eighth of the time
    assert -0.36 < first["max_drawdown"] < -0.30  # a third
    assert first["trades"] == 121
    dear = stats(PULLBACK, costs={"commission_bps": 5, "slippage_bps": 10})
    assert 0.4 < dear["total_return"] / first["total_return"] < 0.6  # half
    assert 1.6 < stats(PULLBACK, params={"back": 7})["total_return"] / first["total_return"] < 2  # nearly doubles
    assert stats(PULLBACK, end="2008-12-31")["sharpe"] == pytest.approx(0.3, abs=0.05)
    assert stats(PULLBACK, "MSFT")["total_return"] == pytest.approx(0, abs=0.01)
