"""Which differences halt a symbol."""

from decimal import Decimal

from weaver.veda.positions.attribution import Attribution, Effect, attributed
from weaver.veda.positions.looks import PositionLooks


def looked_at(ours: int, venue: int, effects: tuple[Effect, ...] = ()) -> tuple[Attribution, ...]:
    return attributed({"AAPL": Decimal(venue)}, {"run": {"AAPL": Decimal(ours)}}, {}, effects)


def test_two_looks_in_a_row_halt_and_one_without_lifts() -> None:
    first = PositionLooks().looked(looked_at(10, 7))
    assert (first.halt, first.lift) == (frozenset(), frozenset())
    second = first.looks.looked(looked_at(10, 8))
    assert (second.halt, second.looks.halted) == ({"AAPL"}, {"AAPL"})
    third = second.looks.looked(looked_at(10, 8))
    assert (third.halt, third.lift, third.looks.halted) == (frozenset(), frozenset(), {"AAPL"})
    fourth = third.looks.looked(looked_at(10, 10))
    assert (fourth.lift, fourth.looks.halted) == ({"AAPL"}, frozenset())


def test_a_look_between_that_explains_itself_starts_anew() -> None:
    looks = PositionLooks().looked(looked_at(10, 7)).looks.looked(looked_at(10, 10)).looks
    assert looks.looked(looked_at(10, 7)).halt == frozenset()


def test_a_fill_in_flight_explains_a_difference_for_now() -> None:
    looks = PositionLooks().looked(looked_at(10, 7)).looks
    moving = looks.looked(looked_at(10, 7), in_flight={"AAPL"})
    assert moving.halt == frozenset()
    assert moving.looks.looked(looked_at(10, 7)).halt == frozenset()
    halted = looks.looked(looked_at(10, 7)).looks
    assert halted.looked(looked_at(10, 10), in_flight={"AAPL"}).lift == frozenset()


def test_looks_survive_a_restart() -> None:
    looks = PositionLooks().looked(looked_at(10, 7)).looks.looked(looked_at(10, 7)).looks
    assert PositionLooks.of_json(looks.as_json()) == looks
