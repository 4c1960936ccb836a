"""The exchange, used alone and fed bar by bar, changes orders as the naive engine and the backtest do."""

from collections import Counter

from hypothesis import HealthCheck, given, settings

from tests.naive.bridge import run_weaver
from tests.naive.by_exchange import ExchangeRun, without_actions
from tests.naive.compare import difference, naive_fills
from tests.naive.engine import run
from tests.naive.generate import random_scenario, scenarios
from tests.naive.scenario import NaiveResult, Scenario

SEEDS = 400


def check(scenario: Scenario) -> ExchangeRun:
    """The scenario on the exchange alone, after it was found to be what it is on the two engines."""
    alone, naive = ExchangeRun(scenario), run(scenario)
    assert alone.fills() == naive_fills(naive)
    assert alone.statuses() == {number: order.status for number, order in naive.orders.items()}
    assert (alone.means.cash, alone.means.equity()) == _money(naive)
    assert difference(run_weaver(scenario), naive) is None
    return alone


def _money(naive: NaiveResult) -> tuple[int, int]:
    return int(naive.cash_by_tick[-1] * 10**8), int(naive.equity_by_tick[-1] * 10**8)


@settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(scenarios(frames_max=12, any_carry=True))
def test_exchange_alone_agrees_on_drawn_scenarios(scenario: Scenario) -> None:
    check(without_actions(scenario))


def test_exchange_alone_agrees_on_seeded_scenarios_of_every_kind() -> None:
    ends: Counter[str] = Counter()
    fills = liquidations = 0
    for seed in range(SEEDS):
        alone = check(
            without_actions(random_scenario(seed, any_price=True, any_time=True, any_word=True, any_carry=True))
        )
        ends.update(alone.statuses().values())
        fills, liquidations = fills + len(alone.fills()), liquidations + len(alone.account.liquidations)
    assert set(ends) == {"accepted", "cancelled", "expired", "filled", "partial", "pending", "rejected"}
    assert min(ends.values()) > 20
    assert fills > 2_000
    assert liquidations > 20
