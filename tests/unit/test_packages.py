"""What is built and installed: the extras and templates that a page lists, the README's commands, a typed strategy."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from tests.packages.environments import python
from tests.packages.readme import OF_A_CHECKOUT, README, steps
from tests.shared_data import REPOSITORY
from weaver.marvin.plugins.template import TEMPLATES

PAGE = (REPOSITORY / "docs" / "how-to" / "install.md").read_text()
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
MADE = re.findall(r"--extra (\w+)", (REPOSITORY / "Makefile").read_text())
"""The extras that the lock of `make install` has."""


def table(first: str) -> dict[str, list[str]]:
    """The rows of the table whose head begins so, by their first cell."""
    body = re.search(rf"^\| {first} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert body is not None
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body[1].splitlines()]
    return {row[0].strip("` "): row[1:] for row in rows}


def test_table_of_extras_is_what_the_project_has() -> None:
    extras = PROJECT["optional-dependencies"]
    rows = table("extra")
    assert rows.keys() == extras.keys()
    for name, (brings, _, made) in rows.items():
        assert brings.split(", ") == [Requirement(one).name for one in extras[name]], name
        assert made == ("yes" if name in MADE else "no"), name


def test_table_of_templates_is_what_there_is() -> None:
    assert {name: row[0] for name, row in table("template").items()} == {
        one.name: one.teaches for one in TEMPLATES.values()
    }


def test_every_command_of_the_readme_is_tried_where_it_is_installed() -> None:
    page = steps()
    commands = [step.command for step in page if step.command]
    typed = re.findall(r"^(?:make|curl|\.venv/bin/weaver) .*", README, re.MULTILINE)
    assert len(commands) == len([line for line in typed if not line.startswith(OF_A_CHECKOUT)])
    assert sum(bool(step.program) for step in page) == README.count("```python")
    assert {command.split()[0] for command in commands} == {"weaver", "curl"}
    assert "weaver backtest crossover.py --bars AAPL_1d.csv --set fast=20 --set slow=50 --html report.html" in commands


def test_python_of_this_machine_is_found_and_one_that_is_not_there_is_none() -> None:
    assert python("{}.{}".format(*sys.version_info[:2])) is not None
    assert python("3.99") is None


def test_typed_strategy_has_nothing_that_a_strict_checker_minds(tmp_path: Path) -> None:
    path = REPOSITORY / "tests" / "packages" / "typed_strategy.py"
    strict = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, "--config-file", "/dev/null"]
    done = subprocess.run([*strict, path], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "wrong.py"
    wrong.write_text(path.read_text().replace('tif="gtc"', 'tiff="gtc"'))
    done = subprocess.run([*strict, wrong], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 'Unexpected keyword argument "tiff"' in done.stdout
