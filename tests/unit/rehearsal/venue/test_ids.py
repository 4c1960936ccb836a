"""Ids that follow from a seed."""

from uuid import UUID

from weaver.rehearsal.venue.ids import SeededIds


def test_ids_are_the_same_for_a_seed_and_all_different() -> None:
    one, other = SeededIds(1), SeededIds(1)
    made = [one() for _ in range(1000)]
    assert made == [other() for _ in range(1000)]
    assert len({*made, SeededIds(2)()}) == 1001
    assert all(UUID(id).version == 4 for id in made)
