"""A server is killed with a run under way and its disk full: it starts, says so, and mends itself with room again.

Needs the rights to mount a small file system in memory (root).
"""

import subprocess
import time
from pathlib import Path

import httpx

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api
from tests.acceptance.service.strategies import install
from tests.siege.processes import resident_mb
from tests.siege.report import say

SIZE_MB = 60
SLOW = """
from weaver import Strategy
import time

class Slow(Strategy):
    def on_bar(self, bar):
        time.sleep(0.01)
"""


def attack(folder: Path) -> bool:
    """See above."""
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", disk], check=True)
    try:
        return _on(disk)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def _on(disk: Path) -> bool:
    home = install(disk / "home")
    (home / "strategies" / "slow.py").write_text(SLOW)
    with server(home) as running:
        with Api(running.url) as api:
            api.import_sample("AAPL_1d.csv")
        with _client(running) as client:
            run = client.post("/runs", json={"strategy_id": "slow", "symbols": ["AAPL"]}).json()["id"]
            client.post(f"/runs/{run}/start").raise_for_status()
            ballast = _filled(disk / "ballast")
            full = client.get("/healthz").json()["status"]
            refused = client.post("/runs", json={"strategy_id": "slow", "symbols": ["AAPL"]}).status_code
        running.kill()
        began = time.monotonic()
        running.start()
        seconds = time.monotonic() - began
        with _client(running) as client:
            after = client.get("/healthz").json()["status"]
            ballast.unlink()
            mended = _mended(client, run)
            memory = resident_mb(running.process_id)
    say(
        f"disk full: healthz {full}, a new run {refused}; killed and started in {seconds:.1f} s: {after}; with room "
        f"again the run was marked, and all was well, after {mended:.1f} s; memory {memory:.0f} MB"
    )
    return (full, refused, after) == ("degraded", 503, "degraded") and mended < 30


def _client(running: Server) -> httpx.Client:
    return httpx.Client(base_url=f"{running.url}/api/v1", timeout=60, trust_env=False)


def _filled(path: Path) -> Path:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


def _mended(client: httpx.Client, run: str) -> float:
    """Seconds until the run that was left behind has failed and the server is well."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        if client.get(f"/runs/{run}").json()["status"] == "error" and client.get("/healthz").json()["status"] == "ok":
            break
        time.sleep(0.2)
    return time.monotonic() - began
