"""Which trials say anything, and that they come in pieces."""

import numpy as np
import pytest

from weaver.greta.overfitting import trials as module
from weaver.greta.overfitting.trials import evenly, usable_trials


def test_failed_and_idle_trials_are_left_out_and_the_others_keep_their_columns() -> None:
    returns = np.array([[0.1, np.nan, 0.0, 0.2, 0.5], [0.2, 0.1, 0.0, 0.1, np.inf], [0.0, 0.1, 0.0, 0.3, 0.1]])
    trials = usable_trials(returns)
    assert trials.columns.tolist() == [0, 3]
    assert trials.given == 5
    assert trials.returns.tolist() == [[0.1, 0.2], [0.2, 0.1], [0.0, 0.3]]


def test_returns_that_differ_by_rounding_only_do_not_vary() -> None:
    assert usable_trials(np.array([0.1, 0.1 + 1e-16, 0.1])).count == 0
    assert usable_trials(np.array([0.1, 0.1 + 1e-12, 0.1])).count == 1


def test_nothing_is_copied_where_all_trials_are_good() -> None:
    returns = np.arange(12.0).reshape(4, 3) ** 2
    assert usable_trials(returns).returns is returns


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0,), (1, 2)])
def test_no_periods_or_no_trials_leave_none(shape: tuple[int, ...]) -> None:
    assert usable_trials(np.zeros(shape)).count == 0


def test_pieces_are_copies_in_double_precision_that_make_up_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_VALUES", 8)
    returns = np.random.default_rng(1).standard_normal((4, 5)).astype(np.float32)
    pieces = list(usable_trials(returns).chunks())
    assert [piece.shape[1] for _, piece in pieces] == [2, 2, 1]
    assert all(piece.dtype == np.float64 for _, piece in pieces)
    assert (np.concatenate([piece for _, piece in pieces], axis=1) == returns).all()
    pieces[0][1][:] = 7
    assert not (returns == 7).any()


def test_places_are_spread_evenly() -> None:
    assert evenly(3, 5).tolist() == [0, 1, 2]
    assert evenly(9, 3).tolist() == [0, 4, 8]
