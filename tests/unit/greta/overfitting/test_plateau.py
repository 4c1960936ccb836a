"""A plateau, a peak, and what is around them."""

import numpy as np
import pytest

from weaver.greta.overfitting.plateau import Plateau, plateau

STEPS = np.array([[x, y] for x in range(5) for y in range(5)], dtype=float)


def found(result: Plateau | str) -> Plateau:
    assert isinstance(result, Plateau), result
    return result


def test_a_hill_is_a_plateau_and_a_spike_is_not() -> None:
    hill = 10.0 - np.abs(STEPS - 2).sum(axis=1)
    spike = np.random.default_rng(1).permutation(25).astype(float) * 0.01
    spike[12] = 10.0
    assert found(plateau(12, positions=STEPS, objective=hill)).score > 0.7
    assert found(plateau(12, positions=STEPS, objective=hill)).kept == pytest.approx(0.85)
    lonely = found(plateau(12, positions=STEPS, objective=spike))
    assert lonely.score < 0.7
    assert lonely.kept is not None
    assert lonely.kept < 0.03


def test_figures_by_hand() -> None:
    """The neighbours of the middle of five points have 1 and 4: better than 1 of 4 others and 3 of 4."""
    line = np.arange(5.0)[:, np.newaxis]
    result = plateau(2, positions=line, objective=np.array([0.0, 1.0, 5.0, 4.0, 2.0]))
    assert result == Plateau(score=0.5, kept=0.5, worst=1.0, neighbours=2)


def test_ties_count_half() -> None:
    line = np.arange(4.0)[:, np.newaxis]
    assert found(plateau(1, positions=line, objective=np.ones(4))).score == 0.5


def test_a_corner_has_fewer_neighbours_and_a_failed_one_is_none() -> None:
    objective = np.arange(25.0)
    assert found(plateau(0, positions=STEPS, objective=objective)).neighbours == 3
    objective[1] = np.nan
    assert found(plateau(0, positions=STEPS, objective=objective)).neighbours == 2


def test_choices_without_an_order_are_no_neighbours() -> None:
    choices = np.array([False, True])
    assert found(plateau(12, positions=STEPS, objective=np.arange(25.0), choices=choices)).neighbours == 2


def test_drawn_points_have_those_within_the_radius() -> None:
    places = np.array([[0.5, 0.5], [0.59, 0.41], [0.4, 0.5], [0.5, 0.61], [0.9, 0.9]])
    assert found(plateau(0, positions=places, objective=np.arange(5.0), radius=0.1)).neighbours == 2


def test_an_objective_that_is_not_above_nothing_has_no_ratio() -> None:
    line = np.arange(3.0)[:, np.newaxis]
    assert found(plateau(1, positions=line, objective=np.array([-2.0, -1.0, -3.0]))).kept is None


@pytest.mark.parametrize(
    ("objective", "reason"),
    [
        ([1.0, np.nan, 1.0], "the trial itself has no objective"),
        ([1.0, 1.0, np.nan], "1 trials are around it: 2 are the least"),
    ],
)
def test_where_there_is_nothing_to_say_it_says_why(objective: list[float], reason: str) -> None:
    line = np.arange(3.0)[:, np.newaxis]
    assert plateau(1, positions=line, objective=np.array(objective)) == reason
