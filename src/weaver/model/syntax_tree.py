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


def base_names(node: ast.ClassDef) -> list[str]:
    """The last part of each base's name: `Strategy` of `weaver.Strategy`, `Box` of `Box[int]`."""
    names = []
    for base in node.bases:
        if isinstance(base, ast.Subscript):
            base = base.value
        if isinstance(base, ast.Attribute):
            names.append(base.attr)
        elif isinstance(base, ast.Name):
            names.append(base.id)
    return names


def class_constants(node: ast.ClassDef) -> dict[str, object]:
    """The attributes that a class's body sets to plain values: texts, numbers, tuples of them."""
    found: dict[str, object] = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            value = literal(statement.value)
            if value is not None:
                found |= {target.id: value for target in statement.targets if isinstance(target, ast.Name)}
    return found


def literal(value: ast.expr) -> object:
    """The plain value that an expression writes; None where only running it would tell."""
    try:
        found: object = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return found
