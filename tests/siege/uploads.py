"""Parquet that unpacks to gigabytes, four uploads that fall silent, and an honest CSV file of 170 MB: the server does
not grow, and what reads the honest one stays small."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api, hours
from tests.siege.processes import resident_mb
from tests.siege.report import say

ROWS = 2_750_000
SILENT, WINDOW_SECONDS = 4, 3
"""As many as the server takes at once, and how long it listens to them."""
GROWTH_MB_MAX, READER_MB_MAX, HEALTH_MS_MAX = 50.0, 400.0, 1_000.0


def attack(folder: Path) -> bool:
    """See above."""
    with server(folder / "home", WEAVER_UPLOAD_WINDOW_SECONDS=str(WINDOW_SECONDS)) as running, Api(running.url) as api:
        api.upload("WARM_1h.csv", hours(48), symbol="WARM", asset="crypto")
        before = resident_mb(running.process_id)
        contents = _rows(50_000_000), _strings(20_000)
        with watched(running) as seen:
            bombs = [api.upload("X_1d.parquet", content, symbol="X")["status"] for content in contents]
        bomb_peak, bomb_health = seen.server, seen.health
        refused, answers, waited = _silence(running, api)
        path = folder / "honest.csv"
        _write_honest(path)
        with watched(running) as seen:
            job = api.upload("BTCUSD_1m.csv", path.read_bytes(), symbol="BTCUSD", asset="crypto")
    say(
        f"bombs {bombs}, server {before:.0f} MB before, {bomb_peak:.0f} at most, healthz {bomb_health:.0f} ms; "
        f"beside {SILENT} silent uploads {refused}, gone with {answers} after {waited:.1f} s; "
        f"{path.stat().st_size / 1e6:.0f} MB of CSV {job['status']}: server "
        f"{seen.server:.0f} MB at most, its reader {seen.reader:.0f}, healthz {seen.health:.0f} ms"
    )
    return (
        bombs == ["error", "error"]
        and (refused, answers) == ([503], [408])
        and waited < 2 * WINDOW_SECONDS
        and job["status"] == "done"
        and max(bomb_peak, seen.server) - before < GROWTH_MB_MAX
        and seen.reader < READER_MB_MAX
        and max(bomb_health, seen.health) < HEALTH_MS_MAX
    )


class Seen:
    """What a server and its largest reader took at most, and the slowest health check."""

    server = reader = health = 0.0


@contextmanager
def watched(running: Server) -> Iterator[Seen]:
    seen, over = Seen(), threading.Event()

    def look() -> None:
        with httpx.Client(base_url=running.url, timeout=60, trust_env=False) as client:
            while not over.wait(0.02):
                began = time.monotonic()
                client.get("/api/v1/healthz")
                seen.health = max(seen.health, (time.monotonic() - began) * 1000)
                seen.server = max(seen.server, resident_mb(running.process_id))
                seen.reader = max([seen.reader, *_readers(running.process_id)])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _readers(process_id: int) -> Iterator[float]:
    """The memory of each process that reads files, or is a fork of one."""
    for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split():
        try:
            if "weaver.reader" in Path(f"/proc/{child}/cmdline").read_text():
                yield resident_mb(int(child))
                yield from _readers(int(child))
        except (OSError, StopIteration):  # it has just ended
            continue


def _silence(running: Server, api: Api) -> tuple[list[int], list[int], float]:
    """What others hear while as many uploads as there may be say nothing, what those hear themselves, and after how
    many seconds others get a place."""
    silent = [_silent(running.url) for _ in range(SILENT)]
    began = time.monotonic()
    time.sleep(0.5)  # they are in: a request that came between would have the place of one
    others = set[int]()
    while time.monotonic() - began < WINDOW_SECONDS - 0.5:
        others.add(_preview(api))
        time.sleep(0.1)
    while _preview(api) == 503 and time.monotonic() - began < 60:
        time.sleep(0.05)
    waited = time.monotonic() - began
    heard = {int(one.recv(1_000).split()[1]) for one in silent}
    for one in silent:
        one.close()
    return sorted(others), sorted(heard), waited


def _preview(api: Api) -> int:
    form = {"files": {"file": ("X.csv", b"x")}, "data": {"symbol": "X"}}
    return api.http.post("/api/v1/data/preview", **form).status_code


def _silent(url: str) -> socket.socket:
    parts = urlsplit(url)
    client = socket.create_connection((parts.hostname, parts.port))
    client.sendall(
        f"POST /api/v1/data/import HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n".encode()
    )
    return client


def _packed(columns: dict[str, pa.Array], **options: int) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink, compression="zstd", **options)
    return sink.getvalue()


def _rows(count: int) -> bytes:
    zero = pa.array(np.zeros(count, dtype=np.int8))
    time_column = pa.DictionaryArray.from_arrays(zero, pa.array([0], pa.timestamp("ns", "UTC")))
    price = pa.DictionaryArray.from_arrays(zero, pa.array([1.0]))
    return _packed({"timestamp": time_column, **dict.fromkeys(("open", "high", "low", "close"), price)})


def _strings(rows: int) -> bytes:
    times = pa.array(["x" * 100_000] * rows).dictionary_encode()
    return _packed({"timestamp": times, **dict.fromkeys(("open", "high", "low", "close"), pa.array(np.ones(rows)))})


def _write_honest(path: Path) -> None:
    chance = np.random.default_rng(1)
    close = np.round(20_000 * np.exp(np.cumsum(chance.normal(0, 0.0005, ROWS))), 2)
    opened = np.concatenate([close[:1], close[:-1]])
    columns = (
        np.datetime_as_string(np.datetime64("2013-01-01", "m") + np.arange(ROWS).astype("timedelta64[m]")),
        opened, np.round(np.maximum(opened, close) + 1, 2), np.round(np.minimum(opened, close) - 1, 2), close,
        np.round(chance.gamma(2, 3, ROWS), 3),
    )  # fmt: skip
    with path.open("w") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        for start in range(0, ROWS, 100_000):
            some = zip(*(column[start : start + 100_000].tolist() for column in columns), strict=True)
            file.write("".join(f"{stamp}:00Z,{o},{h},{low},{c},{v}\n" for stamp, o, h, low, c, v in some))
