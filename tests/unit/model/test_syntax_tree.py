"""Trees of source text, from many threads at once."""

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from weaver.marvin.series import indicators
from weaver.model.syntax_tree import parse_expression, parse_module

TEXT = Path(indicators.__file__).read_text()


def test_threads_do_not_disturb_each_other() -> None:
    expected = ast.dump(ast.parse(TEXT))
    with ThreadPoolExecutor(8) as pool:
        trees = pool.map(lambda _: ast.dump(parse_module(TEXT, filename="x.py")), range(40))
        assert set(trees) == {expected}


def test_expression_is_parsed_alone() -> None:
    assert ast.dump(parse_expression("a | None")) == ast.dump(ast.parse("a | None", mode="eval").body)
    with pytest.raises(SyntaxError):
        parse_expression("a = 1")
