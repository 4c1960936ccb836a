"""The tree of errors: as it is drawn, and what a class that is looked up in a table gets."""

import pickle
import re

import pytest

from tests.every_error import PLACE, WORDS, in_the_tree
from weaver.model import errors
from weaver.model.errors import TREE, Conflict, DataError, InputError, ReadOnly, WeaverError, of_family


def drawn() -> dict[str, str]:
    """By the name of each class in the drawing: that of the class above it."""
    above, parents = {-1: "Exception"}, {}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│├└─ ]*)([A-Z]\w+) {2,}\S", line):
            depth = len(found[1]) // 4
            parents[found[2]] = above[depth - 1]
            above[depth] = found[2]
    return parents


def test_drawing_shows_every_class_under_its_parent() -> None:
    assert drawn() == {kind.__name__: kind.__base__.__name__ for kind in TREE if kind.__base__ is not None}
    assert len(drawn()) == 16


def test_facts_are_what_the_constructor_was_given() -> None:
    error = DataError("no close", file="x.csv", row=4, line=6)
    assert (error.file, error.row, error.line) == ("x.csv", 4, 6)
    assert error.facts == {"file": "x.csv", "row": 4, "line": 6}
    assert DataError("no close").facts == {"file": None, "row": None, "line": None}


@pytest.mark.parametrize("error", in_the_tree(), ids=lambda error: type(error).__name__)
def test_error_in_other_words_is_the_same_error(error: WeaverError) -> None:
    again = error.reworded("said otherwise")
    assert (type(again), str(again), again.facts) == (type(error), "said otherwise", error.facts)


def test_fact_can_change_with_the_words() -> None:
    again = DataError("/tmp/1: row 4: no close", file="/tmp/1", row=4).reworded("x.csv: row 4: no close", file="x.csv")
    assert again.facts == {"file": "x.csv", "row": 4, "line": None}


@pytest.mark.parametrize("error", in_the_tree(), ids=lambda error: type(error).__name__)
def test_error_keeps_words_and_facts_when_it_is_pickled(error: WeaverError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.facts) == (type(error), WORDS, error.facts)


def test_all_of_the_data_know_their_place() -> None:
    assert {type(error).__name__ for error in in_the_tree() if error.facts == PLACE} == {"DataError", "Damaged"}


def test_table_answers_for_the_nearest_class_that_it_has() -> None:
    table = {WeaverError: "any", InputError: "input", Conflict: "conflict"}
    assert of_family(DataError, table) == "input"
    assert of_family(ReadOnly, table) == "conflict"
    assert of_family(errors.WorkerLost, table) == "any"
