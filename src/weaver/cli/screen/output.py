"""Where a result goes: a JSON object to a file or stdout, an HTML report to a file, a summary to the terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

import typer

from weaver.greta.report.whole_file import check_writable, write_whole
from weaver.model.errors import InputError

if TYPE_CHECKING:
    from weaver.greta.result import BacktestResult


class InPieces(Protocol):
    """What can be written as JSON: a backtest, a sweep."""

    def json_pieces(self) -> Iterator[str]:
        """The object, in pieces."""


STDOUT = "-"
_STDOUT, _STDERR = 1, 2
"""Descriptors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What was asked for; `json` is a file's name or `-`."""

    json: str | None
    html: Path | None

    def __post_init__(self) -> None:
        """Refuse now what could not be written after the run. Raises InputError."""
        if self.json == "" or str(self.html) == STDOUT:
            raise InputError("--json takes a file or -, --html a file")
        if self.is_stdout and sys.stdout is None:
            raise InputError("--json -: standard output is closed; name a file")
        if self.json is not None and not self.is_stdout:
            check_writable(Path(self.json))
        if self.html is not None:
            check_writable(self.html)

    @property
    def is_stdout(self) -> bool:
        """Whether stdout is the JSON object's alone."""
        return self.json == STDOUT

    @contextmanager
    def stdout_apart(self) -> Iterator[TextIO]:
        """The way to standard output; where that is the object's alone, what a strategy writes there meanwhile, by
        Python or past it, goes to standard error."""
        if not self.is_stdout:
            yield sys.stdout
            return
        with _stdout_kept() as stdout:
            yield stdout

    def write(self, result: "BacktestResult", stdout: TextIO) -> None:
        """Write the files, whole or not at all, and the object to `stdout`."""
        if self.html is not None:
            result.to_html(self.html)
        self.write_json(result, stdout)

    def write_json(self, result: InPieces, stdout: TextIO) -> None:
        """The same without a report."""
        if self.json is not None and not self.is_stdout:
            write_whole(Path(self.json), result.json_pieces())
        if self.is_stdout:
            stdout.writelines(result.json_pieces())

    def tell(self) -> None:
        """Name the files that were written."""
        for what, path in (("report", self.html), ("record", None if self.is_stdout else self.json)):
            if path is not None:
                typer.echo(f"{what}: {path}", err=self.is_stdout)


@contextmanager
def _stdout_kept() -> Iterator[TextIO]:
    """Point the descriptor of standard output at standard error, and give what still leads to the real one."""
    own = sys.stdout
    own.flush()
    kept = os.dup(_STDOUT)
    _point_stdout_at_stderr()
    try:
        with ExitStack() as stack:
            if own is sys.__stdout__:  # else somebody who runs commands in this process reads along
                own = stack.enter_context(open(kept, "w", encoding="utf-8", closefd=False))
            stack.enter_context(redirect_stdout(sys.stderr))
            yield own
    finally:
        if sys.__stdout__ is not None:
            sys.__stdout__.flush()  # what a strategy wrote there is not the object's
        os.dup2(kept, _STDOUT)
        os.close(kept)


def _point_stdout_at_stderr() -> None:
    """Or nowhere, where that is closed: its descriptor may be any file's by now."""
    target = os.open(os.devnull, os.O_WRONLY) if sys.stderr is None else os.dup(_STDERR)
    os.dup2(target, _STDOUT)
    os.close(target)
