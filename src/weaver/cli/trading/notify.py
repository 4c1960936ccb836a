"""`weaver notify`: notifications tried out."""

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, server

app = typer.Typer(help="Try notifications out.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """A group, though it has one command."""


@app.command()
def test(as_json: AsJson = False) -> None:
    """Have the server send a test message to every channel of NOTIFY_URLS. Exit code 1 where one does not take it."""
    found = server().post("notifications", "test", body={})
    if as_json:
        show_json(found)
    else:
        for one in found["items"]:
            outcome = "ok" if one["ok"] else f"failed: {one['reason']}"
            typer.echo(f"{one['number']} ({one['scheme']})  {outcome}")
    if not all(one["ok"] for one in found["items"]):
        raise typer.Exit(1)
