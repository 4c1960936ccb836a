"""The line of a user's file that an exception came from."""

import traceback
from pathlib import PurePath


def blame(error: BaseException, file: str) -> str | None:
    """`name.py line 12, in on_start: ValueError: …` for the innermost frame in `file`; None without such a frame."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if not frames:
        return None
    place = "" if frames[-1].name == "<module>" else f", in {frames[-1].name}"
    return f"{PurePath(file).name} line {frames[-1].lineno}{place}: {described(error)}"


def described(error: BaseException) -> str:
    """The exception in one line; ours need no class name."""
    kind = type(error)
    text = " ".join(str(error).split())
    if kind.__module__.startswith("weaver."):
        return text
    return f"{kind.__name__}: {text}" if text else kind.__name__
