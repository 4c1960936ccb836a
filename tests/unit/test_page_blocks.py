"""Every code block of every page: Python compiles, and what is typed in a shell is a command with such options."""

import ast
import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from textwrap import dedent

import click
import pytest
import typer

from tests.shared_data import REPOSITORY
from weaver.cli.dispatch import _GROUPS, COMMANDS, _app

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
SAMPLE = re.compile(r"<!-- sample .*?<!-- /sample -->", re.DOTALL)
MAKEFILE = (REPOSITORY / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
OWN_TARGETS = {"backtest"}
"""Of a project that `weaver init` has made."""


def blocks(page: Path, *languages: str) -> list[str]:
    text = SAMPLE.sub("", page.read_text(encoding="utf-8"))
    return [dedent(body) for _, language, body in BLOCK.findall(text) if language in languages]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each line that calls `weaver` or `make`."""
    for block in blocks(page, "sh", "bash", ""):
        for line in re.sub(r"\\\n\s*", " ", block).splitlines():
            called = re.match(r"^(?:\$ )?(?:(?:env|\.venv)/bin/|[A-Z_]+=\S+ )*(weaver|make) ", line)
            if called is not None:
                yield [called[1], *_words(line[called.end() :])]


def _words(text: str) -> list[str]:
    """Up to a comment, a pipe or another command."""
    lexer = shlex.shlex(re.split(r"\s#", text)[0], posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    return list(takewhile(lambda word: word.strip("|&;<>"), lexer))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_python_of_a_page_compiles(page: Path) -> None:
    for block in blocks(page, "python"):
        if ">>>" not in block:
            ast.parse(block.replace("…", "..."))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_what_a_page_types_is_a_command_with_such_options(page: Path) -> None:
    for program, *words in commands(page):
        if program == "make":
            targets = [word for word in words if "=" not in word]
            assert set(targets) <= TARGETS | OWN_TARGETS, words
        else:
            _check(words)


def _check(words: list[str]) -> None:
    """The command is there, and knows each option. Values are for the tests that run it."""
    name = next((word for word in words if not word.startswith("-")), "")
    if not name:
        return
    assert name in COMMANDS, words
    command: click.Command = typer.main.get_command(_app(name)).commands[name]  # type: ignore[attr-defined]
    rest = words[words.index(name) + 1 :]
    if name in _GROUPS:
        assert rest, words
        assert rest[0] in command.commands, words  # type: ignore[attr-defined]
        command = command.commands[rest[0]]  # type: ignore[attr-defined]
    known = {option for one in command.params for option in [*one.opts, *one.secondary_opts]} | {"--help", "--debug"}
    given = [word.partition("=")[0] for word in rest if re.match(r"--[a-z]", word)]
    assert [option for option in given if option not in known] == [], words


def test_commands_of_pages_are_found_and_a_wrong_option_is() -> None:
    found = [words for page in PAGES for words in commands(page)]
    assert len(found) > 90
    assert {"weaver", "make"} == {words[0] for words in found}
    with pytest.raises(AssertionError):
        _check(["backtest", "sma-crossover", "--simbol", "AAPL"])
    with pytest.raises(AssertionError):
        _check(["runs", "remove", "first"])
