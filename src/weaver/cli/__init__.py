"""The `weaver` command: one file per command or group of commands, loaded when it is used."""

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command that the process was started with, and leave with its exit code."""
    # Imports make hundreds of thousands of objects and no garbage: looking through them time and again costs a tenth.
    gc.set_threshold(100_000, 20, 20)
    try:
        from weaver.cli.dispatch import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before `run` could hear it, or as it returned
        sys.stderr.write("interrupted\n")
        code = 130
    sys.exit(code)
