"""Processes on the other side of the server: `service_clients.py read|clone|run|probe URL …`.

read URL CLIENTS FILE        so many clients on the event stream until standard input ends; then FILE (.npz)
clone URL RUN RATE SECONDS   clones of a run at a rate; JSON of how long each took, ms
run URL RUN RATE SECONDS     the same, and each clone is started
probe URL SECONDS            GET /healthz and GET /runs in turns; JSON of how long each took, ms
"""

import asyncio
import http.client
import json
import re
import sys
import threading
import time
from itertools import count
from urllib.parse import urlsplit

import numpy as np

API = "/api/v1"
PATHS = ("/healthz", "/runs")
PROBE_PAUSE_SECONDS = 0.01
WRITERS = 4
_FRAME = re.compile(rb"id: (\d+)\nevent: ([\w.]+)\n")
_CHUNK = 1 << 16


async def read(url: str, clients: int, path: str) -> None:
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), over.set)
    got: list[tuple[int, int, float]] = []
    resets: list[int] = []
    tasks = [asyncio.create_task(_client(url, client, got, resets)) for client in range(clients)]
    await asyncio.sleep(0)
    while sum(task.get_name() == "connected" for task in tasks) < clients:
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    await over.wait()
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    resets += [-1 for error in ended if not isinstance(error, asyncio.CancelledError)]  # a stream that broke off
    client, seq, received = np.array(got or [(0, 0, 0.0)]).T
    np.savez(path, client=client.astype(int), seq=seq.astype(int), received=received, resets=len(resets))


async def _client(url: str, client: int, got: list[tuple[int, int, float]], resets: list[int]) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET {API}/events/stream HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    await reader.readuntil(b": connected\n")
    task = asyncio.current_task()
    assert task is not None
    task.set_name("connected")
    rest = b""
    while data := await reader.read(_CHUNK):
        received = time.time() * 1000
        whole, mark, rest = (rest + data).rpartition(b"\n\n")
        for seq, type_ in _FRAME.findall(whole + mark):
            if type_ == b"stream.Reset":
                resets.append(client)
            else:
                got.append((client, int(seq), received))


def write(url: str, run_id: str, rate: float, seconds: float, *, starts: bool) -> None:
    milliseconds: list[float] = []
    numbers, lock, began = count(), threading.Lock(), time.perf_counter()

    def work() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        while True:
            with lock:
                due = began + next(numbers) / rate
            if due > began + seconds:
                break
            time.sleep(max(0.0, due - time.perf_counter()))
            took, made = _asked(connection, "POST", f"{API}/runs/{run_id}/clone", 201)
            milliseconds.append(took)
            if starts:
                took, _ = _asked(connection, "POST", f"{API}/runs/{json.loads(made)['id']}/start", 200)
                milliseconds.append(took)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(milliseconds))


def probe(url: str, seconds: float) -> None:
    milliseconds: dict[str, list[float]] = {path: [] for path in PATHS}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    began = time.perf_counter()
    while time.perf_counter() < began + seconds:
        for path in PATHS:
            milliseconds[path].append(_asked(connection, "GET", API + path, 200)[0])
            time.sleep(PROBE_PAUSE_SECONDS)
    connection.close()
    print(json.dumps(milliseconds))


def _asked(connection: http.client.HTTPConnection, method: str, path: str, expected: int) -> tuple[float, bytes]:
    """Milliseconds, and the body."""
    began = time.perf_counter()
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != expected:
        raise RuntimeError(f"{method} {path} answered {answer.status}")
    return (time.perf_counter() - began) * 1000, body


if __name__ == "__main__":
    match sys.argv[1:]:
        case "read", url, clients, path:
            asyncio.run(read(url, int(clients), path))
        case "clone" | "run" as what, url, run_id, rate, seconds:
            write(url, run_id, float(rate), float(seconds), starts=what == "run")
        case "probe", url, seconds:
            probe(url, float(seconds))
        case _:
            sys.exit(__doc__)
