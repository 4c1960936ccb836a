"""Backtests of 500,000 bars with 100,000 orders, one after the other: the server's memory comes back after each."""

import time
from pathlib import Path

from tests.acceptance.server import server
from tests.acceptance.service.api import Api
from tests.siege.bars import minutes
from tests.siege.processes import peak_mb, reset_peak, resident_mb
from tests.siege.report import say
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.walle.bars.store import ParquetBarStore

BARS, EVERY, RUNS = 500_000, 5, 6
GROWTH_MB_MAX, SLOPE_MB_MAX = 100.0, 10.0
"""From the start to the end, and with each run after the first."""
HEALTH_MS_MAX = 500.0
SETTLED_SECONDS = 8.0
OFTEN = f"""
from weaver import Strategy


class Often(Strategy):
    def on_start(self):
        self.seen = 0

    def on_bar(self, bar):
        self.seen += 1
        if self.seen % {EVERY} == 0:
            self.sell(bar.symbol, 1) if self.position(bar.symbol) else self.buy(bar.symbol, 1)
"""


def attack(folder: Path) -> bool:
    """See above."""
    home = folder / "home"
    (home / "strategies").mkdir(parents=True)
    (home / "strategies" / "often.py").write_text(OFTEN)
    ParquetBarStore(home / "bars").write(minutes(BARS), Instrument.default("BTCUSD", AssetClass.CRYPTO), None, "siege")
    with server(home) as running, Api(running.url) as api:
        process = running.process_id
        before, peaks, after, health, orders = resident_mb(process), list[float](), list[float](), 0.0, set[int]()
        began = time.monotonic()
        for _ in range(RUNS):
            reset_peak(process)
            run = api.started("often", "BTCUSD", cash="1000000000")
            slowest, ended = _ended(api, run)
            health = max(health, slowest)
            orders.add(api.get(f"/runs/{run}/orders", page_size=1)["total"])
            time.sleep(SETTLED_SECONDS)
            peaks.append(peak_mb(process))
            after.append(resident_mb(process))
            assert ended["status"] == "completed", ended
        seconds = (time.monotonic() - began) / RUNS - SETTLED_SECONDS
    say(
        f"{RUNS} runs of {', '.join(map(str, orders))} orders, {seconds:.1f} s each; healthz at most {health:.0f} ms; "
        f"memory {before:.0f} MB before, {max(peaks):.0f} at most, {' '.join(f'{one:.0f}' for one in after)} after each"
    )
    slope = (after[-1] - after[0]) / (RUNS - 1)
    return after[-1] - before < GROWTH_MB_MAX and slope < SLOPE_MB_MAX and health < HEALTH_MS_MAX


def _ended(api: Api, run: str) -> tuple[float, dict[str, object]]:
    """The slowest health check until the run has ended, in ms, and the run."""
    slowest = 0.0
    while (found := api.run(run))["status"] == "running":
        began = time.monotonic()
        api.get("/healthz")
        slowest = max(slowest, (time.monotonic() - began) * 1000)
        time.sleep(0.02)
    return slowest, found
