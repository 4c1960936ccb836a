"""Many clients on the event stream: what they miss, how late it comes, and what the rest of the API feels of it.

The events come about as they do in use: backtests are cloned and started over HTTP at a rate, and write to their
journals. Or, harder: each event is a request of its own that clones a run. Readers, writer and probe are processes.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.benchmarks import bounds
from tests.benchmarks.check import Check
from tests.benchmarks.contest import ROOT, WEAVER, short
from tests.kill.api import Api
from tests.kill.server import Server
from tests.kill.strategies import SYMBOL

RATE = 100
"""Events a second."""
STRATEGY_ID = "chatty"
STRATEGY = '''\
"""Writes to its journal, and buys once."""

from weaver import Strategy


class Chatty(Strategy):
    def on_start(self) -> None:
        self.count = 0

    def on_bar(self, bar) -> None:
        self.count += 1
        if self.count % 20 == 0:
            self.log(f"bar {self.count}")
        if self.count == 10:
            self.buy(bar.symbol, 1)
'''
READERS = 2
"""Processes that the clients are shared out to."""
DRAIN_SECONDS = 2.0
SOURCES = {"run": "events of backtests", "clone": "an event per request"}
OWN_TIME = "run."
"""Types whose `ts` is the moment before their commit; those of a backtest's orders and journal are recorded earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What was measured under one number of clients; times in milliseconds."""

    source: str
    clients: int
    events: int
    seconds: float
    lost: int
    doubled: int
    resets: int
    delivery: npt.NDArray[np.float64]
    """One value per event and client: from the event's own time to the reader that got it."""
    idle: dict[str, list[float]]
    busy: dict[str, list[float]]
    writes: list[float]


def measure(clients: Sequence[int], seconds: float) -> Iterator[str | list[Check]]:
    """Each number of clients on a server of its own, the first also the harder way. Yields progress, then checks."""
    loads = [("run", count) for count in clients] + [("clone", clients[0])]
    for number, (source, count) in enumerate(loads):
        for step in _loaded(source, count, seconds):
            if isinstance(step, str):
                yield step
            else:
                yield _checks(step, is_gate=number == 0)


