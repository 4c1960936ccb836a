"""Strategies drawn by chance, which do whatever a strategy may: on a replay they are called with what they are called
with in a backtest, see what they see there, and decide, fill and are worth the same.

`drawn.py` compares more seeds from the command line.
"""

from collections import Counter
from functools import cache

import pytest

from tests.integration.any_strategy import CALLBACKS
from tests.integration.trading_parity.drawn import FAILS, UNFIT, Compared, compare
from tests.shared_data import REPOSITORY
from weaver.model.account.carry import CarryKind

SEEDS, CONTRACTS, AT_ONCE = 60, 24, 12


@cache
def compared(seed: int) -> Compared:
    """What came of a seed: found once, in whichever order and process the tests are run."""
    return compare(seed)


@pytest.mark.parametrize("begin", range(0, SEEDS, AT_ONCE))
def test_drawn_run_is_on_paper_what_it_is_in_a_backtest(begin: int) -> None:
    for seed in range(begin, begin + AT_ONCE):
        assert not compared(seed).difference, f"seed {seed}: {compared(seed).difference}"


def test_drawn_run_on_contracts_is_on_paper_what_it_is_in_a_backtest() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(CONTRACTS):
        found = compare(seed, any_contract=True)
        assert not found.difference, f"seed {seed}: {found.difference}"
        kinds.update(found.contracts)
    assert min(kinds["multiplier"], kinds["margin"]) > 20, kinds


def test_drawn_runs_are_called_with_everything_and_fill() -> None:
    found = [compared(seed) for seed in range(SEEDS)]
    kinds: Counter[str] = Counter()
    for one in found:
        kinds.update(line.split()[1] for line in one.story)
    assert sum(not one.skipped for one in found) > SEEDS // 2
    assert min(kinds[name] for name in (*CALLBACKS, "when", "on_window", "on_stop")) >= 5, kinds
    assert sum(one.fills for one in found) > 300
    charged = Counter(kind for one in found for kind in one.charges)
    assert min(charged[kind] for kind in CarryKind) >= 3, charged


def test_what_is_not_compared_is_told_in_the_documentation() -> None:
    page = " ".join((REPOSITORY / "docs" / "architecture" / "veda.md").read_text().split())
    for reason in {compared(seed).skipped for seed in range(SEEDS)} - {"", UNFIT, FAILS}:
        assert reason in page
