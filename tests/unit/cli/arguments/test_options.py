"""Options as they are written on the command line."""

import pytest

from weaver.cli.arguments.options import pairs
from weaver.model.errors import InputError


def test_pairs_keep_what_stands_behind_the_first_equals_sign() -> None:
    assert pairs("--set", ["a=1", " b = x=y "]) == {"a": "1", "b": "x=y"}
    assert pairs("--set", None) == {}
    with pytest.raises(InputError, match="--set a is given twice"):
        pairs("--set", ["a=1", "a=2"])
    with pytest.raises(InputError, match="--set =1: write --set NAME=VALUE"):
        pairs("--set", ["=1"])
