"""What is found by id, and what is said where nothing usable is."""

from typing import NamedTuple

import pytest

from weaver.model.errors import InputError, NotFound
from weaver.model.usable import usable


class Listed(NamedTuple):
    id: str
    error: str | None = None


ENTRIES = [Listed("alpha", "line 3: no class"), Listed("alpha"), Listed("beta", "line 1: no colon"), Listed("gamma")]


def find(identifier: str) -> Listed:
    return usable(ENTRIES, identifier, kind="thing", broken=InputError, hint=lambda near: f"near it: {list(near)}")


def test_the_first_without_an_error_is_taken() -> None:
    assert find("alpha") is ENTRIES[1]
    assert find("gamma") is ENTRIES[3]


def test_a_broken_one_says_what_is_wrong_with_its_file() -> None:
    with pytest.raises(InputError, match=r"^thing 'beta' cannot be used: line 1: no colon$"):
        find("beta")


def test_an_unknown_one_says_which_are_like_it() -> None:
    with pytest.raises(NotFound, match=r"^there is no thing 'gama'; near it: \['gamma'\]$"):
        find("gama")
    with pytest.raises(NotFound, match=r"near it: \[\]$"):
        find("zzz")
