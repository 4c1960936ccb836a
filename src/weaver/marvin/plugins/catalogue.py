"""The strategies that there are: every class in every `*.py` of the strategies folders, listed without running any."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from weaver.marvin.plugins.source import Outline, StrategySource, strategy_id
from weaver.model.errors import StrategyError, WeaverError
from weaver.model.usable import usable

BUILT_IN = Path(__file__).resolve().parents[1] / "strategies"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyEntry:
    """One strategy, or a file that holds none that can be used, with the reason."""

    id: str
    name: str
    version: str
    """The class's own `version`, else the first eight digits of the source's hash."""
    description: str
    path: Path
    class_name: str | None = None
    source_hash: str | None = None
    parameters: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    built_in: bool
    error: str | None = None

    def source(self) -> StrategySource:
        """The text of its file. Raises NotFound, or StrategyError where that is no UTF-8 text, or lies elsewhere."""
        return StrategySource.read(self.path, within=self.path.parent)

    def to_json(self) -> dict[str, object]:
        """As `weaver strategies list --json` shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "description": self.description,
            "path": str(self.path),
            "class": self.class_name,
            "source_hash": self.source_hash,
            "parameters": {name: _plain(facts) for name, facts in self.parameters.items()},
            "built_in": self.built_in,
            "error": self.error,
        }


class Catalogue:
    """Lists and finds strategies in the built-in folder and the user's.

    An id that a built-in has stays the built-in's; one that two of the user's classes claim belongs to neither. Both
    cases are listed with an error that names the other file. An id is only ever compared with those in the list, and a
    link that leads out of its folder is listed with an error and not read, so no id can reach outside the folders.
    """

    def __init__(self, *folders: Path, built_in: Path = BUILT_IN) -> None:
        self._folders, self._built_in = folders, built_in

    def entries(self) -> list[StrategyEntry]:
        """All entries, built-in first, then by path and order in the file. The files are read anew at each call."""
        own = _entries([self._built_in], built_in=True)
        users = _entries(self._folders, built_in=False)
        return own + _without_clashes(own, users)

    def get(self, identifier: str) -> StrategyEntry:
        """The usable strategy with that id. Raises NotFound, or StrategyError where its file is broken."""

        def hint(near: Sequence[str]) -> str:
            return f"did you mean {' or '.join(near)}?" if near else "`weaver strategies list` shows them all"

        return usable(self.entries(), identifier, kind="strategy", broken=StrategyError, hint=hint)


def _entries(folders: Iterable[Path], *, built_in: bool) -> list[StrategyEntry]:
    files = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return [
        entry
        for path in files
        if path.name[0] not in "_." and not path.is_dir()
        for entry in _file_entries(path, built_in=built_in)
    ]


def _file_entries(path: Path, *, built_in: bool) -> list[StrategyEntry]:
    try:
        source = StrategySource.read(path, within=path.parent)
        outlines = source.outlines()
        if not outlines:
            raise StrategyError(f"{path}: no class in it derives from Strategy")
    except WeaverError as error:
        identifier = strategy_id(path.stem)
        return [
            StrategyEntry(
                id=identifier,
                name=path.stem,
                version="",
                description="",
                path=path,
                built_in=built_in,
                error=str(error),
            )
        ]
    return [_entry(source, outline, built_in=built_in) for outline in outlines]


def _entry(source: StrategySource, outline: Outline, *, built_in: bool) -> StrategyEntry:
    return StrategyEntry(
        id=outline.id,
        name=outline.name,
        version=outline.version or source.hash[:8],
        description=outline.description,
        path=source.path,
        class_name=outline.class_name,
        source_hash=source.hash,
        parameters=outline.parameters,
        built_in=built_in,
    )


def _without_clashes(own: Sequence[StrategyEntry], users: Sequence[StrategyEntry]) -> list[StrategyEntry]:
    taken = {entry.id for entry in own}
    claims = Counter(entry.id for entry in users if entry.class_name)
    result = []
    for entry in users:
        if entry.class_name and entry.id in taken:
            error = f"{entry.path}: {entry.id} is the id of a built-in strategy; rename class {entry.class_name}"
            result.append(replace(entry, error=error))
        elif entry.class_name and claims[entry.id] > 1:
            files = " and ".join(str(other.path) for other in users if other.class_name and other.id == entry.id)
            result.append(replace(entry, error=f"{entry.id} is claimed by {files}; rename one of the classes"))
        else:
            result.append(entry)
    return result


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as JSON can hold them."""
    return {
        name: value if value is None or isinstance(value, bool | int | float | str) else repr(value)
        for name, value in facts.items()
    }
