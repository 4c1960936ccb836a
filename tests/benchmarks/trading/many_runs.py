"""Ten and fifty runs at one minute beside fifty queued backtests: no tick lost, and how late each comes.

A real server, paper runs at a local exchange that keeps the time of the world. A strategy logs each of its bars; what
stands in the log is when its tick was recorded, against the instant at which the minute had ended.
"""

import asyncio
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.benchmarks.bars import SYMBOL
from tests.benchmarks.bounds import CLOCK_BESIDE_BACKTESTS, TICKS_LOST
from tests.benchmarks.check import Check
from tests.benchmarks.service import prepare
from tests.benchmarks.trading.rig import MINUTE, begun, milliseconds, settings
from tests.local_exchange import LocalExchange, local_exchange

BARS = 100_000
"""Of each backtest."""
MINUTE_SECONDS = MINUTE // 10**9
LATE_SECONDS = 20.0
"""So long a tick may take until it counts as lost."""
STRATEGY = '''from weaver import Strategy, ema, sma


class Watching(Strategy):
    """Two averages are read on each bar, and each bar is told of."""

    def on_start(self):
        self.fast, self.slow = ema(self.close, 20), sma(self.close, 50)

    def on_bar(self, bar):
        self.log(f"{bar.close} {self.fast[-1] > self.slow[-1]}")
'''


def measure(counts: Sequence[int], backtests: int, minutes: int) -> Iterator[str | list[Check]]:
    """Of each number of runs, on a server of their own. Yields progress, then the checks."""
    checks: list[Check] = []
    for runs in counts:
        for step in _beside(runs, backtests, minutes):
            if isinstance(step, str):
                yield step
            else:
                checks += step
    yield checks


def _beside(runs: int, backtests: int, minutes: int) -> Iterator[str | list[Check]]:
    with tempfile.TemporaryDirectory() as folder, local_exchange("--start", _now(), "--rate", "0") as exchange:
        server = Server(Path(folder) / "home", **settings(exchange))
        prepare(server.home, BARS)
        server.start()
        try:
            with Api(server.url) as api:
                yield f"{runs} runs begin"
                ids = begun(server, api, STRATEGY, runs, warmup=60)
                behind = asyncio.run(_behind(exchange))
                first = (math.floor((time.time() - behind) / MINUTE_SECONDS) + 1) * MINUTE_SECONDS
                yield f"{minutes} minutes of {runs} runs beside {backtests} backtests"
                _queue(api, backtests)
                last = first + (minutes - 1) * MINUTE_SECONDS
                time.sleep(max(0.0, last + behind + LATE_SECONDS - time.time()))
                done = backtests - api.get("/runs", mode="backtest", status="running", page_size=1)["total"]
                if (failed := api.get("/events", type="run.Error", page_size=1))["total"]:
                    raise RuntimeError(f"a run failed: {failed['items'][0]['payload']}")
                late = _late(api, first, last, behind)
                if set(late) - set(ids):
                    raise RuntimeError("other runs have ticked")
        finally:
            server.stop()
    yield _checks(late, runs, minutes, f"{done} of {backtests} backtests of {BARS:,} bars done meanwhile")


def _checks(late: dict[str, list[float]], runs: int, minutes: int, told: str) -> list[Check]:
    values = [one for of_run in late.values() for one in of_run]
    what = f"{runs} runs at one minute beside queued backtests, {minutes} minutes"
    lost = runs * minutes - len(values)
    return [
        Check(
            what=f"{what}: ticks lost, or over {LATE_SECONDS:g} s late",
            measured=lost,
            unit="ticks",
            spread=told,
            bounds=TICKS_LOST,
        ),
        milliseconds(
            f"{runs} runs beside them: a tick recorded after its minute's end", values, CLOCK_BESIDE_BACKTESTS
        ),
    ]


async def _behind(exchange: LocalExchange) -> float:
    """How many seconds the exchange's time is behind the wall's: what its process took to start."""
    found = []
    for _ in range(10):
        asked = time.time()
        now = datetime.fromisoformat((await exchange.get("state"))["now"]).timestamp()
        found.append((time.time() - asked, (asked + time.time()) / 2 - now))
    return min(found)[1]


def _queue(api: Api, backtests: int) -> None:
    body = {
        "strategy_id": "sma-on-bar", "symbols": [SYMBOL], "timeframe": "1m", "cash": 1_000_000,
        "costs": {"commission_bps": 10}, "lookahead_check": False,
    }  # fmt: skip
    for _ in range(backtests):
        run = api.post("/runs", body, status=201)
        api.post(f"/runs/{run['id']}/start")


def _late(api: Api, first: float, last: float, behind: float) -> dict[str, list[float]]:
    """By run, how many milliseconds after each minute's end its tick was in the log."""
    late: dict[str, list[float]] = {}
    for event in _logged(api):
        end = datetime.fromisoformat(event["payload"]["time"]).timestamp()
        if first <= end <= last:
            at = datetime.fromisoformat(event["ts"]).timestamp()
            late.setdefault(event["run_id"], []).append((at - end - behind) * 1000)
    return late


def _logged(api: Api) -> Iterator[Any]:
    after = 0
    while items := api.get("/events", type="strategy.Log", after=after, page_size=500)["items"]:
        yield from items
        after = items[-1]["seq"]


def _now() -> str:
    return datetime.now(UTC).isoformat()
