"""What an error tells somebody to use can be imported from `weaver`."""

import ast
import re

import pytest

import weaver
from tests.shared_data import REPOSITORY

TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in (REPOSITORY / "src" / "weaver").rglob("*.py")]
CLASSES = {node.name for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def told() -> set[str]:
    """All texts that stand in a `raise`."""
    return {
        constant.value
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None
        for constant in ast.walk(node.exc)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


NAMES = sorted({word for text in told() for word in re.findall(r"\b[A-Z]\w*[a-z]\w*", text)} & CLASSES)
FUNCTIONS = sorted({name for text in told() for name in re.findall(r"\b(indicator|talib|shift|sma|load_bars)\(", text)})


def test_errors_do_name_things() -> None:
    assert {"Split", "Dividend", "Delisting", "Strategy"} <= set(NAMES)
    assert "indicator" in FUNCTIONS


@pytest.mark.parametrize("name", [*NAMES, *FUNCTIONS])
def test_name_in_an_error_can_be_imported(name: str) -> None:
    assert getattr(weaver, name).__name__ == name
    assert name in dir(weaver)
