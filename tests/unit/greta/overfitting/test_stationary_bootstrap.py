"""Block lengths against those of another library, and draws that are blocks."""

import numpy as np
import pytest

from weaver.greta.overfitting import stationary_bootstrap as module
from weaver.greta.overfitting.stationary_bootstrap import block_length, draws, typical_block_length
from weaver.greta.overfitting.trials import usable_trials


def autoregressive(share: float, count: int) -> np.ndarray:
    """x(t) = share · x(t-1) + noise."""
    noise = np.random.Generator(np.random.PCG64(7)).standard_normal(count)
    series = noise.copy()
    for at in range(1, count):
        series[at] = share * series[at - 1] + noise[at]
    return series


@pytest.mark.parametrize(
    ("share", "count", "length"),
    [
        (0.0, 500, 1.2109203671700695), (0.0, 2500, 1.8089890243550222), (0.3, 100, 3.878686895952205),
        (0.3, 500, 4.739161689293733), (0.3, 2500, 12.195629678563394), (0.5, 100, 5.932339122063796),
        (0.5, 500, 8.2396099110769), (0.5, 2500, 18.36423865257693), (0.9, 100, 13.168111402809823),
        (0.9, 500, 26.847449401370234), (0.9, 2500, 53.29701926780908), (-0.5, 2500, 8.057810171900428),
    ],
)  # fmt: skip
def test_block_length_is_what_arch_finds(share: float, count: int, length: float) -> None:
    """`arch.bootstrap.optimal_block_length` of arch 8.0.0, on the same series."""
    assert block_length(autoregressive(share, count)) == pytest.approx(length, rel=1e-9)


def test_short_and_constant_series_are_drawn_one_by_one() -> None:
    assert block_length(np.zeros(100)) == 1.0
    assert block_length(np.array([1.0, 2.0, 3.0])) == 1.0


def test_a_series_that_never_calms_down_has_the_longest_blocks_at_most() -> None:
    assert block_length(np.sin(np.arange(100) / 3.0)) == 30.0


def test_draws_are_blocks_on_a_circle_from_a_seed() -> None:
    drawn = np.concatenate(list(draws(50, 400, block_length=5.0, seed=3)))
    again = np.concatenate(list(draws(50, 400, block_length=5.0, seed=3)))
    other = np.concatenate(list(draws(50, 400, block_length=5.0, seed=4)))
    assert (drawn == again).all()
    assert (drawn != other).any()
    assert drawn.shape == (400, 50)
    follows = ((drawn[:, 1:] - drawn[:, :-1]) % 50 == 1).mean()
    assert follows == pytest.approx(1 - 1 / 5 * (49 / 50), abs=0.01)
    assert np.bincount(drawn.ravel(), minlength=50) == pytest.approx(np.full(50, 400), rel=0.35)


def test_draws_one_by_one_are_independent() -> None:
    drawn = np.concatenate(list(draws(100, 500, block_length=0.5, seed=1)))
    assert ((drawn[:, 1:] - drawn[:, :-1]) % 100 == 1).mean() == pytest.approx(0.01, abs=0.003)


FIRST = [[0, 1, 6, 6, 7, 8, 9, 0, 1, 2], [6, 3, 4, 7, 8, 3, 4, 5, 9, 0]]


def test_the_first_draws_of_a_seed_are_known() -> None:
    """What a machine elsewhere has to draw too."""
    assert next(draws(10, 2, block_length=3.0, seed=0)).tolist() == FIRST


def test_draws_come_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_VALUES", 25)
    assert [piece.shape for piece in draws(10, 5, block_length=2.0, seed=0)] == [(2, 10), (2, 10), (1, 10)]


def test_of_many_trials_the_median_counts() -> None:
    columns = [autoregressive(share, 500) for share in (0.0, 0.5, 0.9)]
    assert typical_block_length(usable_trials(np.stack(columns, axis=1))) == pytest.approx(8.2396099110769)
