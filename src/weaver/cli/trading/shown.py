"""How the running server is asked, and its answers are shown."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.config import settings

if TYPE_CHECKING:
    from weaver.cli.kept.server_client import ServerClient

AsJson = Annotated[bool, typer.Option("--json", help="Print the server's answer as JSON, nothing else.")]
VenueName = Annotated[str | None, typer.Option("--venue", metavar="ID", help="Only this venue's.")]
ModeName = Annotated[str | None, typer.Option("--mode", metavar="paper|live", help="Only of this mode.")]


def server() -> "ServerClient":
    """The running server. Raises Unavailable where none runs."""
    from weaver.cli.kept.server_client import needed_server

    return needed_server(settings())


def run_id_of(client: "ServerClient", run: str) -> str:
    """The id of a run that is named by it, or by its name where only one has it. Raises NotFound and InputError."""
    from weaver.cli.kept.kept_runs import ServedRuns, get_run

    return str(get_run(ServedRuns(client), run)["id"])


def show_rows(columns: Mapping[str, str], items: Sequence[Mapping[str, Any]], *, nothing: str) -> None:
    """A table of some fields (by heading) of items; a line where there are none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not items:
        typer.echo(nothing)
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for item in items:
        table.add_row(*(Text(cell(item.get(name))) for name in columns.values()))
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)


def show_fields(item: Mapping[str, Any]) -> None:
    """One thing, a line for each field that says something."""
    for name, value in item.items():
        if value not in (None, [], {}, ""):
            typer.echo(f"{name:<18} {value if isinstance(value, str) else json.dumps(value)}")


def cell(value: Any) -> str:
    """A value as a table has it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(cell, value)) or "-"
    return str(value)
