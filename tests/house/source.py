"""The modules of a package, read and not run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Module:
    """One file; `name` as it is imported."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        """All of them, blank ones too."""
        return len(self.text.splitlines())

    @property
    def room(self) -> str:
        """The package that it stands in."""
        return self.name if self.path.stem == "__init__" else self.name.rpartition(".")[0]

    @property
    def docstring(self) -> str:
        """Its first line."""
        return (ast.get_docstring(self.tree) or "").partition("\n")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or method, from its `def` to its last line, without its docstring: one that says what each of many
    arguments is for is long because it is read."""

    place: str
    name: str
    lines: int


def modules(source: Path, package: str = "weaver") -> dict[str, Module]:
    """Name to module, of all files below `source / package`."""
    found = {}
    for path in sorted((source / package).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name=name, path=path)
    return found


def functions(module: Module) -> Iterator[Function]:
    """All of a module, nested ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1 - _docstring_lines(node)
            yield Function(place=f"{module.path}:{node.lineno}", name=node.name, lines=lines)


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None or len(node.body) == 1:
        return 0
    assert node.body[0].end_lineno is not None
    return node.body[0].end_lineno - node.body[0].lineno + 1
