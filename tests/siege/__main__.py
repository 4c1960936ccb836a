"""`make siege`: every attack, or those that are named, one after the other. A line of figures each; exit code 1 where
one failed.

An attack is a module of this package with a function `attack(folder: Path) -> bool`: it makes what it needs in the
empty folder that it is given, says one line of figures (`report.say`), and returns whether the server stood.
"""

import argparse
import pkgutil
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import tests.siege
from tests.siege.report import console


def main() -> None:
    names = attacks()
    parser = argparse.ArgumentParser(prog="python -m tests.siege", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"by default all: {', '.join(names)}")
    wanted = parser.parse_args().names or names
    if unknown := set(wanted) - set(names):
        parser.error(f"{', '.join(sorted(unknown))}: no such attack; there are {', '.join(names)}")
    failed = [name for name in wanted if not stood(name)]
    console.print(
        f"{len(wanted) - len(failed)} of {len(wanted)} attacks stood" + f": not {', '.join(failed)}" * bool(failed)
    )
    sys.exit(bool(failed))


def attacks() -> list[str]:
    """The package's modules that are attacks, by name."""
    names = sorted({module.name for module in pkgutil.iter_modules(tests.siege.__path__)} - {"__main__"})
    return [name for name in names if hasattr(import_module(f"tests.siege.{name}"), "attack")]


def stood(name: str) -> bool:
    """Run one attack; what it raises is a failure too, and holds up none of the others."""
    console.print(f"{name}: ", end="")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"siege-{name}-") as folder:
        try:
            ok = bool(import_module(f"tests.siege.{name}").attack(Path(folder)))
        except Exception as error:  # noqa: BLE001 - the outermost edge: the other attacks still run
            console.print(f"{type(error).__name__}: {error}")
            ok = False
    console.print(f"  {'ok' if ok else 'FAILED'} after {time.monotonic() - began:.0f} s")
    return ok


if __name__ == "__main__":
    main()
