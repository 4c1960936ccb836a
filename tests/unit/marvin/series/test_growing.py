"""Columns that grow."""

import numpy as np

from weaver.marvin.series.growing import LEAST, Growing


def test_grows_and_leaves_what_was_shown_as_it_was() -> None:
    chance = np.random.default_rng(7)
    column, expected, shown = Growing(np.array([1.5, 2.5])), [1.5, 2.5], []
    for _ in range(400):
        more = chance.random(chance.integers(0, 4)).tolist()
        if len(more) == 1:
            column.append(more[0])
        else:
            column.extend(np.array(more, dtype=np.float64))
        expected += more
        shown.append((column.values, list(expected)))
    assert len(expected) > 4 * LEAST
    for values, known in shown:
        assert values.tolist() == known
        assert not values.flags.writeable


def test_what_it_began_with_is_not_written_to() -> None:
    first = np.array([True, False])
    column = Growing(first)
    column.append(True)
    assert column.values.tolist() == [True, False, True]
    assert column.values.dtype == np.bool_
    assert first.tolist() == [True, False]
