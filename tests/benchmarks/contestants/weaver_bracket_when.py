"""Weaver, `BracketWhen`."""

from collections.abc import Callable

from tests.benchmarks.bars import Columns
from tests.benchmarks.contestants.weaver import contest
from tests.benchmarks.strategies import BracketWhen


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    return contest(BracketWhen, columns)
