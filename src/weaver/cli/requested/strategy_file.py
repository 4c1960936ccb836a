"""A strategy in a file, brought to where the server finds strategies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.loader import is_file
from weaver.marvin.plugins.source import Outline, StrategySource
from weaver.model.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStrategy:
    """A strategy by the id under which the server knows it."""

    id: str
    copied_to: Path | None = None
    """Where its file was copied to, for that."""


@contextmanager
def known_strategy(reference: str, folder: Path, *, is_kept: bool) -> Iterator[KnownStrategy]:
    """The strategy behind an id, or `path/to/file.py[:ClassName]`: a file that is not in `folder` is copied there,
    under its own name; is_kept False: until the end of the block. Its code does not run here. Raises InputError, where
    there is another file of that name too, and StrategyError."""
    if not is_file(reference):
        yield KnownStrategy(id=Catalogue(folder).get(reference).id)
        return
    name, _, class_name = reference.rpartition(":") if ".py:" in reference else (reference, "", "")
    path = Path(name).expanduser()
    source = StrategySource.read(path)
    chosen = _chosen(source, class_name)
    target = folder / path.name
    is_there = _is_there(source, target)
    if not is_there:
        _check_free(chosen.id, target, folder)
        _copy(path, target)
    try:
        yield KnownStrategy(id=chosen.id, copied_to=None if is_there else target)
    finally:
        if not (is_there or is_kept):
            target.unlink(missing_ok=True)


def _chosen(source: StrategySource, class_name: str) -> Outline:
    found = {one.class_name: one for one in source.outlines()}
    if class_name in found:
        return found[class_name]
    names = ", ".join(found)
    if not found:
        raise InputError(f"{source.path}: no class in it derives from Strategy")
    if class_name:
        raise InputError(f"{source.path} has no strategy {class_name}; it has {names}")
    if len(found) > 1:
        raise InputError(
            f"{source.path} has several strategies ({names}): name one, as {source.path}:{next(iter(found))}"
        )
    return next(iter(found.values()))


def _is_there(source: StrategySource, target: Path) -> bool:
    """Whether the file, or one that is the same, is where it is to be. Raises InputError where that is another one."""
    if not target.exists():
        return False
    if StrategySource.read(target).text == source.text:
        return True
    raise InputError(
        f"{target} is there already, and is another strategy than {source.path}: rename yours, or copy it there"
    )


def _check_free(strategy_id: str, target: Path, folder: Path) -> None:
    for entry in Catalogue(folder).entries():
        if entry.id == strategy_id and entry.path != target:
            raise InputError(f"{strategy_id} is the id of {entry.path} already: rename the class in your file")


def _copy(path: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(path.read_bytes())
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
