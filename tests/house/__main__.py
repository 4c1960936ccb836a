"""`python -m tests.house [ROOT …]`: the house of each checkout, counted side by side (default: this one)."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.house.circles import all_circles, imports
from tests.house.names import doubled
from tests.house.source import Function, Module, functions, modules

FUNCTION_LINES = (20, 40, 70)
FILE_LINES = (250, 400)
ROOM_FILES = (12, 14)
MOST_SHOWN = 5

Rows = dict[str, int]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.house", description=__doc__)
    parser.add_argument("root", type=Path, nargs="*", default=[Path(__file__).parents[2]])
    parser.add_argument("--rooms", action="store_true", help="print the table of rooms for docs/architecture/README.md")
    options = parser.parse_args()
    roots = options.root
    if options.rooms:
        sys.stdout.write(f"{rooms_table(modules(roots[0] / 'src'))}\n")
        return
    houses = [modules(root / "src") for root in roots]
    console = Console(width=120)
    for title, count in (("Counted", counted), ("Files in each room", files_by_room), ("Lines", lines_by_package)):
        columns = [count(house) for house in houses]
        if title == "Lines":
            columns = [column | {"tests": _lines_of_tests(root)} for column, root in zip(columns, roots, strict=True)]
        console.print(_table(title, [str(root) for root in roots], columns))
    for root, house in zip(roots, houses, strict=True):
        for line in longest(root, house):
            console.print(line, markup=False)


def counted(house: dict[str, Module]) -> Rows:
    """Rooms, files, functions, where imports run in circles, and names that stand for two things."""
    rooms, lengths = files_by_room(house), [one.lines for one in _functions(house)]
    return {
        "rooms": len(rooms),
        "files": len(house),
        **{f"rooms of more than {limit} files": sum(n > limit for n in rooms.values()) for limit in ROOM_FILES},
        "files in the fullest room": max(rooms.values()),
        **{f"files of more than {limit} lines": sum(m.lines > limit for m in house.values()) for limit in FILE_LINES},
        "functions": len(lengths),
        **{f"functions of more than {limit} lines": sum(n > limit for n in lengths) for limit in FUNCTION_LINES},
        "circles of imports": len(all_circles(imports(house), house)),
        "names of two classes": len(doubled(house)),
    }


def rooms_table(house: dict[str, Module]) -> str:
    """Each room with the first line of its docstring, as a page has them."""
    rooms = sorted((one for one in house.values() if one.path.stem == "__init__"), key=lambda one: one.name)
    return "\n".join(
        ["| room | what it is for |", "|---|---|", *(f"| {_link(one)} | {one.docstring} |" for one in rooms)]
    )


def _link(room: Module) -> str:
    folder = "/".join(room.name.split(".")[1:])
    return f"`{folder}/`" if folder else "`weaver`"


def files_by_room(house: dict[str, Module]) -> Rows:
    """Python files that stand in each folder itself, its `__init__` left out."""
    return dict(Counter(module.room for module in house.values() if module.path.stem != "__init__"))


def lines_by_package(house: dict[str, Module]) -> Rows:
    """Lines of Python by package, and of all."""
    rows: Counter[str] = Counter()
    for module in house.values():
        package = ".".join(module.name.split(".")[:2])
        rows[package if package in house and house[package].path.stem == "__init__" else "weaver"] += module.lines
    return {**rows, "all of src": rows.total()}


def longest(root: Path, house: dict[str, Module]) -> list[str]:
    """What to look at first: the longest functions and files, all circles, and all names of two classes."""
    functions_ = sorted(_functions(house), key=lambda one: -one.lines)[:MOST_SHOWN]
    files = sorted(house.values(), key=lambda one: -one.lines)[:MOST_SHOWN]
    return [
        f"\n{root}",
        *(f"  {one.lines} lines: {one.name}, {one.place.removeprefix(f'{root}/')}" for one in functions_),
        *(f"  {one.lines} lines: {one.path.relative_to(root)}" for one in files),
        *(f"  circle: {', '.join(ring)}" for ring in all_circles(imports(house), house)),
        *(f"  {name}: {', '.join(places)}" for name, places in doubled(house).items()),
    ]


def _functions(house: dict[str, Module]) -> list[Function]:
    return [one for module in house.values() for one in functions(module)]


def _lines_of_tests(root: Path) -> int:
    return sum(module.lines for module in modules(root, "tests").values())


def _table(title: str, roots: list[str], columns: list[Rows]) -> Table:
    table = Table("", title=title, title_justify="left")
    for root in roots:
        table.add_column(root, justify="right")
    for name in dict.fromkeys(name for column in reversed(columns) for name in column):
        table.add_row(name, *(f"{column[name]:,}" if name in column else "–" for column in columns))
    return table


if __name__ == "__main__":
    main()
