"""Runs on a server of a test's own."""

import json
from time import monotonic, sleep
from typing import Any
from urllib.request import Request, urlopen

from tests.unit.cli.server_process import PATIENCE_SECONDS, ServerProcess
from tests.unit.cli.terminal import Terminal

TOKEN = {"SECURITY_API_TOKEN": "a-long-token"}


def post(running: ServerProcess, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"X-API-Key": TOKEN["SECURITY_API_TOKEN"], "Content-Type": "application/json"}
    request = Request(running.url + path, json.dumps(body).encode(), headers, method="POST")
    with urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def finished(running: ServerProcess, terminal: Terminal, **body: Any) -> str:
    """The id of a run that has come to its end."""
    created = post(running, "/api/v1/runs", {"mode": "backtest", "symbols": ["AAPL"], **body})
    run_id = str(created["id"])
    terminal.told("runs", "start", run_id)
    end = monotonic() + PATIENCE_SECONDS
    while json.loads(terminal.told("runs", "show", run_id, "--json"))["status"] == "running" and monotonic() < end:
        sleep(0.1)
    return run_id
