"""Where a result goes: a JSON object to a file or stdout, an HTML report to a file, a summary to the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from weaver.greta.whole_file import check_writable, write_whole
from weaver.model.errors import InputError

if TYPE_CHECKING:
    from weaver.greta.result import BacktestResult

STDOUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What was asked for; `json` is a file's name or `-`."""

    json: str | None
    html: Path | None

    def __post_init__(self) -> None:
        """Refuse now what could not be written after the run. Raises InputError."""
        if self.json == "" or str(self.html) == STDOUT:
            raise InputError("--json takes a file or -, --html a file")
        if self.json is not None and not self.is_stdout:
            check_writable(Path(self.json))
        if self.html is not None:
            check_writable(self.html)

    @property
    def is_stdout(self) -> bool:
        """Whether stdout is the JSON object's alone."""
        return self.json == STDOUT

    @contextmanager
    def strategies_prints(self) -> Iterator[None]:
        """Where a strategy's own prints go meanwhile: not into the object."""
        if not self.is_stdout:
            yield
            return
        with redirect_stdout(sys.stderr):
            yield

    def write(self, result: "BacktestResult") -> None:
        """Write the files, whole or not at all, and the object to stdout."""
        from weaver.greta.json_text import json_text

        if self.html is not None:
            result.to_html(self.html)
        if self.json is not None and not self.is_stdout:
            write_whole(Path(self.json), json_text(result))
        if self.is_stdout:
            sys.stdout.writelines(json_text(result))

    def tell(self) -> None:
        """Name the files that were written."""
        for what, path in (("report", self.html), ("record", None if self.is_stdout else self.json)):
            if path is not None:
                typer.echo(f"{what}: {path}", err=self.is_stdout)
