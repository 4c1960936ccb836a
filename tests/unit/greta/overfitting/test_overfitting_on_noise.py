"""On noise each figure says what it should as often as it should; `make overfitting` asks a thousand seeds."""

from functools import partial

from tests.overfitting.noise import crossovers, expected_rejections, independent, planted, said_of

SEEDS = range(60)


def test_noise_is_called_noise() -> None:
    """Bounds at which a figure that is right fails once in a thousand times or less, and these seeds do not."""
    said = said_of(independent, SEEDS, bootstraps=200)
    assert 0.45 < said.overfitting < 0.6
    assert said.rejected["psr"] > 0.7  # as if nothing had been selected
    assert said.rejected["deflated"] <= 0.05
    assert said.rejected["familywise"] <= 0.17
    assert min(said.uniform["white"], said.uniform["upper"]) > 0.001


def test_averages_on_a_random_walk_are_called_noise() -> None:
    said = said_of(crossovers, range(30), bootstraps=100)
    assert said.rejected["deflated"] <= 0.17
    assert said.rejected["deflated"] <= said.rejected["deflated_by_clusters"] <= said.rejected["psr"]


def test_a_planted_edge_is_called_one() -> None:
    said = said_of(partial(planted, edge=4.0 / 252**0.5 * 0.01), range(20), bootstraps=200)
    assert said.overfitting < 0.02
    assert said.rejected["deflated"] > 0.9
    assert said.p_below["consistent"] == 1.0


def test_the_best_of_many_is_seldom_far_above_where_it_is_expected() -> None:
    """Of one trial a twentieth; of a hundred Φ(2.53 + 1.645) to the power of a hundred: about one in 700."""
    assert 0.001 < expected_rejections(100) < 0.002
