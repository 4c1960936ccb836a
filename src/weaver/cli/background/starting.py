"""Starts a server that outlives the command, in a session of its own, and waits until it answers."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic

import typer

from weaver.cli.kept.server_client import ServerClient, running_server
from weaver.cli.screen.called import called
from weaver.cli.screen.progress import ProgressBar
from weaver.config import Settings
from weaver.glados.process.server_file import find_server
from weaver.model.errors import InputError, Unavailable

LOG_NAME, LOG_NAME_BEFORE = "server.log", "server.log.1"
READY_SECONDS = 60.0
LOOK_SECONDS = 0.1
LAST_LINES = 8
_go_on: list["subprocess.Popen[bytes]"] = []
"""Servers that outlive us: Python minds who forgets a process that has not ended."""


def server_to_use(settings: Settings) -> tuple[ServerClient, bool]:
    """The server that runs on this WEAVER_HOME, and whether it was started for that. Raises Unavailable where none
    comes up, with its last words."""
    client = running_server(settings)
    return (client, False) if client is not None else (started(settings), True)


def started(settings: Settings) -> ServerClient:
    """A new one. Raises Unavailable, and InputError where its log cannot be written."""
    log = settings.home_folder / LOG_NAME
    typer.echo(f"No server runs on this WEAVER_HOME: starting one in the background (it writes to {log})", err=True)
    process = _launched(settings, log)
    _go_on.append(process)
    with ProgressBar("Starting the server"):
        client = _answering(settings, process)
    if client is None:
        raise Unavailable(_told(process, log))
    typer.echo(f"The server answers at {client.url}; `{called()} down` ends it", err=True)
    return client


def _launched(settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    """In a session of its own: no Ctrl-C of this terminal's, and no end of it, reaches it."""
    words = [sys.executable, "-m", "weaver", "up", "--no-open", *_port(settings)]
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_name(LOG_NAME_BEFORE))
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise InputError(f"{log}: cannot be written: {error.strerror}; set WEAVER_HOME to a folder of yours") from error
    try:
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=written, stderr=written, start_new_session=True, close_fds=True
        )
    finally:
        os.close(written)


def _port(settings: Settings) -> list[str]:
    """A free one, where nobody has chosen and the usual one is taken, as by the server of another home."""
    if "server_port" in settings.model_fields_set or _is_free(settings.server_host, settings.server_port):
        return []
    typer.echo(f"Port {settings.server_port} is taken: it gets another", err=True)
    return ["--port", "0"]


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _answering(settings: Settings, process: "subprocess.Popen[bytes]") -> ServerClient | None:
    """The server once it answers, whoever started it: two commands may do so at the same time. None: it does not."""
    end = monotonic() + READY_SECONDS
    while monotonic() < end:
        client = running_server(settings)
        if client is not None:
            place = find_server(settings.server_file)
            if place is not None and place.process_id != process.pid:
                process.terminate()  # another command's was there first, and ours could only read
            return client
        try:
            process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return running_server(settings)
    process.terminate()
    return None


def _told(process: "subprocess.Popen[bytes]", log: Path) -> str:
    code = process.poll()
    what = f"did not answer within {READY_SECONDS:g} s" if code is None else f"ended with exit code {code}"
    last = " | ".join(log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]) or "nothing"
    return f"the server {what}. Its last words: {last}. See {log}; `{called()} up` starts it in this terminal"
