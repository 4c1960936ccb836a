"""Load a strategy by id, from a file or from its recorded text, and name the line that fails."""

import ast
import inspect
import linecache
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from textwrap import dedent
from types import ModuleType

from weaver.marvin.blame import PINNED, blame, described
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.source import StrategySource, strategy_id
from weaver.marvin.strategy import Strategy
from weaver.model.errors import NotFound, StrategyError

CELLS = "In"
"""Where IPython keeps the texts of a session's cells, in the module that they run in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedStrategy:
    """A strategy class with the very text that was run to make it."""

    cls: type[Strategy]
    id: str
    source: str
    """The text of its file; empty where a class has none that can be found (typed into a prompt)."""
    source_hash: str
    """Hex SHA-256 of the text in UTF-8."""
    path: Path | None

    @property
    def class_name(self) -> str:
        """Its class in the source."""
        return self.cls.__name__


def load(reference: str, catalogue: Catalogue) -> LoadedStrategy:
    """The strategy behind an id, or `path/to/file.py[:ClassName]`.

    Raises NotFound (unknown id, no such file) and StrategyError (syntax, no or several strategies, failing code).
    """
    if not is_file(reference):
        entry = catalogue.get(reference)
        return from_source(entry.source(), entry.class_name)
    name, _, class_name = reference.rpartition(":") if ".py:" in reference else (reference, "", "")
    path = Path(name).expanduser()
    if path.is_dir():
        raise NotFound(f"{path} is a folder; name a file in it")
    return from_source(StrategySource.read(path), class_name or None)


def is_file(reference: str) -> bool:
    """Whether a reference means a file, not an id."""
    return reference.endswith(".py") or ".py:" in reference or bool(set("/\\").intersection(reference))


def from_source(source: StrategySource, class_name: str | None = None) -> LoadedStrategy:
    """The class of that name, or the only strategy in the text; the file itself need not exist any more."""
    if class_name is None:
        class_name = _only_class(source)
    module = _executed(source)
    cls = getattr(module, class_name, None)
    if cls is None or cls is Strategy:
        raise StrategyError(f"{source.path} has no strategy {class_name}; {_listing(source)}")
    if not (isinstance(cls, type) and issubclass(cls, Strategy)):
        raise StrategyError(f"{source.path}: {class_name} does not derive from weaver.Strategy")
    return LoadedStrategy(
        cls=cls, id=strategy_id(class_name), source=source.text, source_hash=source.hash, path=source.path
    )


def from_text(strategy: str, text: str) -> LoadedStrategy:
    """The strategy of an id, from the text that a run has pinned. Raises StrategyError."""
    source = StrategySource(path=Path(f"{strategy.replace('-', '_')}.py"), text=text)
    names = [outline.class_name for outline in source.outlines() if outline.id == strategy]
    if not names:
        raise StrategyError(f"the run's source text has no strategy {strategy}")
    return from_source(source, names[0])


def from_class(cls: type[Strategy]) -> LoadedStrategy:
    """A class that is already there, with as much of its text as can be found, so that a record can be run again."""
    module = sys.modules.get(cls.__module__)
    pinned = getattr(module, PINNED, None)
    source = pinned if isinstance(pinned, StrategySource) else _source_of(cls, module)
    if source is None:
        text, path = "", None
    else:
        text, path = source.text, source.path
    return LoadedStrategy(
        cls=cls, id=strategy_id(cls.__name__), source=text, source_hash=sha256(text.encode()).hexdigest(), path=path
    )


def _only_class(source: StrategySource) -> str:
    names = [outline.class_name for outline in source.outlines()]
    if not names:
        raise StrategyError(f"{source.path}: no class in it derives from Strategy")
    if len(names) > 1:
        raise StrategyError(
            f"{source.path} has several strategies; name one, as in {source.path}:{names[0]} ({_listing(source)})"
        )
    return names[0]


def _listing(source: StrategySource) -> str:
    names = [outline.class_name for outline in source.outlines()]
    return f"it has {', '.join(names)}" if names else "no class in it derives from Strategy"


def _executed(source: StrategySource) -> ModuleType:
    """The module that the text makes, under a name of its own that no import can clash with."""
    source.tree()  # a syntax error is reported with its line
    name = f"weaver_strategy_{sha256(str(source.path).encode()).hexdigest()[:8]}_{source.hash[:8]}"
    module = ModuleType(name)
    module.__file__ = str(source.path)
    setattr(module, PINNED, source)
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses and typing look a class's module up there
    try:
        exec(compile(source.text, str(source.path), "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        if isinstance(error, KeyboardInterrupt):  # Ctrl-C, as far as anybody can tell
            raise
        raise StrategyError(blame(error, str(source.path)) or f"{source.path}: {described(error)}") from error
    return module


def _source_of(cls: type[Strategy], module: ModuleType | None) -> StrategySource | None:
    """The whole file where that can be run again; of a script, or a nested class, its imports and the class."""
    path = Path(getattr(module, "__file__", None) or f"{cls.__name__}.py")
    whole = StrategySource.read(path) if path.is_file() else None
    if whole is not None and cls.__module__ != "__main__" and cls.__qualname__ == cls.__name__:
        return whole
    typed = _from_cell(cls, module)
    if typed is not None:
        return StrategySource(path=path, text=typed)
    try:
        text = dedent(inspect.getsource(cls))
    except (OSError, TypeError):  # typed into a prompt that keeps no lines
        return None
    return StrategySource(path=path, text=f"{_imports(whole)}{text}")


def _imports(source: StrategySource | None) -> str:
    return "" if source is None else _imports_in([source.tree()])


def _imports_in(trees: Iterable[ast.Module]) -> str:
    """Those at the top of some texts, each once."""
    nodes = [node for tree in trees for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "".join(f"{line}\n" for line in dict.fromkeys(map(ast.unparse, nodes))) + "\n"


def _from_cell(cls: type[Strategy], module: ModuleType | None) -> str | None:
    """The text of a class that was typed in a notebook's cell, under the imports of all cells so far."""
    cells = [tree for text in getattr(module, CELLS, ()) if (tree := _tree(text)) is not None]
    for function in vars(cls).values():
        if cells and inspect.isfunction(function):
            text = "".join(linecache.getlines(function.__code__.co_filename))
            for node in getattr(_tree(text), "body", ()):
                if isinstance(node, ast.ClassDef) and node.name == cls.__name__:
                    return f"{_imports_in(cells)}{_lines(text, node)}"
    return None


def _tree(text: str) -> ast.Module | None:
    """None for what is no Python alone, as a cell with a line of magic."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return None


def _lines(text: str, node: ast.ClassDef) -> str:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno]) + "\n"
