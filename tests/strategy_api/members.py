"""What a class has, and what its source says of each: methods, properties, fields, attributes set in `__init__`."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import is_typeddict

ATTRIBUTE_MAKERS = {"property", "cached_property"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One name of a class; `kind` is its type, or of a method how it is called."""

    name: str
    kind: str
    text: str
    is_method: bool = False


def members(cls: type) -> dict[str, Member]:
    """Everything public that it and the classes of ours that it derives from have, as the source has it in order."""
    found: dict[str, Member] = {}
    for base in reversed(_bases(cls)):
        if base.__module__.startswith("weaver."):
            for name, member in of_one(base).items():
                if member.text or name not in found:
                    found[name] = member
    return found


def _bases(cls: type) -> list[type]:
    """It and what it derives from; of a dict with types, which forgets that, as it is written."""
    written = [base for base in getattr(cls, "__orig_bases__", ()) if is_typeddict(base)]
    return [*cls.__mro__, *(one for base in written for one in _bases(base))]


def of_one(cls: type) -> dict[str, Member]:
    """The same of a class alone."""
    found: dict[str, Member] = {}
    for member in _of_class(cls):
        if member.text or member.name not in found:
            found[member.name] = member
    return found


def signature(function: object) -> str:
    """`name(arguments) -> what it returns`, as in its source."""
    node = _parsed(function)
    assert isinstance(node, ast.FunctionDef)
    return _called(node)


def text_of(what: object) -> str:
    """Its docstring."""
    return inspect.cleandoc(what.__doc__ or "")


def _parsed(what: object) -> ast.AST:
    return ast.parse(dedent(inspect.getsource(what))).body[0]  # type: ignore[arg-type]


def _of_class(cls: type) -> Iterator[Member]:
    node = _parsed(cls)
    assert isinstance(node, ast.ClassDef)
    yield from _attributes(node.body)
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name == "__init__":
            yield from _attributes(one.body, owner="self")
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
            yield from _function(one)


def _function(node: ast.FunctionDef) -> Iterator[Member]:
    marks = {ast.unparse(mark).rpartition(".")[2] for mark in node.decorator_list}
    text = inspect.cleandoc(ast.get_docstring(node) or "")
    if marks & ATTRIBUTE_MAKERS:
        assert node.returns is not None
        yield Member(name=node.name, kind=_plain(node.returns), text=text)
    elif not marks & {"overload", "setter"}:
        yield Member(name=node.name, kind=_called(node), text=text, is_method=True)


def _attributes(body: list[ast.stmt], owner: str = "") -> Iterator[Member]:
    """What is annotated or set, with the text below it."""
    for one, below in zip(body, [*body[1:], None], strict=True):
        text = ""
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            text = inspect.cleandoc(below.value.value)
        for target, kind in _targets(one):
            name = _name(target, owner)
            if name and not name.startswith("_"):
                yield Member(name=name, kind=kind, text=text)


def _targets(node: ast.stmt) -> Iterator[tuple[ast.expr, str]]:
    if isinstance(node, ast.AnnAssign):
        yield node.target, _plain(node.annotation)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from ((one, "") for one in (target.elts if isinstance(target, ast.Tuple) else [target]))


def _name(target: ast.expr, owner: str) -> str:
    if owner and isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return target.attr if target.value.id == owner else ""
    return target.id if not owner and isinstance(target, ast.Name) else ""


def _plain(annotation: ast.expr) -> str:
    """A type as it is read: without the quotes that a name ahead of its class needs."""
    return ast.unparse(annotation).replace("'", "").replace('"', "")


def _called(node: ast.FunctionDef) -> str:
    """How it is called, without `self`."""
    given = node.args
    for one in [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]:
        if one is not None and one.annotation is not None:
            one.annotation = ast.Name(id=_plain(one.annotation))
    arguments = ast.unparse(given)
    without = arguments.removeprefix("self").removeprefix(", ").removeprefix("/, ")
    returns = "" if node.returns is None or _plain(node.returns) == "None" else f" -> {_plain(node.returns)}"
    return f"{node.name}({without}){returns}"
