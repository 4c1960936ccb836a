"""Whatever a strategy raises is told in one line, with the strategy's own."""

from pathlib import Path

import pytest

from weaver.marvin.blame import blame_strategy, described
from weaver.marvin.failure import strategy_failure
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.loader import LoadedStrategy, load
from weaver.marvin.strategy import Strategy

TEXT = """
from weaver import Strategy


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("says nothing")


class Own(BaseException):
    pass


class Faulty(Strategy):
    def on_start(self):
        self.helper()

    def helper(self):
        {statement}
"""
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
