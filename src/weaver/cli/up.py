"""`weaver up`: everything on one port."""

import gc
import sys
import webbrowser
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from weaver.config import has_display, settings
from weaver.model.errors import WeaverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from weaver.config import Settings
    from weaver.main import Running

Host = Annotated[str | None, typer.Option("--host", help="Address to bind to; 127.0.0.1 by default.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="8420 by default; 0 takes a free one.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")]
Demo = Annotated[
    bool, typer.Option("--demo", help="Where nothing is stored yet: import the sample data, and run a backtest on it.")
]


def command(host: Host = None, port: Port = None, no_open: NoOpen = False, demo: Demo = False) -> None:
    """Start the server on this machine, with its embedded storage unless DB_URL says otherwise. Ctrl-C stops it."""
    serve = _server()
    found = settings()
    given = {"server_host": host, "server_port": port}
    chosen = found.model_copy(update={name: value for name, value in given.items() if value is not None})
    opens = not no_open and sys.stdout.isatty() and has_display()
    shows = demo and _has_samples_for_the_first_start()

    def tell(running: "Running") -> None:
        for line in _told(running):
            typer.echo(line)
        sys.stdout.flush()
        if shows:
            Thread(target=show_one_run, args=(running.url, chosen), daemon=True).start()  # it asks this server
        if opens:
            Thread(target=webbrowser.open, args=(running.url,), daemon=True).start()  # a browser may take its time

    raise typer.Exit(serve(chosen, on_ready=tell))


def _has_samples_for_the_first_start() -> bool:
    """Import them, where nothing is stored; whether that was so."""
    from weaver.cli.demo import import_samples
    from weaver.research.inputs import store

    shelf = store()
    if shelf.catalogue():
        return False
    import_samples(shelf)
    return True


def show_one_run(url: str, found: "Settings") -> None:
    """Have a server that has no run yet make one, so that there is something to be seen."""
    from weaver.cli.demo import STRATEGY, SYMBOL, TIMEFRAME
    from weaver.cli.kept.server_client import ServerClient

    token = found.security_api_token
    server = ServerClient(url, None if token is None else token.get_secret_value())
    wanted = {"name": f"demo {STRATEGY} {SYMBOL}", "strategy_id": STRATEGY, "symbols": [SYMBOL], "timeframe": TIMEFRAME}
    try:
        if server.get("runs", page_size=1)["total"] == 0:
            server.post("runs", server.post("runs", body=wanted)["id"], "start", body={})
    except WeaverError as error:
        typer.echo(f"The sample backtest was not run: {error}", err=True)


def _server() -> "Callable[..., int]":
    """The server's root. All that is imported for it stays, so looking for garbage among it is time for nothing."""
    gc.disable()
    from weaver.main import serve
    from weaver.server.parts import Parts

    gc.freeze()
    gc.enable()
    return partial(serve, parts=Parts())


def _told(running: "Running") -> list[str]:
    lines = [
        f"Weaver {running.version} is ready: {running.url}",
        f"  home {running.home}; storage {running.storage}; {_token(running)}",
    ]
    if running.is_token_guessable:
        lines.append("  the token is short, and other machines can try to guess it: set a long random one")
    if running.storage == "memory":
        lines.append("  DB_URL=memory: nothing survives this process")
    if running.is_read_only:
        lines.append("  another server owns this database or this home: this one is read-only")
    return lines


def _token(running: "Running") -> str:
    return "a token is needed" if running.needs_token else "no token is needed"
