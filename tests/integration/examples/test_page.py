"""The page of examples: each is there, short, says where its idea is from, and its command prints the line shown."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from tests.acceptance.command import Place
from tests.shared_data import REPOSITORY

FOLDER = REPOSITORY / "docs" / "examples"
PAGE = (FOLDER / "README.md").read_text("utf-8")
FILES = sorted(FOLDER.glob("*.py"))
SHOWN = re.findall(
    r"```sh\n\.venv/bin/weaver (backtest docs/examples/(\w+)\.py.*?)```\n\n```\n(return .*?)\n```", PAGE, re.DOTALL
)
LINES_BELOW = 40


def test_page_shows_every_example_once() -> None:
    assert sorted(name for _, name, _ in SHOWN) == [path.stem for path in FILES]
    assert len(FILES) == 10
    assert all(f"[{path.name}]({path.name})" in PAGE for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_is_short_and_names_its_source(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < LINES_BELOW
    assert "Source: " in (ast.get_docstring(ast.parse(text)) or "")


@pytest.mark.parametrize(
    ("command", "line"), [(command, line) for command, _, line in SHOWN], ids=[one[1] for one in SHOWN]
)
def test_command_prints_the_result_shown(command: str, line: str, tmp_path: Path) -> None:
    outcome = Place(folder=REPOSITORY, home=tmp_path).run(*shlex.split(command.replace("\\\n", " ")))
    assert outcome.code == 0, outcome.stderr
    said = outcome.stdout.splitlines()
    assert [one for one in said if one.startswith("return ")] == [line]
    assert "look-ahead check: the run repeated" in outcome.stdout
    assert not [one for one in said if one.startswith("WARNING") and "[lookahead" in one]
