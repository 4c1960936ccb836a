"""Strategies drawn by chance, which do whatever a strategy may: on a replay they are called with what they are called
with in a backtest, see what they see there, and decide, fill and are worth the same.

`drawn.py` compares more seeds from the command line.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.integration.any_strategy import CALLBACKS
from tests.integration.trading_parity.drawn import FAILS, UNFIT, Compared, compare
from tests.shared_data import REPOSITORY

SEEDS, AT_ONCE = 60, 12


@pytest.fixture(scope="module")
def found() -> Iterator[list[Compared]]:
    """What came of the seeds so far."""
    yield []


@pytest.mark.parametrize("begin", range(0, SEEDS, AT_ONCE))
def test_drawn_run_is_on_paper_what_it_is_in_a_backtest(begin: int, found: list[Compared]) -> None:
    for seed in range(begin, begin + AT_ONCE):
        compared = compare(seed)
        assert not compared.difference, f"seed {seed}: {compared.difference}"
        found.append(compared)


def test_drawn_runs_are_called_with_everything_and_fill(found: list[Compared]) -> None:
    kinds: Counter[str] = Counter()
    for one in found:
        kinds.update(line.split()[1] for line in one.story)
    assert len(found) == SEEDS
    assert sum(not one.skipped for one in found) > SEEDS // 2
    assert min(kinds[name] for name in (*CALLBACKS, "when", "on_window", "on_stop")) >= 5, kinds
    assert sum(one.fills for one in found) > 300


def test_what_is_not_compared_is_told_in_the_documentation(found: list[Compared]) -> None:
    page = " ".join((REPOSITORY / "docs" / "architecture" / "veda.md").read_text().split())
    for reason in {one.skipped for one in found} - {"", UNFIT, FAILS}:
        assert reason in page
