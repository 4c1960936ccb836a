"""The house rules that no other tool checks."""

import re
import shutil
from pathlib import Path

import pytest

from tests.house.__main__ import files_by_room
from tests.house.circles import all_circles, circles, imports
from tests.house.names import doubled
from tests.house.source import functions, modules

ROOT = Path(__file__).parents[2]
HOUSE = modules(ROOT / "src")
ROOM_FILES_MAX = 14
FUNCTION_LINES_MAX = 70
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    documented = re.findall(r"^([a-z-]+):[^#\n]*## \S", makefile, re.MULTILINE)
    assert sorted(phony[1].split()) == sorted(documented)


def test_ci_runs_the_commands_that_the_readme_gives() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "make test" in script.splitlines()
    assert "make check" in script.splitlines()
    assert re.search(r"^make test\b", (ROOT / "README.md").read_text(), re.MULTILINE)


def test_every_unit_test_stands_where_its_module_does_and_is_named_after_it() -> None:
    unit = ROOT / "tests" / "unit"
    strays = [path for path in unit.rglob("*/test_*.py") if not _is_named_after_its_module(path.relative_to(unit))]
    assert strays == []


def _is_named_after_its_module(test: Path) -> bool:
    """`test_fills.py`, `test_fills_times.py` are of `fills.py`; `test_ledger_at_any_price.py` of the room `ledger`."""
    if test.parts[0] == "benchmarks":
        return True
    name, room = test.stem.removeprefix("test_"), ROOT / "src" / "weaver" / test.parent
    stems = [path.stem for path in room.glob("*.py")] + [room.name]
    return any(name == stem or name.startswith(f"{stem}_") for stem in stems)


def test_imports_run_in_no_circle() -> None:
    """Neither between modules, imports within functions among them, nor between what stands in one package."""
    graph = imports(HOUSE)
    assert circles(graph) == []
    assert all_circles(graph, HOUSE) == []


def test_a_circle_would_be_found() -> None:
    assert circles({"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": set()}) == [["a", "b", "c"]]
    rooms = {"weaver.a.one": {"weaver.b.one"}, "weaver.b.two": {"weaver.a.two"}}
    assert all_circles(rooms, {"weaver": HOUSE["weaver"]}) == [["weaver.a", "weaver.b"]]


def test_a_name_of_two_classes_would_be_found(tmp_path: Path) -> None:
    texts = {
        "ports": "class Clock(Protocol): ...\nclass Feed: ...",
        "one": "class Clock: ...",
        "two": "class Feed: ...",
    }
    (tmp_path / "weaver").mkdir()
    for name, text in texts.items():
        (tmp_path / "weaver" / f"{name}.py").write_text(text)
    assert doubled(modules(tmp_path)) == {"Feed": ["weaver.ports", "weaver.two"]}


ASKED_OF_OTHERS = {
    "glados/pool/worker_process.py": "what the system's Python can do",
    "marvin/parameters/declared.py": "names that a user's class declares",
    "marvin/plugins/misspelt.py": "names that a user's class declares",
    "model/numbers/money.py": "numpy's scalars, which the model does not import",
    "research/lookahead/memory.py": "whatever a user's code keeps",
    "walle/database/rows/sql_types.py": "a mapping of whatever kind",
    "walle/files/frames.py": "frames of pandas and polars, neither of which is imported",
    "research/given/funding.py": "frames and series, which need not be installed",
}
"""Where it is asked what something has or taken for what it is not said to be: of things that are not ours, and why."""


def test_nothing_of_ours_is_asked_what_it_has_or_taken_for_something_else() -> None:
    asking = re.compile(r"(?<![.\w])(?:hasattr|cast)\(|\bapp\.state\b")
    source = ROOT / "src" / "weaver"
    found = {str(path.relative_to(source)) for path in source.rglob("*.py") if asking.search(path.read_text())}
    assert found == ASKED_OF_OTHERS.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_readme_python_examples_run_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    strategy, use = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "crossover.py").write_text(strategy)
    shutil.copy(ROOT / "data" / "AAPL_1d.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(compile(use, "README.md", "exec"), {})
    figures, *frame = capsys.readouterr().out.splitlines()
    assert len(figures.split()) == 2
    assert frame[0].split()[0] == "symbol"
    assert sum(" AAPL " in row for row in frame) == 5


def test_rooms_hold_about_a_dozen_files() -> None:
    assert {room: files for room, files in files_by_room(HOUSE).items() if files > ROOM_FILES_MAX} == {}


def test_no_function_is_longer_than_seventy_lines() -> None:
    everywhere = [*HOUSE.values(), *modules(ROOT, "tests").values(), *modules(ROOT, "scripts").values()]
    found = [one for module in everywhere for one in functions(module) if one.lines > FUNCTION_LINES_MAX]
    assert [f"{one.place} {one.name}: {one.lines} lines" for one in found] == []
