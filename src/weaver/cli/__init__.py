"""The `weaver` command: one file per command or group of commands, loaded when it is used."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command that the process was started with, and leave with its exit code."""
    from weaver.cli.dispatch import run

    sys.exit(run(sys.argv[1:]))
