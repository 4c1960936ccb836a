"""The search that learns: it finds what is better than chance does, and the same of the same seed."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from weaver.greta.sweep.axes import Choices, Span
from weaver.greta.sweep.search import BATCH, drawn
from weaver.greta.sweep.space import Space
from weaver.greta.sweep.tpe import Tpe
from weaver.model.errors import InputError

HILL = Space([Span(name="x", low=-5.0, high=5.0), Choices(name="n", values=tuple(range(50)))])


def height(point: Mapping[str, Any]) -> float:
    return -((point["x"] - 1.5) ** 2) - ((point["n"] - 33) / 10) ** 2


def tried(space: Space, trials: int, seed: int, of: Callable[[Mapping[str, Any]], float | None]) -> list[Any]:
    search, points = Tpe(space, trials=trials, seed=seed), []
    while batch := search.propose():
        assert len(batch) <= BATCH
        points += batch
        search.learn([of(point) for point in batch])
    return points


def test_it_does_better_than_chance() -> None:
    found = tried(HILL, 96, 3, height)
    assert len(found) == 96
    by_chance = drawn(HILL, 96, 3)
    assert max(map(height, found)) > max(map(height, by_chance))
    late = sum(map(height, found[64:])) / 32
    assert late > sum(map(height, by_chance)) / 96 + 3


def test_the_same_seed_tries_the_same() -> None:
    assert tried(HILL, 40, 5, height) == tried(HILL, 40, 5, height)
    assert tried(HILL, 40, 5, height) != tried(HILL, 40, 6, height)


def test_no_point_is_tried_twice_and_all_satisfy_the_constraint() -> None:
    space = Space([Choices(name="a", values=tuple(range(6))), Choices(name="b", values=tuple("xyz"))], where="a != 3")
    points = tried(space, 100, 1, lambda point: float(point["a"]))
    assert len({tuple(point.values()) for point in points}) == len(points) == 15
    assert all(point["a"] != 3 for point in points)


def test_trials_without_an_objective_are_no_obstacle() -> None:
    points = tried(HILL, 40, 2, lambda point: None if point["x"] < 0 else height(point))
    assert len(points) == 40


def test_a_constraint_that_nothing_satisfies_is_told() -> None:
    space = Space([Choices(name="a", values=(1, 2, 3))], where="a > 9")
    with pytest.raises(InputError, match="no point of the space satisfies"):
        Tpe(space, trials=1, seed=0).propose()


def test_what_to_install_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r'needs Optuna: pip install "weaver\[optuna\]"'):
        Tpe(HILL, trials=4, seed=0)
