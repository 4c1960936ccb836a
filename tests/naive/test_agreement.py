"""Greta and the naive engine agree: fills and cash to the last digit, equity as far as a sum of doubles has one, and
how each order ends (`compare.py` says what is compared how)."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.naive.bridge import run_weaver
from tests.naive.compare import NOTES, difference, disagreement
from tests.naive.engine import run
from tests.naive.generate import random_scenario, scenarios
from tests.naive.scenario import Scenario
from tests.naive.tally import REJECTIONS, Tally
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce

SEEDS, CONTRACT_SEEDS = 2_500, 400
DIFFERED = (205_468, 404_180)
"""Seeds on which the engines once differed: one of them was wrong, or the text had left something open."""
FILLS_MIN = 50
CANCELLATIONS = (
    "asked", "cannot_pay_rest", "cls", "delisted", "entry_ended", "fok", "group_done", "gtd", "ioc", "margin",
    "no_position", "nothing_to_do", "opg", "replaced", "split",
)  # fmt: skip
FLOWS = ("split", "dividend", "delisting", "borrow_fee", "margin_interest", "funding")
ENDS = {
    ("rejected", "cannot_pay"),
    *(("cancelled", reason) for reason in CANCELLATIONS),
    *((status, "") for status in ("accepted", "expired", "filled", "partial", "pending")),
}
"""Every way in which the naive engine leaves an order behind: status and reason."""


@settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(scenarios(frames_max=12, any_price=True, any_time=True, any_word=True, any_carry=True), st.booleans())
def test_engines_agree_on_drawn_scenarios(scenario: Scenario, by_signal: bool) -> None:
    assert disagreement(scenario, by_signal=by_signal) is None


def test_engines_agree_on_seeded_scenarios_of_every_kind() -> None:
    """Half of them tick by tick, half of them by signals, where greta jumps from event to event."""
    tallies, weighed = (Tally(), Tally()), 0
    for seed in range(SEEDS):
        scenario, by_signal = (
            random_scenario(seed, any_price=True, any_time=True, any_word=True, any_carry=True),
            bool(seed % 2),
        )
        engine, naive = run_weaver(scenario, by_signal=by_signal), run(scenario)
        found = difference(engine, naive)
        assert found is None, f"seed {seed}: {found}"
        tallies[by_signal].take(engine, naive)
        weighed += sum(op.name == "rebalance" for ops in scenario.program.values() for op in ops)
    assert weighed > SEEDS / 8
    for tally in tallies:
        assert_rich(tally)


def test_engines_agree_on_futures_and_at_other_exchanges() -> None:
    """Contracts with multipliers and margins; London's, Tokyo's and Globex's sessions, across both clock changes."""
    tally, seen = Tally(), Counter[str]()
    for seed in range(CONTRACT_SEEDS):
        scenario = random_scenario(seed, any_price=True, any_time=True, any_word=True, any_contract=True)
        engine, naive = run_weaver(scenario, by_signal=bool(seed % 2)), run(scenario)
        found = difference(engine, naive)
        assert found is None, f"seed {seed}: {found}"
        tally.take(engine, naive)
        for one in scenario.symbols:
            fills = sum(fill.symbol == one.symbol for fill in naive.fills)
            seen[one.calendar or one.asset_class] += fills
            seen["on margin"] += fills * (one.margin is not None)
            seen["with a multiplier"] += fills * (one.multiplier != 1)
            if one.margin is not None:
                calls = [fill for fill in naive.fills if fill.symbol == one.symbol and "liquidation" in fill.notes]
                seen["liquidated"] += len(calls)
                seen["short"] += sum(fill.side == "sell" for fill in naive.fills if fill.symbol == one.symbol)
    kinds = ("XLON", "XTKS", "CMES", "future", "on margin", "with a multiplier", "short")
    assert min(seen[kind] for kind in kinds) >= FILLS_MIN, seen
    assert seen["liquidated"] >= 20, seen
    assert tally.rejections["margin"] >= 20, tally.rejections


def test_engines_agree_where_they_once_differed() -> None:
    for seed in DIFFERED:
        for by_signal in (False, True):
            assert disagreement(random_scenario(seed), by_signal=by_signal) is None, seed


def assert_rich(tally: Tally) -> None:
    """Everything that an order or a company can do came up often."""
    for counts, members in (
        (tally.types, OrderType),
        (tally.classes, OrderClass),
        (tally.times_in_force, TimeInForce),
        (tally.sides, Side),
    ):
        assert {member: counts[member] for member in members if counts[member] < FILLS_MIN} == {}
    assert min(tally.exits[kind] for kind in ("percent", "trailing")) >= FILLS_MIN, tally.exits
    assert min(tally.notes[note] for note in NOTES) >= 20, tally.notes
    assert set(tally.notes) == NOTES
    assert min(tally.flows[kind] for kind in FLOWS) >= 20, tally.flows
    assert set(tally.rejections) == set(REJECTIONS) - {"margin"}
    assert min(tally.rejections.values()) >= 20, tally.rejections
    assert set(tally.ends) == ENDS
    assert min(tally.ends.values()) >= 5, tally.ends
