"""What the pages on architecture say of rooms and paths is so."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.house.__main__ import rooms_table
from tests.house.source import modules

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "weaver"
PAGES = sorted((ROOT / "docs" / "architecture").glob("*.md"))
MADE = {"build", "dist"}
"""What commands write: there at one time and not at another."""
FOLDERS = "|".join(
    sorted(
        path.name
        for base in (ROOT, SOURCE, SOURCE.parent)
        for path in base.iterdir()
        if path.is_dir() and path.name not in MADE
    )
)
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./]*|[\w/]+\.py)(?:: \w+)?`")
"""What begins with a folder of ours, or ends like a module; of `file.py: name`, the file."""
DOTTED = re.compile(r"`weaver(?!\.db)((?:\.\w+)+)`")
"""Modules and what is in them; weaver.db is a database."""


def test_table_of_rooms_says_what_the_rooms_say() -> None:
    page = (ROOT / "docs" / "architecture" / "README.md").read_text()
    shown = re.search(r"<!-- rooms -->\n(.*?)\n<!-- /rooms -->", page, re.DOTALL)
    assert shown is not None
    assert shown[1] == rooms_table(modules(ROOT / "src"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_path_that_a_page_names_exists(page: Path) -> None:
    missing = [path for path in PATH.findall(page.read_text()) if not _exists(path)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_dotted_name_on_a_page_can_be_imported(page: Path) -> None:
    assert [name for name in DOTTED.findall(page.read_text()) if not _imports(f"weaver{name}")] == []


def test_every_walk_and_answer_names_paths() -> None:
    answers = (ROOT / "docs" / "architecture" / "where.md").read_text()
    rows = [
        line for line in answers.splitlines() if line.startswith("| ") and not line.startswith(("| question", "| what"))
    ]
    assert [row for row in rows if not PATH.search(row)] == []


def _exists(path: str) -> bool:
    """From the root, from `src/weaver`, or a module's name alone, wherever it stands."""
    below = any((base / path).exists() for base in (ROOT, SOURCE, SOURCE.parent))
    return below or ("/" not in path and any(SOURCE.rglob(path)))


def _imports(name: str) -> bool:
    """A module, or something in one."""
    try:
        import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return hasattr(import_module(module), attribute)
    return True