def _loaded(source: str, clients: int, seconds: float) -> Iterator[str | Load]:
    name = f"{clients} event streams, {SOURCES[source]}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = chatty_server(folder / "home")
        stack.callback(server.kill)
        api = stack.enter_context(Api(server))
        api.import_bars()
        run, events_each = tried_run(api)
        rate = RATE / events_each if source == "run" else RATE
        yield f"{name}: the API at rest"
        _probe(server, seconds / 6)  # warm
        idle = _probe(server, seconds / 2)
        yield f"{name}: loaded"
        first = api.get("/events", limit=1)["newest"]
        readers = [_Readers(server, clients // READERS, folder / f"{part}.npz") for part in range(READERS)]
        for reader in readers:
            stack.callback(reader.process.kill)
            reader.wait()
        writer = started(source, server.url, run, rate, seconds)
        busy = _probe(server, seconds)
        writes = json.loads(output(writer))
        _wait_for_the_runs(api)
        time.sleep(DRAIN_SECONDS)
        got = [reader.finish() for reader in readers]
        idle = _joined(idle, _probe(server, seconds / 2))  # with the runs that the load has left: no easier
        sent = {item["seq"]: item for item in api.events(first)}
        yield _load(source, clients, seconds, sent, got, idle, busy, writes)


def chatty_server(home: Path) -> Server:
    """One with a strategy that writes to its journal, started."""
    (home / "strategies").mkdir(parents=True)
    (home / "strategies" / "chatty.py").write_text(STRATEGY)
    server = Server(home, None)
    server.start()
    return server


def tried_run(api: Api) -> tuple[str, int]:
    """A run that has been started once, and how many events that makes: those of its clones are as many."""
    body = {"strategy_id": STRATEGY_ID, "symbols": [SYMBOL], "lookahead_check": False}
    run: str = api.call("POST", "/runs", json=body).body["id"]
    api.call("POST", f"/runs/{run}/start")
    _wait_for_the_runs(api)
    return run, api.get(f"/runs/{run}/events", page_size=1)["total"]


def _wait_for_the_runs(api: Api) -> None:
    while api.get("/runs", status="running", page_size=1)["total"]:
        time.sleep(0.05)


class _Readers:
    """A process with many clients on the stream; what they got goes to a file."""

    def __init__(self, server: Server, clients: int, path: Path) -> None:
        self._path = path
        self.process = started("read", server.url, clients, path)

    def wait(self) -> None:
        """Until all are connected."""
        assert self.process.stdout is not None
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the readers could not connect")

    def finish(self) -> dict[str, Any]:
        """End them; columns `client`, `seq`, `received` (ms), and `resets`."""
        self.process.communicate("", timeout=60)
        with np.load(self._path) as file:
            return {name: file[name] for name in file.files}


def _load(
    source: str, clients: int, seconds: float, sent: dict[int, Any], got: list[dict[str, Any]],
    idle: dict[str, list[float]], busy: dict[str, list[float]], writes: list[float],
) -> Load:  # fmt: skip
    lost = doubled = 0
    delivery = []
    times = {seq: _milliseconds(item["ts"]) for seq, item in sent.items() if item["type"].startswith(OWN_TIME)}
    for part in got:
        for client in range(clients // READERS):
            mine = part["client"] == client
            seqs, received = part["seq"][mine], part["received"][mine]
            doubled += len(seqs) - len(np.unique(seqs))
            lost += len(set(sent).difference(seqs.tolist()))
            delivery.append(received - np.array([times.get(seq, np.nan) for seq in seqs.tolist()]))
    return Load(
        source=source, clients=clients, events=len(sent), seconds=seconds, lost=lost, doubled=doubled,
        resets=sum(int(part["resets"]) for part in got), delivery=_known(np.concatenate(delivery)), idle=idle,
        busy=busy, writes=writes,
    )  # fmt: skip


def _checks(load: Load, *, is_gate: bool) -> list[Check]:
    rate = f"{load.events / load.seconds:.0f} events/s for {load.seconds:g} s"
    name = f"{load.clients} event streams, {rate} ({SOURCES[load.source]})"
    times = load.delivery
    spread = f"median {short(float(np.median(times)))}, highest {short(float(times.max()))}, n = {len(times):,}"
    rows = [
        Check(
            what=f"{name}: events lost, doubled, or clients reset",
            measured=load.lost + load.doubled + load.resets,
            unit="events",
            spread=f"of {load.events * load.clients:,}",
            bounds=bounds.EVENTS_LOST,
        ),
        Check(
            what="the same: delivery, 99th percentile",
            measured=float(np.percentile(times, 99)),
            unit="ms",
            spread=spread,
            bounds=bounds.EVENT_DELIVERY,
        ),
    ]
    for path in load.idle:
        rest, under = (_p99(measured[path]) for measured in (load.idle, load.busy))
        rows.append(
            Check(
                what=f"the same: GET {path}, 99th percentile against rest",
                measured=under / rest,
                unit="×",
                spread=f"{short(rest)} → {short(under)} ms, n = {len(load.busy[path])}",
                bounds=bounds.API_UNDER_LOAD if is_gate else bounds.NONE,
            )
        )
    told = f"median {short(float(np.median(load.writes)))}, n = {len(load.writes)}"
    rows.append(Check(what="the same: a write, 99th percentile", measured=_p99(load.writes), unit="ms", spread=told))
    return rows


def _known(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return values[~np.isnan(values)]


def _p99(values: list[float]) -> float:
    return float(np.percentile(values, 99))


def _probe(server: Server, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of the API's answers by path, asked one after the other."""
    answers: dict[str, list[float]] = json.loads(output(started("probe", server.url, seconds)))
    return answers


def _joined(*parts: dict[str, list[float]]) -> dict[str, list[float]]:
    return {path: [value for part in parts for value in part[path]] for path in parts[0]}


def started(role: str, *arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(WEAVER), "-m", "tests.benchmarks.service_clients", role, *map(str, arguments)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def output(process: "subprocess.Popen[str]") -> str:
    text, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{process.args} failed")
    return text


def _milliseconds(time_text: str) -> float:
    return datetime.fromisoformat(time_text).timestamp() * 1000
