"""`weaver down`: end the server that runs on this WEAVER_HOME."""

import os
import signal
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Annotated, Any

import typer

from weaver.cli.kept.server_client import ServerClient, running_server
from weaver.cli.screen.called import called
from weaver.cli.screen.json_answer import show_json
from weaver.cli.screen.progress import ProgressBar
from weaver.config import Settings, settings
from weaver.glados.process.server_file import ServerPlace, find_server
from weaver.model.errors import InputError, Unavailable, WeaverError

GONE_SECONDS, LOOK_SECONDS = 20.0, 0.05
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]


def command(as_json: AsJson = False) -> None:
    """End the server that runs on this WEAVER_HOME, and return when it is gone. Runs on paper and live are suspended,
    and go on at its next start."""
    found = settings()
    client, place = running_server(found), find_server(found.server_file)
    if client is None or place is None:
        _tell({"ended": False, "url": None, "process_id": None, "suspended": 0, "interrupted": 0}, as_json=as_json)
        return
    suspended, interrupted = _running(client)
    with ProgressBar("Ending the server"):
        _end(place, found)
    ended = {"ended": True, "url": place.url, "process_id": place.process_id}
    _tell({**ended, "suspended": suspended, "interrupted": interrupted}, as_json=as_json)


def _running(client: ServerClient) -> tuple[int, int]:
    """How many runs trade, and how many backtests are under way."""
    try:
        counts = [
            sum(client.get("runs", status="running", mode=mode, page_size=1)["total"] for mode in modes)
            for modes in (("paper", "live"), ("backtest",))
        ]
    except WeaverError:  # one whose database is away can be ended all the same
        return 0, 0
    return counts[0], counts[1]


def _end(place: ServerPlace, found: Settings) -> None:
    """Raises InputError where it is another user's, and Unavailable where it does not go."""
    if not _is_weaver(place.process_id):
        raise Unavailable(_elsewhere(place, found))
    try:
        os.kill(place.process_id, signal.SIGTERM)
    except ProcessLookupError:
        raise Unavailable(_elsewhere(place, found)) from None
    except PermissionError:
        raise InputError(f"the server is process {place.process_id}, which is another user's: end it as that") from None
    waiting, end = Event(), monotonic() + GONE_SECONDS
    while _is_there(place.process_id):
        if monotonic() > end:
            raise Unavailable(f"the server (process {place.process_id}) has not ended after {GONE_SECONDS:g} s")
        waiting.wait(LOOK_SECONDS)


def _elsewhere(place: ServerPlace, found: Settings) -> str:
    return (
        f"a server answers at {place.url}, but it is not process {place.process_id} of this machine, which "
        f"{found.server_file} names: end it where it was started"
    )


def _is_weaver(process_id: int) -> bool:
    """Whether it may be one, as far as the system tells: the number may have come to be another process's."""
    try:
        return b"weaver" in Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return True


def _is_there(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return not _is_dead(process_id)


def _is_dead(process_id: int) -> bool:
    """Whether it has ended, and whoever started it has not looked yet."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:1] == ["Z"]
    except OSError:
        return False


def _tell(ended: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(ended)
        return
    if not ended["ended"]:
        typer.echo(f"No server runs on this WEAVER_HOME: there is none to end (`{called()} up` starts one)")
        return
    typer.echo(f"The server at {ended['url']} has ended")
    if ended["suspended"]:
        typer.echo(f"  {_runs(ended['suspended'])} suspended, and will go on where left at the next `{called()} up`")
    if ended["interrupted"]:
        typer.echo(f"  {ended['interrupted']} backtests were cut off, and are marked so")


def _runs(count: int) -> str:
    return "1 run that trades is" if count == 1 else f"{count} runs that trade are"
