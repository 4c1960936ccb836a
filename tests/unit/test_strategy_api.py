"""The page of the strategy API is complete, is what the docstrings say, and shows what works."""

import inspect
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import weaver
from tests.shared_data import REPOSITORY, SAMPLES
from tests.strategy_api.examples import EXAMPLES, names_in, run
from tests.strategy_api.members import members, text_of
from tests.strategy_api.page import page
from tests.strategy_api.surface import OTHER_EXPORTS, PARTS, Shown, shown
from weaver.config import settings
from weaver.marvin.strategies import sma_crossover as shipped
from weaver.research import BacktestResult

CLASSES = {one.name: one for one in shown()}
BLOCKS = [(name, block) for name, blocks in EXAMPLES.items() for block in blocks]


class SmaCrossover(shipped.SmaCrossover):
    """One that says what it does."""

    def enter(self, bar: Any) -> None:
        super().enter(bar)
        self.log("entered")


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    """Thirteen years of Apple's daily prices, with its splits, and dividends."""
    splits = [weaver.Split(ex_date=date(2000, 6, 21), ratio=2), weaver.Split(ex_date=date(2005, 2, 28), ratio=2)]
    paid = [weaver.Dividend(ex_date=date(2012, month, 9), amount=Decimal("2.65")) for month in range(1, 13)]
    return weaver.backtest(
        SmaCrossover, SAMPLES / "AAPL_1d.csv", actions={"AAPL": [*splits, *paid]}, lookahead_check=False
    )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weaver_home: Path) -> Iterator[None]:
    """A folder with Apple's prices, which the store has too, and no browser."""
    from weaver.cli.data import import_data
    from weaver.research.inputs import store

    monkeypatch.setattr("webbrowser.open", lambda _: None)
    settings.cache_clear()
    for name in ("AAPL_1d.csv", "AAPL_actions.csv"):
        shutil.copy(SAMPLES / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    import_data(store(), [SAMPLES / "AAPL_1d.csv", SAMPLES / "AAPL_actions.csv"])
    yield


def test_page_is_what_the_docstrings_say() -> None:
    assert (REPOSITORY / "docs" / "strategy-api.md").read_text() == page(), "run make docs-api, and commit the page"


def test_page_names_everything_that_weaver_gives_and_nothing_else() -> None:
    named = {function.__name__ for part in PARTS for function in part.functions} | OTHER_EXPORTS
    given = {name for name in dir(weaver) if getattr(weaver, name, None) is not None} - set(vars(type(weaver)))
    public = {name for name in given if not name.startswith("_") and name in weaver._HOME_OF} | {"__version__"}
    assert public == named | {one.name for one in shown() if one.name in weaver._HOME_OF}


@pytest.mark.parametrize("one", shown(), ids=lambda one: one.name)
def test_every_member_of_a_class_is_shown_or_said_to_be_the_engines_own(one: Shown) -> None:
    found = members(one.cls)
    assert one.own <= found.keys() | set(dir(one.cls)), "named as the engines' own, and not there"
    assert [name for name, member in one.members.items() if not member.text] == [], "without a docstring"
    builtin = {name for base in one.cls.__mro__ if not base.__module__.startswith("weaver.") for name in dir(base)}
    there = {name for name in dir(one.cls) if not name.startswith("_")}
    assert there - builtin - one.own <= found.keys()


@pytest.mark.parametrize("name", CLASSES)
def test_every_member_has_an_example(name: str) -> None:
    one = CLASSES[name]
    wanted = one.members.keys()
    if one.has_sections:
        missing = {member for member in wanted if member not in names_in("\n".join(EXAMPLES[f"{name}.{member}"]))}
    else:
        missing = wanted - set().union(*map(names_in, EXAMPLES[name]))
    assert missing == set()


def test_every_function_has_an_example_and_no_example_is_of_something_else() -> None:
    functions = {function.__name__ for part in PARTS for function in part.functions}
    sections = {f"{one.name}.{member}" for one in shown() if one.has_sections for member in members(one.cls)}
    assert EXAMPLES.keys() == functions | CLASSES.keys() | sections | {"Field"}
    assert [name for name in functions if name not in names_in(EXAMPLES[name][0])] == []
    assert [one.name for one in shown() if not text_of(one.cls)] == []


def test_docstring_of_backtest_speaks_of_every_argument() -> None:
    text = text_of(weaver.backtest)
    assert [name for name in inspect.signature(weaver.backtest).parameters if f"\n    {name}: " not in text] == []


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=[f"{name}-{at}" for at, (name, _) in enumerate(BLOCKS)])
@pytest.mark.usefixtures("desk")
def test_every_line_of_an_example_runs(name: str, block: str, result: BacktestResult) -> None:
    run(block, result)


def test_a_line_that_is_never_reached_is_found(result: BacktestResult) -> None:
    with pytest.raises(AssertionError, match="never reached"):
        run("def on_bar(self, bar):\n    if bar.close < 0:\n        self.stop_run()\n", result)


def test_headings_of_the_page_are_distinct() -> None:
    lines = [line for line in page().splitlines() if line.startswith("#")]
    assert len(lines) == len({line.lstrip("#").strip().lower() for line in lines})
