"""Greta and the naive engine agree: fills, cash and equity to the last digit, and how each order ends."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.naive.compare import disagreement
from tests.naive.generate import random_scenario, scenarios
from tests.naive.scenario import Scenario

SEEDS = 2_000


@settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(scenarios(frames_max=12), st.booleans())
def test_engines_agree_on_drawn_scenarios(scenario: Scenario, by_signal: bool) -> None:
    assert disagreement(scenario, by_signal=by_signal) is None


def test_engines_agree_on_seeded_scenarios() -> None:
    """Half of them tick by tick, half of them by signals, where greta jumps from event to event."""
    for seed in range(SEEDS):
        difference = disagreement(random_scenario(seed), by_signal=bool(seed % 2))
        assert difference is None, f"seed {seed}: {difference}"
