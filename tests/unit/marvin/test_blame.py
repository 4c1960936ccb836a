"""Whatever a strategy raises is told in one line, with the strategy's own."""

from pathlib import Path

import pytest

from weaver.marvin.blame import blame_strategy, described
from weaver.marvin.failure import strategy_failure
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.loader import LoadedStrategy, load
from weaver.marvin.strategy import Strategy
from weaver.model.errors import StrategyError

TEXT = """
from weaver import Strategy


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("says nothing")


class Own(BaseException):
    pass


class Hidden:
    def __dir__(self):
        raise RuntimeError("says nothing")


class Faulty(Strategy):
    def on_start(self):
        self.helper()

    def helper(self):
        {statement}
"""
IMPORT = "from weaver import Strategy, {name}\nclass Faulty(Strategy):\n    pass\n"
LINE = TEXT.splitlines().index("        {statement}") + 1


def loaded(folder: Path, statement: str) -> LoadedStrategy:
    path = folder / "faulty.py"
    path.write_text(TEXT.format(statement=statement))
    return load(f"{path}:Faulty", Catalogue())


def raised(strategy: type[Strategy]) -> BaseException:
    try:
        object.__new__(strategy).on_start()
    except BaseException as error:  # noqa: BLE001 - that is what it is for
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise SystemExit('enough')", "SystemExit: enough"),
        ("raise Own('a\\n  b')", "Own: a b"),
        ("raise Mute", "Mute"),
        ("raise ValueError", "ValueError"),
        ("int('x')", "ValueError: invalid literal for int() with base 10: 'x'"),
        (
            "self.order_target_percnt",
            (
                "AttributeError: 'Faulty' object has no attribute 'order_target_percnt'; "
                "did you mean order_target_percent?"
            ),
        ),
        ("self.qqqq", "AttributeError: 'Faulty' object has no attribute 'qqqq'"),
        ("Strategi", "NameError: name 'Strategi' is not defined; did you mean Strategy?"),
        ("Hidden().ab", "AttributeError: 'Hidden' object has no attribute 'ab'"),
        ("raise AttributeError('no such thing')", "AttributeError: no such thing"),
    ],
)
def test_fault_of_any_kind_is_told_with_the_strategys_innermost_line(tmp_path: Path, statement: str, says: str) -> None:
    strategy = loaded(tmp_path, statement).cls
    error = raised(strategy)
    told = f"faulty.py line {LINE}, in helper: {says}"
    assert blame_strategy(error) == told
    assert str(strategy_failure(error, strategy)) == told


def test_fault_that_no_strategy_took_part_in_is_nobodys() -> None:
    try:
        int("x")
    except ValueError as error:
        assert blame_strategy(error) is None
        assert strategy_failure(error, Strategy) is None
        assert described(error) == "ValueError: invalid literal for int() with base 10: 'x'"


def test_misspelt_import_is_told_with_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "faulty.py"
    path.write_text(IMPORT.format(name="smaa"))
    with pytest.raises(StrategyError) as told:
        load(str(path), Catalogue())
    assert str(told.value).startswith("faulty.py line 1: ImportError: cannot import name 'smaa' from 'weaver'")
    assert str(told.value).endswith("; did you mean sma?")
    path.write_text(IMPORT.format(name="qqqqqq"))
    with pytest.raises(StrategyError) as told:
        load(str(path), Catalogue())
    assert "did you mean" not in str(told.value)
