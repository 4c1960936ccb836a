"""The ordinary strategies all trade, and those that are said to do the same work do it."""

from collections import Counter

import pytest

from tests.benchmarks.bars import synthetic_columns
from tests.benchmarks.contestants import weaver_ordinary
from tests.benchmarks.ordinary.rows import ROWS

COLUMNS = synthetic_columns(6_000)


@pytest.mark.parametrize("name", ROWS)
def test_each_row_trades(name: str) -> None:
    trades, equity = weaver_ordinary.prepare(COLUMNS, name)()
    assert trades > 1
    assert 900_000 < equity < 1_100_000


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.same_as])
def test_twins_trade_the_same(name: str) -> None:
    own, other = weaver_ordinary.prepare(COLUMNS, name), weaver_ordinary.prepare(COLUMNS, str(ROWS[name].same_as))
    own(), other()
    mine, theirs = Counter(own.closed_trades()), Counter(other.closed_trades())
    # A first trade where the averages stand above from the start: the one style takes it, the other waits to cross.
    assert (mine - theirs).total() == 0
    assert (theirs - mine).total() <= ROWS[name].symbols
