"""Three hundred clients ask for large answers and read none of them: others are answered meanwhile, and memory is
bounded."""

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.acceptance.server import server
from tests.acceptance.service.api import Api
from tests.siege.processes import peak_mb, reset_peak, resident_mb
from tests.siege.report import say

CLIENTS = 300
HEALTH_MS_MAX, GROWTH_MB_MAX = 500.0, 200.0


def attack(folder: Path) -> bool:
    """See above."""
    with server(folder / "home", WEAVER_SEND_SECONDS="10") as running, Api(running.url) as api:
        api.import_sample("AAPL_1d.csv")
        run = api.ended(api.started("sma-crossover"))["id"]
        paths = (
            "/candles?symbol=AAPL&timeframe=1d&limit=5000", f"/runs/{run}/equity?points=100000",
            f"/runs/{run}/events?page_size=500", f"/runs/{run}/report.html", "/events?page_size=500",
        )  # fmt: skip
        client = httpx.Client(base_url=f"{running.url}/api/v1", timeout=60, trust_env=False)
        for path in paths:
            client.get(path).raise_for_status()
        before = resident_mb(running.process_id)
        reset_peak(running.process_id)
        asked = [_asked(running.url, paths[number % len(paths)]) for number in range(CLIENTS)]
        health, statuses, began = list[float](), list[int](), time.monotonic()
        while time.monotonic() - began < 30:
            asked_at = time.monotonic()
            statuses.append(client.get("/healthz").status_code)
            health.append((time.monotonic() - asked_at) * 1000)
            time.sleep(0.05)
        peak, after = peak_mb(running.process_id), resident_mb(running.process_id)
        cut = running.log.count("connection cut")
        for one in asked:
            one.close()
    worst = max(health)
    say(
        f"{CLIENTS} clients, {cut} cut off; healthz at most {worst:.0f} ms; memory {before:.0f} MB before, "
        f"{peak:.0f} at most, {after:.0f} after"
    )
    return set(statuses) == {200} and worst < HEALTH_MS_MAX and peak - before < GROWTH_MB_MAX


def _asked(url: str, path: str) -> socket.socket:
    """A client that asks, has the smallest of buffers, and reads nothing."""
    parts = urlsplit(url)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((parts.hostname, parts.port))
    client.sendall(f"GET /api/v1{path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    return client
