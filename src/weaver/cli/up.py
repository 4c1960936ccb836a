"""`weaver up`: everything on one port."""

import gc
import sys
import webbrowser
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from weaver.config import has_display, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from weaver.main import Running

Host = Annotated[str | None, typer.Option("--host", help="Address to bind to; 127.0.0.1 by default.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="8420 by default; 0 takes a free one.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")]


def command(host: Host = None, port: Port = None, no_open: NoOpen = False) -> None:
    """Start the server on this machine, with its embedded storage unless DB_URL says otherwise. Ctrl-C stops it."""
    serve = _server()
    found = settings()
    given = {"server_host": host, "server_port": port}
    chosen = found.model_copy(update={name: value for name, value in given.items() if value is not None})
    opens = not no_open and sys.stdout.isatty() and has_display()

    def tell(running: "Running") -> None:
        for line in _told(running):
            typer.echo(line)
        sys.stdout.flush()
        if opens:
            Thread(target=webbrowser.open, args=(running.url,), daemon=True).start()  # a browser may take its time

    raise typer.Exit(serve(chosen, on_ready=tell))


def _server() -> "Callable[..., int]":
    """The server's root. All that is imported for it stays, so looking for garbage among it is time for nothing."""
    gc.disable()
    from weaver.main import Parts, serve

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
