"""Fees in coins that a venue names nowhere, by hand."""

from decimal import Decimal

import pytest

from weaver.veda.positions.attribution import Attribution, Effect, EffectKind
from weaver.veda.positions.coin_fees import fees_in, given_back, in_proportion

PAIR = "BTC/USD"
ROOMS = {"a": Decimal("0.003"), "b": Decimal("0.006"), None: Decimal(0)}
"""30 bps of one coin, and of two."""


def shown(unexplained: str) -> Attribution:
    """Run a holds one coin and run b two, and the venue has so much more."""
    rest = Decimal(unexplained)
    return Attribution(
        symbol=PAIR,
        venue=3 + rest,
        runs={"a": Decimal(1), "b": Decimal(2)},
        manual=Decimal(0),
        parts=(Effect(symbol=PAIR, kind=EffectKind.UNEXPLAINED, quantity=rest),),
    )


def test_a_shortage_is_shared_in_proportion_to_the_last_digit() -> None:
    assert fees_in(shown("-0.0075"), ROOMS) == {"a": Decimal("0.0025"), "b": Decimal("0.005")}
    odd = fees_in(shown("-0.000000001"), ROOMS)
    assert sum(odd.values()) == Decimal("0.000000001")
    assert [round(part, 12) for part in odd.values()] == [Decimal("3.33e-10"), Decimal("6.67e-10")]


@pytest.mark.parametrize("rest", ["-0.009000001", "0.0075", "-3"])
def test_what_fees_cannot_be_is_none(rest: str) -> None:
    assert fees_in(shown(rest), ROOMS) == {}


ESTIMATES = {"a": Decimal("0.002"), "b": Decimal("0.004"), None: Decimal(0)}


def test_what_is_left_over_goes_back_in_proportion_to_what_was_estimated() -> None:
    assert given_back(shown("0.003"), ESTIMATES) == {"a": Decimal("0.001"), "b": Decimal("0.002")}
    assert given_back(shown("0.006"), ESTIMATES) == {"a": Decimal("0.002"), "b": Decimal("0.004")}


@pytest.mark.parametrize("rest", ["0.006000001", "-0.001", "3"])
def test_what_was_not_estimated_is_not_given_back(rest: str) -> None:
    assert given_back(shown(rest), ESTIMATES) == {}


def test_no_room_is_overdrawn() -> None:
    assert in_proportion(10, {"a": 1, "b": 2}) == {"a": 1, "b": 2}
    assert in_proportion(10, {}) == in_proportion(0, {"a": 5}) == {}
