"""What the running server costs: until it is ready, to run a backtest through it, and to stream events to many."""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from tests.benchmarks import bounds, service_load
from tests.benchmarks.bars import SYMBOL
from tests.benchmarks.bounds import Bounds
from tests.benchmarks.check import Check, check_of, in_turn
from tests.benchmarks.contest import Contestant, columns_file
from tests.benchmarks.contestants.weaver import minute_bars
from tests.benchmarks.whole_process import STRATEGIES
from tests.kill.api import Api
from tests.kill.server import Server
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.walle.bars.store import ParquetBarStore

RUN_SECONDS_MAX = 300.0


def measure(
    count: int, rounds: int, pairs: int, clients: tuple[int, ...], seconds: float
) -> Iterator[str | list[Check]]:
    """All rows; yields progress, then the checks."""
    return in_turn(
        _ready(rounds), _stopping(count, rounds), _price(count, pairs), service_load.measure(clients, seconds)
    )


def _ready(rounds: int) -> Iterator[str | list[Check]]:
    """From the start of the process to the first answer that it is well, on a store that is there."""
    values = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):  # the first makes the store
            yield f"server ready: round {turn} of {rounds}"
            server = Server(Path(folder) / "home", None)
            began = time.perf_counter()
            server.start()
            with Api(server) as api:
                api.get("/healthz")
            values.append(time.perf_counter() - began)
            server.stop()
    yield [check_of("`weaver up`: process start to the first healthy answer", values[1:], "s", bounds.SERVER_READY)]


def _stopping(count: int, rounds: int) -> Iterator[str | list[Check]]:
    """From the request to stop a backtest that is under way to the answer that it is stopped, its record written."""
    values = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home", None)
        prepare(server.home, count)
        server.start()
        try:
            with Api(server) as api:
                for turn in range(rounds):
                    yield f"stopping a backtest: round {turn} of {rounds}"
                    run = _created(api)
                    api.call("POST", f"/runs/{run}/start")
                    while not api.get(f"/runs/{run}/events", type="run.Progress", page_size=1)["total"]:
                        time.sleep(0.001)
                    began = time.perf_counter()
                    answer = api.call("POST", f"/runs/{run}/stop")
                    values.append(time.perf_counter() - began)
                    if (answer.status, answer.body.get("status")) != (200, "stopped"):
                        raise RuntimeError(f"the run could not be stopped: {answer}")
        finally:
            server.stop()
    yield [check_of(f"stop of a backtest of {count:,} bars: request to answer", values, "s", bounds.STOPPING)]


def _price(count: int, pairs: int) -> Iterator[str | list[Check]]:
    """A backtest through the service, each right after the same in a warm process of its own."""
    over, service, events = [], [], 0
    with tempfile.TemporaryDirectory() as folder, Contestant("weaver_on_bar", count) as library:
        server = Server(Path(folder) / "home", None)
        yield f"storing {count:,} bars"
        prepare(server.home, count)
        server.start()
        try:
            with Api(server) as api:
                library.sample(), run_through(api, server)
                for turn in range(pairs):
                    yield f"pair {turn + 1} of {pairs}: weaver.backtest, then the service"
                    warm = library.sample()
                    seconds, run = run_through(api, server)
                    _agree(api.get(f"/runs/{run}/results")["stats"], warm.trades, warm.equity)
                    over.append(seconds - warm.wall)
                    service.append(seconds)
                    events = api.get(f"/runs/{run}/events", page_size=1)["total"]
                    api.call("DELETE", f"/runs/{run}")
        finally:
            server.stop()
    gate, goal = (seconds + each * 1e-6 * events for seconds, each in (bounds.SERVICE_GATE, bounds.SERVICE_GOAL))
    name = f"{count:,} bars through the service ({events:,} events stored)"
    yield [
        check_of(f"{name}: wall time over weaver.backtest", over, "s", Bounds(round(gate, 2), round(goal, 2))),
        check_of(f"{name}: wall time of it all", service, "s"),
    ]


def prepare(home: Path, count: int) -> None:
    """The contest's strategies, and its bars as the store keeps them."""
    (home / "strategies").mkdir(parents=True)
    (home / "strategies" / STRATEGIES.name).write_text(STRATEGIES.read_text())
    instrument = Instrument.default(SYMBOL, AssetClass.CRYPTO)
    with np.load(columns_file(count)) as file:
        bars = minute_bars({name: file[name] for name in file.files})
    ParquetBarStore(home / "bars").write(bars, instrument, (), "synthetic")


def run_through(api: Api, server: Server) -> tuple[float, str]:
    """Seconds from POST /runs to run.Completed on the event stream, and the run's id."""
    began = time.perf_counter()
    run_id = _created(api)
    url, wanted = f"{server.url}/api/v1/events/stream", {"run_id": run_id, "types": "run.Completed,run.Error"}
    with httpx.stream("GET", url, params=wanted, timeout=RUN_SECONDS_MAX, trust_env=False) as answer:
        lines = answer.iter_lines()
        next(lines)  # connected: nothing is missed from here on
        api.call("POST", f"/runs/{run_id}/start")
        for line in lines:
            if line.startswith("event: "):
                break
        seconds = time.perf_counter() - began
        told = json.loads(next(lines).removeprefix("data: "))
    if "error" in told:
        raise RuntimeError(f"the run failed: {told['error']}")
    return seconds, run_id


def _created(api: Api) -> str:
    created = api.call("POST", "/runs", json={
        "strategy_id": "sma-on-bar", "symbols": [SYMBOL], "timeframe": "1m", "cash": 1_000_000,
        "costs": {"commission_bps": 10}, "lookahead_check": False,
    })  # fmt: skip
    if created.status != 201:
        raise RuntimeError(f"the run could not be created: {created}")
    return str(created.body["id"])


def _agree(stats: dict[str, Any], trades: int, equity: float) -> None:
    if (stats["trades"], stats["final_equity"]) != (trades, equity):
        raise RuntimeError(
            f"the service did other work: {stats['trades']} trades and {stats['final_equity']} at the end, "
            f"weaver.backtest {trades} and {equity}"
        )
