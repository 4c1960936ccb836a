"""Expressions that somebody types: a constraint of a space, an objective of statistics. Nothing else can be done with
one than to compute it."""

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import CodeType
from typing import Any

from weaver.model.errors import InputError

LENGTH_MAX = 500
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "min": min, "max": max, "round": round, "sqrt": math.sqrt, "log": math.log, "exp": math.exp,
}  # fmt: skip
_POWER = "__power__"
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp, ast.Add, ast.Sub,
    ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
    ast.In, ast.NotIn, ast.IfExp, ast.Call, ast.Name, ast.Load, ast.Constant, ast.Tuple, ast.List,
)  # fmt: skip


class Undefined(Exception):
    """An expression has no value for these names: a division by nothing, a root of what is negative, None."""


class Expression:
    """A compiled expression of named values.

    It knows numbers, texts and truth values, `+ - * / // % **`, comparisons, `and or not in`, `a if b else c`, and the
    functions abs, min, max, round, sqrt, log and exp. `what` is what messages call it.
    """

    def __init__(self, text: str, known: Iterable[str], *, what: str) -> None:
        """Raises InputError where it is no such expression, or uses another name than the `known` ones."""
        self.text, self._what, known = text, what, list(known)
        tree = self._parsed(text)
        self.names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(_FUNCTIONS))
        """The names that it is of."""
        for name in self.names:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise InputError(f"{what} {text!r}: there is no {name}; there is {', '.join(known)}{hint}")
        self._code: CodeType = compile(ast.fix_missing_locations(_Powers().visit(tree)), f"<{what}>", "eval")

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.text, self.names, self._what)

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Its value where the names have these. Raises Undefined where it has none, and InputError where its values do
        not fit one another."""
        try:
            return eval(self._code, {"__builtins__": {}, _POWER: _power, **_FUNCTIONS}, dict(values))
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            raise Undefined(str(error)) from error
        except TypeError as error:
            if any(values[name] is None for name in self.names):
                raise Undefined("a value is undefined") from error
            raise InputError(f"{self._what} {self.text!r} cannot be computed: {error}") from error

    def _parsed(self, text: str) -> ast.Expression:
        if len(text) > LENGTH_MAX:
            raise InputError(f"{self._what}: an expression has at most {LENGTH_MAX} characters, not {len(text)}")
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise InputError(f"{self._what} {text!r} is no expression: {getattr(error, 'msg', error)}") from error
        for node in ast.walk(tree):
            self._check(node)
        return tree

    def _check(self, node: ast.AST) -> None:
        if not isinstance(node, _ALLOWED):
            raise InputError(
                f"{self._what} {self.text!r}: {type(node).__name__} is not allowed in it; write it with "
                "+ - * / // % **, comparisons, and, or, not, in, and abs, min, max, round, sqrt, log, exp"
            )
        if isinstance(node, ast.Call) and (
            not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS or node.keywords
        ):
            raise InputError(f"{self._what} {self.text!r}: only {', '.join(_FUNCTIONS)} can be called in it")
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool | int | float | str | None):
            raise InputError(f"{self._what} {self.text!r}: {node.value!r} is neither a number nor a text")


def _again(text: str, names: list[str], what: str) -> Expression:
    return Expression(text, names, what=what)


class _Powers(ast.NodeTransformer):
    """Has powers computed as floats, so that none takes longer than another."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        return ast.Call(func=ast.Name(id=_POWER, ctx=ast.Load()), args=[node.left, node.right], keywords=[])


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)
