"""Weaver, `SmaSignalsOnBar`."""

from collections.abc import Callable

from tests.benchmarks.bars import Columns
from tests.benchmarks.contestants.weaver import contest
from tests.benchmarks.strategies import SmaSignalsOnBar


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    return contest(SmaSignalsOnBar, columns)
