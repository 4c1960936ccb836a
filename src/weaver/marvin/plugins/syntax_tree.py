"""Python source as a syntax tree, from any thread."""

import ast
from threading import Lock

_one_at_a_time = Lock()
"""CPython counts the depth of the tree that it builds once for all threads, and fails with "AST constructor recursion
depth mismatch" where two take turns (github.com/python/cpython/issues/106905)."""


def parse_module(text: str, *, filename: str) -> ast.Module:
    """A file's tree. Raises what `ast.parse` raises."""
    with _one_at_a_time:
        return ast.parse(text, filename=filename)


def parse_expression(text: str) -> ast.expr:
    """An expression's tree. Raises what `ast.parse` raises."""
    with _one_at_a_time:
        return ast.parse(text, mode="eval").body
