"""Fees in coins that a venue names nowhere, by hand."""

from decimal import Decimal

import pytest

from weaver.veda.positions.attribution import Attribution, Effect, EffectKind
from weaver.veda.positions.coin_fees import charged, fees_in

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


def test_who_was_charged_holds_what_is_left_and_nothing_is_unexplained() -> None:
    after = charged(shown("-0.0075"), {"a": Decimal("0.0025"), "b": Decimal("0.005")})
    assert after.runs == {"a": Decimal("0.9975"), "b": Decimal("1.995")}
    assert (after.parts, after.remainder, after.venue) == ((), 0, Decimal("2.9925"))


def test_a_run_that_was_charged_with_all_that_it_held_is_not_among_the_holders() -> None:
    one = Attribution(
        symbol=PAIR, venue=Decimal(0), runs={"a": Decimal("0.0025")}, manual=Decimal(0),
        parts=(Effect(symbol=PAIR, kind=EffectKind.UNEXPLAINED, quantity=Decimal("-0.0025")),),
    )  # fmt: skip
    assert charged(one, fees_in(one, {"a": Decimal("0.0025")})).runs == {}
