"""Sixteen clients ask for candles of 5,000,000 bars at once: others are answered meanwhile, and memory comes back."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.acceptance.server import server
from tests.siege.bars import minutes
from tests.siege.processes import peak_mb, reset_peak, resident_mb
from tests.siege.report import say
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.walle.bars.store import ParquetBarStore

BARS, CLIENTS, ROUNDS = 5_000_000, 16, 3
HEALTH_MS_MAX, GROWTH_MB_MAX = 1000.0, 200.0
STATUSES = {200, 503}
"""503 with Retry-After: there were too many at once."""


def attack(folder: Path) -> bool:
    """See above; a bare read of the same, alone, is the measure of what one costs."""
    home = folder / "home"
    ParquetBarStore(home / "bars").write(minutes(BARS), Instrument.default("BTCUSD", AssetClass.CRYPTO), None, "siege")
    with server(home) as running, ThreadPoolExecutor(CLIENTS) as clients:
        client = httpx.Client(base_url=f"{running.url}/api/v1", timeout=120, trust_env=False)
        alone = _timed(client)
        before = resident_mb(running.process_id)
        reset_peak(running.process_id)
        statuses: list[int] = []
        health: list[float] = []
        began = time.monotonic()
        for _ in range(ROUNDS):
            asked = [clients.submit(_candles, running.url) for _ in range(CLIENTS)]
            health += _health_until_done(client, asked)
            statuses += [one.result() for one in asked]
        seconds = time.monotonic() - began
        peak, after = peak_mb(running.process_id), resident_mb(running.process_id)
    worst = max(health)
    say(
        f"one read {alone:.2f} s; {ROUNDS} x {CLIENTS} in {seconds:.1f} s, {statuses.count(200)} answered, "
        f"{statuses.count(503)} put off; healthz at most {worst:.0f} ms; memory {before:.0f} MB before, "
        f"{peak:.0f} at most, {after:.0f} after"
    )
    return set(statuses) <= STATUSES and worst < HEALTH_MS_MAX and peak - before < GROWTH_MB_MAX


def _timed(client: httpx.Client) -> float:
    began = time.monotonic()
    client.get("/candles", params={"symbol": "BTCUSD"}).raise_for_status()
    return time.monotonic() - began


def _candles(url: str) -> int:
    answer = httpx.get(f"{url}/api/v1/candles", params={"symbol": "BTCUSD"}, timeout=120, trust_env=False)
    if answer.status_code == 503:
        assert int(answer.headers["retry-after"]) > 0
    return answer.status_code


def _health_until_done(client: httpx.Client, asked: list[Future[int]]) -> list[float]:
    """How long answers of another kind take, in ms, one after the other."""
    took = []
    while not all(one.done() for one in asked):
        began = time.monotonic()
        client.get("/healthz").raise_for_status()
        took.append((time.monotonic() - began) * 1000)
        time.sleep(0.02)
    return took
