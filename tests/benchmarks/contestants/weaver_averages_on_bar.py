"""Weaver, `SmaAveragesOnBar`."""

from collections.abc import Callable

from tests.benchmarks.bars import Columns
from tests.benchmarks.contestants.weaver import contest
from tests.benchmarks.strategies import SmaAveragesOnBar


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    return contest(SmaAveragesOnBar, columns)
