"""A small file that says where the running server can be reached."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlace:
    """Where a server is."""

    url: str
    process_id: int


@contextmanager
def published(path: Path, place: ServerPlace) -> Iterator[None]:
    """The file is there during the block, readable by its owner only. It replaces another server's, and one that was
    replaced in turn is left alone. Where it cannot be written (the disk is full) the server can be reached all the
    same, by its address."""
    try:
        _write(path, place)
    except OSError as error:
        _log.warning("server_file_not_written", path=str(path), reason=error.strerror)
    try:
        yield
    finally:
        if find_server(path) == place:
            path.unlink(missing_ok=True)


def _write(path: Path, place: ServerPlace) -> None:
    temporary = path.with_suffix(f".{place.process_id}")
    temporary.unlink(missing_ok=True)  # of a server with this id that was killed; never what a link leads to
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(place), file)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def find_server(path: Path) -> ServerPlace | None:
    """What the file says, where there is one; a server that was killed leaves it behind, so ask it before trusting."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return ServerPlace(url=str(found["url"]), process_id=int(found["process_id"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
