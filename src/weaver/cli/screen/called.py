"""How this command was called, so that what it tells a user to type works as it stands there."""

import shlex
import shutil
import sys
from pathlib import Path

NAME = "weaver"


def called() -> str:
    """`weaver` where that is found on the path, else as it was typed: `.venv/bin/weaver`, `python -m weaver`."""
    typed = sys.argv[0]
    if Path(typed).name == NAME:
        found = shutil.which(NAME)
        is_found = found is not None and Path(found).resolve() == Path(typed).resolve()
        return NAME if is_found else shlex.quote(typed)
    is_module = (Path(typed).parent.name, Path(typed).name) == (NAME, "__main__.py")
    return f"{shlex.quote(sys.executable)} -m {NAME}" if is_module else NAME
