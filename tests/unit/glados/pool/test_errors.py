"""Every error comes out of a worker's process as it went in: its class, its words, its facts."""

from io import BytesIO
from typing import Any

import pytest

from tests.every_error import WORDS, classes, derived, in_the_tree
from weaver.glados.pool import server
from weaver.glados.pool.errors import error_of
from weaver.glados.pool.protocol import Frame, read_frame
from weaver.model.errors import TREE, DataError, RunFailed, WeaverError


def across(error: WeaverError) -> WeaverError:
    """What the server makes of what a job raised."""

    def fail(*_: object) -> None:
        raise error

    sent: list[bytes] = []
    server._report(fail, Frame(kind="run", body={}), sent.append)
    frame = read_frame(BytesIO(sent[0]).read)
    assert frame is not None
    assert frame.kind == "error"
    return error_of(frame.body)


@pytest.mark.parametrize("error", in_the_tree(), ids=lambda error: type(error).__name__)
def test_error_of_the_tree_comes_through_the_pipe_as_itself(error: WeaverError) -> None:
    told = across(error)
    assert (type(told), str(told), told.facts) == (type(error), WORDS, error.facts)


@pytest.mark.parametrize("error", derived(), ids=lambda error: type(error).__name__)
def test_error_of_a_class_from_elsewhere_comes_as_the_nearest_of_the_tree(error: WeaverError) -> None:
    nearest = next(kind for kind in type(error).__mro__ if kind in TREE)
    assert type(across(error)) is nearest
    assert str(across(error)) == WORDS


def test_no_class_is_forgotten_here() -> None:
    """Those with their engines never leave their process."""
    tried = {type(error).__name__ for error in (*in_the_tree(), *derived())}
    assert {kind.__name__ for kind in classes()} - tried <= {"BrokenOff"}


@pytest.mark.parametrize(
    "body",
    [
        {"error": "SystemExit", "message": "x"},
        {"error": "SystemExit", "message": "x", "facts": {"row": 3}},
        {"error": ["DataError"], "message": "x", "facts": None},
    ],
)
def test_error_that_is_not_of_the_tree_is_a_run_that_failed(body: dict[str, Any]) -> None:
    error = error_of(body)
    assert (type(error), str(error), error.facts) == (RunFailed, "x", {})


@pytest.mark.parametrize("facts", [None, [], "row", {"row": [3]}, {"row": {"a": 1}}, {"__class__": "x", "depth": 1}])
def test_facts_that_no_error_has_are_left_out(facts: object) -> None:
    error = error_of({"error": "DataError", "message": "x", "facts": facts})
    assert isinstance(error, DataError)
    assert error.facts == {"file": None, "row": None, "line": None}
