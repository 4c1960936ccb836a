"""The table of extras in the docs is what pyproject.toml has, and the sources that need one name it."""

import re
import tomllib
from pathlib import Path

from weaver.walle.fetch.sources.catalogue import SOURCES

ROOT = Path(__file__).resolve().parents[2]
EXTRAS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
PAGE = (ROOT / "docs/how-to/fetch-history.md").read_text()


def test_table_of_extras_is_complete() -> None:
    told = dict(re.findall(r"^\| `weaver\[(\w+)\]` \| (\S+) \|", PAGE, re.MULTILINE))
    assert told == {name: re.split("[><=]", needs[0])[0] for name, needs in EXTRAS.items()}


def test_each_source_names_the_extra_that_brings_its_package() -> None:
    for entry in SOURCES.values():
        assert any(need.startswith(entry.package) for need in EXTRAS[entry.extra])


def test_install_brings_the_extras_that_the_docs_say() -> None:
    recipe = (ROOT / "Makefile").read_text()
    *others, last = sorted(f"`{one}`" for one in set(re.findall(r"--extra (\w+)", recipe)))
    assert f"`make install` brings {', '.join(others)} and {last}." in PAGE
