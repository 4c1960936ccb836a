"""Files that are there whole or not at all."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from weaver.model.errors import InputError


def write_whole(path: Path, chunks: Iterable[str]) -> None:
    """Write text as UTF-8 in the place of what `path` held; whatever fails or interrupts leaves that untouched.

    A link is followed; what is no regular file (a pipe, a device) is written to directly. Raises InputError.
    """
    target = path.resolve()
    check_writable(target)
    if target.exists() and not target.is_file():
        with _Told(path, "what was written is not whole"), target.open("w", encoding="utf-8") as file:
            file.writelines(chunks)
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _Told(path, "nothing was changed"):
            with part.open("w", encoding="utf-8") as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raises InputError where a file could never be written: better before a long run than after it."""
    if path.is_dir():
        raise InputError(f"{path}: this is a folder; name a file in it")
    if not path.resolve().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.resolve().parent}; make it first")


class _Told:
    """Turns an error of the disk into one line that names the file."""

    def __init__(self, path: Path, effect: str) -> None:
        self._path, self._effect = path, effect

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            reason = error.strerror or str(error)
            raise InputError(f"{self._path}: could not be written: {reason}; {self._effect}") from error
