"""A strategy file read as text: what can be known of it without running it."""

import ast
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from weaver.marvin.blame import described
from weaver.model.errors import NotFound, StrategyError
from weaver.model.syntax_tree import base_names, class_constants, parse_module


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategySource:
    """The text of one file, as it is hashed and run."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path, *, within: Path | None = None) -> "StrategySource":
        """Raises NotFound, or StrategyError where the file is no UTF-8 text, or a link that leads out of the folder
        `within`: by the name of a strategy nobody is to read what lies elsewhere."""
        if within is not None:
            _check_within(path, within)
        try:
            return cls(path=path, text=path.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            raise NotFound(f"there is no strategy file {path}") from None
        except OSError as error:
            raise StrategyError(f"{path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise StrategyError(f"{path} is not UTF-8 text (byte {error.start})") from error

    @property
    def hash(self) -> str:
        """Hex SHA-256 of the text in UTF-8."""
        return sha256(self.text.encode()).hexdigest()

    def tree(self) -> ast.Module:
        """The syntax tree. Raises StrategyError, naming the line."""
        try:
            return parse_module(self.text, filename=str(self.path))
        except SyntaxError as error:
            raise StrategyError(f"{self.path} line {error.lineno}: {error.msg}") from error
        except (ValueError, RecursionError, MemoryError) as error:  # a NUL byte, brackets nested thousands deep
            raise StrategyError(f"{self.path} cannot be parsed: {described(error)}") from error

    def outlines(self) -> list["Outline"]:
        """The strategy classes in the file, in order; those with a leading underscore are for others to derive from."""
        classes = [node for node in self.tree().body if isinstance(node, ast.ClassDef)]
        known = {"Strategy", "TimedExits"}
        found: dict[str, ast.ClassDef] = {}
        for node in classes:
            if known.intersection(base_names(node)):
                known.add(node.name)
                found[node.name] = node
        return [_outline(node, found) for node in found.values() if not node.name.startswith("_")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A strategy class, as its source shows it."""

    class_name: str
    name: str
    version: str | None
    description: str
    parameters: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Name → `type` (as written), and `default` and bounds (`ge`, `le` …) where they are plain values."""

    @property
    def id(self) -> str:
        """`sma-crossover` for SmaCrossover."""
        return strategy_id(self.class_name)


def _check_within(path: Path, folder: Path) -> None:
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(os.path.realpath(folder)):
        raise StrategyError(f"{path} is a link to {target}, which lies outside {folder}: put a copy of that file there")


def strategy_id(class_name: str) -> str:
    """The class's name in kebab case: SmaCrossover → sma-crossover, RSIMeanReversion → rsi-mean-reversion."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", class_name)
    return words.replace("_", "-").strip("-").lower()


def _outline(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> Outline:
    constants = class_constants(node)
    name, version = constants.get("name"), constants.get("version")
    words = strategy_id(node.name).replace("-", " ")
    return Outline(
        class_name=node.name,
        name=name if isinstance(name, str) else words[:1].upper() + words[1:],
        version=str(version) if isinstance(version, str | int | float) else None,
        description=ast.get_docstring(node) or "",
        parameters=_parameters(node, classes),
    )


def _parameters(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> dict[str, dict[str, object]]:
    """Annotated attributes with a value, those of base classes in the same file first."""
    found: dict[str, dict[str, object]] = {}
    for base in base_names(node):
        if base in classes and classes[base] is not node:
            found.update(_parameters(classes[base], {name: cls for name, cls in classes.items() if name != node.name}))
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        written = ast.unparse(statement.annotation)
        if statement.value is None or statement.target.id.startswith("_") or "ClassVar" in written:
            continue
        found[statement.target.id] = {"type": written, **_facts(statement.value)}
    return found


def _facts(value: ast.expr) -> dict[str, object]:
    """The default, and the plain keywords of a Field."""
    if not (isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "Field"):
        return _literal("default", value)
    facts: dict[str, object] = {}
    for argument in value.args[:1]:
        facts |= _literal("default", argument)
    for keyword in value.keywords:
        if keyword.arg is not None:
            facts |= _literal(keyword.arg, keyword.value)
    return facts


def _literal(name: str, value: ast.expr) -> dict[str, object]:
    try:
        literal = ast.literal_eval(value)
    except (
        ValueError,
        TypeError,
        SyntaxError,
        RecursionError,
        MemoryError,
    ):  # an expression: only running it would tell
        return {}
    return {} if literal is ... else {name: literal}
