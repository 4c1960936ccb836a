"""What others have closed of what runs hold is not closed again; runs that are even among each other lack nothing."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.veda.positions.attribution import Effect, EffectKind
from weaver.veda.positions.lacking import gone

K = EffectKind
D = Decimal


def effect(kind: EffectKind, quantity: int) -> Effect:
    return Effect(symbol="AAPL", kind=kind, quantity=D(quantity))


@pytest.mark.parametrize(
    ("held", "effects", "expected"),
    [
        ({"a": 10}, [], {"a": 0}),
        ({"a": 10, "b": -10}, [], {"a": 0, "b": 0}),
        ({"a": 10}, [(K.OTHERS, -10)], {"a": 10}),
        ({"a": -10}, [(K.OTHERS, 10)], {"a": 10}),
        ({"a": 10}, [(K.OTHERS, 10)], {"a": 0}),
        ({"a": 10}, [(K.OTHERS, -4)], {"a": 4}),
        ({"a": 10, "b": 10}, [(K.OTHERS, -10)], {"a": 0, "b": 0}),
        ({"a": 10, "b": 10}, [(K.OTHERS, -15)], {"a": 5, "b": 5}),
        ({"a": 10, "b": 10}, [(K.OTHERS, -20)], {"a": 10, "b": 10}),
        ({"a": 10, None: -10}, [], {"a": 10, None: 0}),
        ({"a": 10, None: 5}, [(K.OTHERS, -10)], {"a": 5, None: 0}),
        ({"a": 10}, [(K.EARLIER, 10), (K.OTHERS, -10)], {"a": 0}),
        ({"a": 10}, [(K.EARLIER, -10)], {"a": 0}),
        ({"a": -10}, [(K.EARLIER, 10)], {"a": 0}),
        ({"a": 10}, [(K.EARLIER, -10), (K.OTHERS, -10)], {"a": 10}),
        ({None: 10}, [(K.OTHERS, -10)], {None: 10}),
    ],
)
def test_it_is_what_the_account_has_less(
    held: Mapping[str | None, int], effects: list[tuple[EffectKind, int]], expected: Mapping[str | None, int]
) -> None:
    all_, known = {owner: D(of) for owner, of in held.items()}, [effect(*one) for one in effects]
    assert {owner: gone(owner, all_, known) for owner in held} == expected


def test_what_nothing_explains_counts_as_others() -> None:
    assert gone("a", {"a": D(10)}, [], unexplained=D(-7)) == 7


def test_what_another_is_closing_is_not_there_for_a_second_one() -> None:
    held = {"a": D(10), "b": D(10)}
    assert gone("b", held, [effect(K.OTHERS, -10)], taken={"a": D(10)}) == 10
    assert gone("b", held, [], taken={"a": D(10)}) == 0


@given(
    runs=st.lists(st.integers(-20, 20), min_size=1, max_size=4),
    manual=st.integers(-20, 20),
    others=st.integers(-40, 40),
    turns=st.randoms(use_true_random=False),
)
def test_closing_in_any_turn_never_takes_the_venue_past_what_runs_hold_there(
    runs: list[int], manual: int, others: int, turns: Random
) -> None:
    """By a venue that is counted by hand: what is sent for longs takes it no lower than the runs' shorts are, or than
    it was; and what is left of anybody then is not there."""
    held: dict[str | None, Decimal] = {f"run{number}": D(of) for number, of in enumerate(runs)} | {None: D(manual)}
    effects = [effect(K.OTHERS, others)]
    venue = sum(held.values(), D(0)) + others
    longs = [owner for owner in held if owner is not None and held[owner] > 0]
    shorts = sum((of for owner, of in held.items() if owner is not None and of < 0), D(0))
    lowest = min(venue, shorts)
    turns.shuffle(longs)
    for owner in longs:
        sold = held[owner] - gone(owner, held, effects)
        held[owner] -= sold
        venue -= sold
    assert venue >= lowest
    for owner in longs:
        assert gone(owner, held, effects) == held[owner]
