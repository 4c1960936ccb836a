"""The line of a user's file that an exception came from."""

import re
import sys
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePath

PINNED = "__weaver_source__"
"""Under this name a module that was made of a strategy's text has that text."""
_IMPORTED = re.compile(r"cannot import name '(\w+)'")


def blame(error: BaseException, file: str) -> str | None:
    """`name.py line 12, in on_start: ValueError: …` for the innermost frame in `file`; None without such a frame."""
    lines = [
        (frame.f_code.co_name, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == file
    ]
    if not lines:
        return None
    name, line = lines[-1]
    place = "" if name == "<module>" else f", in {name}"
    return f"{PurePath(file).name} line {line}{place}: {described(error)}"


def blame_strategy(error: BaseException) -> str | None:
    """The same for the innermost frame in the text of any strategy, whatever its file is called."""
    files = [
        frame.f_code.co_filename
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if PINNED in frame.f_globals and frame.f_code.co_filename == frame.f_globals.get("__file__")
    ]
    return blame(error, files[-1]) if files else None


def described(error: BaseException) -> str:
    """The exception in one line; ours need no class name."""
    kind, text = type(error), words_of(error)
    if kind.__module__.startswith("weaver."):
        return text
    return f"{kind.__name__}: {text}{_meant(error)}" if text else kind.__name__


def words_of(error: BaseException) -> str:
    """What an exception says, in one line; nothing where it cannot even say that: its class may be the user's own."""
    try:
        return " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - the user's own __str__, which may raise anything
        return ""


def _meant(error: BaseException) -> str:
    """What a name that is not there was likely meant to be, as Python itself says at the end of a traceback."""
    try:
        wanted, there = _misspelt(error)
        known = [name for name in there if wanted.startswith("_") or not name.startswith("_")]
    except Exception:  # noqa: BLE001 - the user's own __dir__, which may raise anything
        return ""
    near = get_close_matches(wanted, known, n=1, cutoff=0.75)
    return f"; did you mean {near[0]}?" if near else ""


def _misspelt(error: BaseException) -> tuple[str, Iterable[str]]:
    """The name that is missing, and those that there are where it was looked for."""
    if isinstance(error, AttributeError) and error.name:
        return error.name, dir(error.obj)
    if isinstance(error, NameError) and error.name:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        return error.name, {**frames[-1].f_globals, **frames[-1].f_locals} if frames else ()
    if isinstance(error, ImportError) and error.name in sys.modules:
        found = _IMPORTED.match(str(error))  # its attribute name_from is there from Python 3.12 on
        return (found[1], dir(sys.modules[error.name])) if found else ("", ())
    return "", ()
