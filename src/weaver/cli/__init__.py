"""The `weaver` command: one file per command or group of commands, loaded when it is used."""

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command that the process was started with, and leave with its exit code."""
    # Imports make hundreds of thousands of objects and no garbage: looking through them time and again costs a tenth.
    gc.set_threshold(100_000, 20, 20)
    from weaver.cli.dispatch import run

    sys.exit(run(sys.argv[1:]))
