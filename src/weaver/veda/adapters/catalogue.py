"""The venues that there are: every adapter in the built-in folders and the user's, listed without running any."""

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from weaver.model.errors import InputError
from weaver.model.syntax_tree import base_names, class_constants, parse_module
from weaver.model.usable import usable
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Setup

BUILT_IN = Path(__file__).parent
PORT = ExchangeAdapter.__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterEntry:
    """One adapter, or a file that holds none that can be used, with the reason. What it says of itself stands in its
    class as plain values."""

    id: str
    title: str
    description: str
    path: Path
    class_name: str | None = None
    modes: tuple[str, ...] = ()
    asset_classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    """The environment variables that it is handed."""
    parts: tuple[str, ...] = ()
    """What else it is made of, by keyword; one that has any is made for a run, and not by itself."""
    requires: str = ""
    """A package that it needs and Weaver does not, by the name of the extra that brings it."""
    built_in: bool
    error: str | None = None


class AdapterCatalogue:
    """Lists and loads adapters. The user's are single files, `*.py`; a built-in's id stays the built-in's."""

    def __init__(self, *folders: Path, built_in: Path = BUILT_IN) -> None:
        self._folders, self._built_in = folders, built_in

    def entries(self) -> list[AdapterEntry]:
        """All, built-in first, then by path; the files are read anew at each call."""
        own = [entry for path in sorted(self._built_in.glob("*/adapter.py")) for entry in _entries(path, built_in=True)]
        files = [path for folder in self._folders for path in sorted(folder.glob("*.py")) if path.name[0] not in "._"]
        users = [entry for path in files for entry in _entries(path, built_in=False)]
        return own + _without_clashes(own, users)

    def get(self, identifier: str) -> AdapterEntry:
        """The usable adapter with that id. Raises NotFound, or InputError where its file is broken."""
        entries = self.entries()

        def hint(near: Sequence[str]) -> str:
            return f"there is {' or '.join(near) or ', '.join(entry.id for entry in entries)}"

        return usable(entries, identifier, kind="venue", broken=InputError, hint=hint)

    def make(self, identifier: str, setup: Setup, **parts: object) -> ExchangeAdapter:
        """An adapter that is not connected yet; `parts`: as the entry names them. Raises as `get` does, and InputError
        where it lacks what it requires or is made of, does not know the mode, or fails."""
        entry = self.get(identifier)
        if setup.mode.value not in entry.modes:
            raise InputError(f"venue {identifier} has no {setup.mode} mode, only {', '.join(entry.modes)}")
        if missing := [part for part in entry.parts if part not in parts]:
            raise InputError(f"venue {identifier} is made for a run, of its {' and '.join(missing)}: not by itself")
        if entry.requires and importlib.util.find_spec(entry.requires) is None:
            raise InputError(f"venue {identifier} needs a package: pip install 'weaver[{entry.requires}]'")
        made: ExchangeAdapter = _loaded(entry)(setup, **parts)
        return made


def _entries(path: Path, *, built_in: bool) -> Iterator[AdapterEntry]:
    stem = path.parent.name if built_in else path.stem
    try:
        tree = parse_module(path.read_text("utf-8"), filename=str(path))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield _broken(path, stem, f"{path} cannot be read: {error}", built_in=built_in)
        return
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and PORT in base_names(node)]
    if not classes:
        yield _broken(path, stem, f"{path}: no class in it derives from {PORT}", built_in=built_in)
    for node in classes:
        yield _entry(node, path, stem, built_in=built_in)


def _broken(path: Path, stem: str, error: str, *, built_in: bool) -> AdapterEntry:
    return AdapterEntry(id=stem, title=stem, description="", path=path, built_in=built_in, error=error)


def _entry(node: ast.ClassDef, path: Path, stem: str, *, built_in: bool) -> AdapterEntry:
    said = class_constants(node)
    identifier, modes = str(said.get("name", stem)), _texts(said.get("modes"))
    entry = AdapterEntry(
        id=identifier,
        title=str(said.get("title", identifier)),
        description=ast.get_docstring(node) or "",
        path=path,
        class_name=node.name,
        modes=modes,
        asset_classes=_texts(said.get("asset_classes")),
        features=_texts(said.get("features")),
        settings=_texts(said.get("settings")),
        parts=_texts(said.get("parts")),
        requires=str(said.get("requires", "")),
        built_in=built_in,
    )
    if set(modes) and set(modes) <= {"paper", "live"}:
        return entry
    return replace(entry, error=f'{path}: class {node.name} must say its modes, as in modes = ("paper", "live")')


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()


def _without_clashes(own: Sequence[AdapterEntry], users: Sequence[AdapterEntry]) -> list[AdapterEntry]:
    taken = {entry.id: entry.path for entry in own}
    result = []
    for entry in users:
        if entry.error is None and (first := taken.setdefault(entry.id, entry.path)) != entry.path:
            entry = replace(entry, error=f"{entry.path}: {entry.id} is the id of {first}; give the class another name")
        result.append(entry)
    return result


def _loaded(entry: AdapterEntry) -> type:
    """The class, its module run for the first time."""
    assert entry.class_name is not None
    if entry.built_in:
        module = importlib.import_module(f"{__package__}.{entry.path.parent.name}.adapter")
    else:
        spec = importlib.util.spec_from_file_location(f"weaver_adapter_{entry.path.stem}", entry.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses and typing look a class's module up there
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[spec.name]
            raise InputError(f"{entry.path} cannot be loaded: {type(error).__name__}: {error}") from error
    found: type = getattr(module, entry.class_name)
    return found
