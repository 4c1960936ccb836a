"""A server that trades at a local exchange, and what its runs trade by."""

import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.acceptance.trading.desk import environment as settings
from tests.benchmarks.bounds import NONE, Bounds
from tests.benchmarks.check import Check
from tests.benchmarks.contest import short
from weaver.marvin.plugins.source import strategy_id

__all__ = ["MINUTE", "PAIR", "begun", "milliseconds", "settings", "strategy", "waited_for"]

PAIR = "BTC/USD"
MINUTE = 60 * 10**9
BEGIN_SECONDS = 120.0
T = TypeVar("T")


def strategy(server: Server, source: str) -> str:
    """Have the server know a strategy; its id."""
    name = re.findall(r"class (\w+)\(Strategy\)", source)[-1]
    folder = server.home / "strategies"
    folder.mkdir(exist_ok=True)
    (folder / f"{name.lower()}.py").write_text(source)
    return strategy_id(name)


def begun(server: Server, api: Api, source: str, runs: int, **given: Any) -> list[str]:
    """The ids of so many paper runs, whose strategies have all begun."""
    body = {
        "strategy_id": strategy(server, source), "mode": "paper", "venue": "alpaca", "symbols": [PAIR],
        "timeframe": "1m", "warmup": 300, "cash": 1_000, **given,
    }  # fmt: skip
    ids = [str(api.post("/runs", body, status=201)["id"]) for _ in range(runs)]
    for run_id in ids:
        api.post(f"/runs/{run_id}/start")
    waited_for(lambda: not any(api.get(f"/runs/{one}")["queued"] for one in ids), BEGIN_SECONDS, what="all to begin")
    return ids


def waited_for(look: Callable[[], T | None], seconds: float, *, what: str) -> T:
    """What `look` finds as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds:g} s for {what}")
        time.sleep(0.1)
    return found


def milliseconds(what: str, values: list[float], bounds: Bounds = NONE) -> Check:
    """The 99th percentile of some durations."""
    found = np.array(values)
    spread = f"median {short(float(np.median(found)))}, highest {short(float(found.max()))}, n = {len(found):,}"
    measured = float(np.percentile(found, 99))
    return Check(what=f"{what}, 99th percentile", measured=measured, unit="ms", spread=spread, bounds=bounds)
