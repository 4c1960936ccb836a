"""How long runs take to be resumed after a crash: killed with their ticks recorded, the server is started again.

Every run begins for real at the local exchange. Its ticks are those of a strategy that was given a walk of prices, with
an order and its fill now and then; they are put into the database as runs record them, the same for all runs.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.benchmarks.bounds import RESUMED
from tests.benchmarks.check import Check
from tests.benchmarks.contest import short
from tests.benchmarks.trading.rig import MINUTE, PAIR, begun, settings
from tests.kill.storages import STORAGES, database
from tests.local_exchange import LocalExchange, local_exchange
from weaver.decider import LiveStrategy
from weaver.glados.trading.packed import packed
from weaver.glados.trading.store import KeptTradingStore
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.orders.action_bytes import decode_action
from weaver.model.orders.actions import PlaceOrder
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import InputBar, OrderFilled, TickInputs, Update
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import encode_inputs
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database
from weaver.walle.database.rows.bulk import insert_rows
from weaver.walle.database.rows.tables import recorded_inputs

START = datetime(2024, 3, 13, tzinfo=UTC)
PATIENCE_SECONDS = 300.0
STRATEGY = '''from weaver import Strategy, crossed_above, crossed_below, ema, sma


class Resumed(Strategy):
    """Two averages are read on each bar; it is in while the fast one is above the slow one."""

    def on_start(self):
        self.fast, self.slow, self.seen = ema(self.close, 20), sma(self.close, 200), 0

    def on_bar(self, bar):
        self.seen += 1
        held = self.position(bar.symbol).quantity
        if self.fast[-1] > self.slow[-1]:
            if not held:
                self.buy(bar.symbol, 0.01)
        elif held:
            self.close_position(bar.symbol)
'''


def measure(runs: int, ticks: int) -> Iterator[str | list[Check]]:
    """On each database that is kept. Yields progress, then the checks."""
    checks: list[Check] = []
    for storage in STORAGES:
        with tempfile.TemporaryDirectory() as folder, database(storage) as url:
            yield f"{storage}: {runs} runs begin, {ticks:,} ticks each are recorded, and they are resumed"
            checks += _measured(Path(folder) / "home", storage, url, runs, ticks)
    yield checks


def _measured(home: Path, storage: str, url: str | None, runs: int, ticks: int) -> list[Check]:
    with local_exchange("--start", START.isoformat(), "--speed", "hold", "--rate", "0") as exchange:
        server = Server(home, **settings(exchange), **({} if url is None else {"DB_URL": url}))
        server.start()
        try:
            with Api(server.url) as api:
                ids = begun(server, api, STRATEGY, runs)
            server.kill()
            asyncio.run(_recorded(home, url, ids, ticks))
            asyncio.run(_later(exchange, ticks))
            seconds = _resumed(server, runs)
        finally:
            server.kill()
    told = f"the first after {short(seconds[0])}, half of them after {short(seconds[runs // 2])}"
    what = f"{storage}: {runs} runs of {ticks:,} recorded ticks resumed after a crash, the server's start included"
    return [Check(what=what, measured=seconds[-1], unit="s", spread=told, bounds=RESUMED)]


async def _later(exchange: LocalExchange, ticks: int) -> None:
    await exchange.post("clock", {"to": (START + timedelta(minutes=ticks + 3)).isoformat()})


def _resumed(server: Server, runs: int) -> list[float]:
    """Seconds from the start of the process until each run went on."""
    began, seconds = time.perf_counter(), list[float]()
    server.start()
    with Api(server.url) as api:
        while len(seconds) < runs:
            failed = api.get("/events", type="run.Error", page_size=1)
            if failed["total"]:
                raise RuntimeError(f"a run could not be resumed: {failed['items'][0]['payload']}")
            count = api.get("/events", type="run.Resumed", page_size=1)["total"]
            now = time.perf_counter() - began
            seconds += [now] * (count - len(seconds))
            if now > PATIENCE_SECONDS:
                raise RuntimeError(f"{count} of {runs} runs were resumed in {now:.0f} s")
            time.sleep(0.1)
    return seconds


# What is recorded


async def _recorded(home: Path, url: str | None, ids: Sequence[str], ticks: int) -> None:
    async with await open_database(url, home=home, now=_now, new_id=lambda: uuid4().hex, route=None) as store:
        setup, warmups = await _setup(store, ids[0])
        made = [*_ticks(setup, warmups, ticks)]
        for run_id in ids:
            async with store._storage.session() as session:
                rows = [_row(replace(one, run_id=run_id)) for one in made]
                await insert_rows(session, recorded_inputs, rows, postgresql=url is not None)
                await session.commit()


async def _setup(store: SqlDatabase, run_id: str) -> tuple[RecordedTick, dict[str, bytes]]:
    kept = KeptTradingStore(store)
    [setup] = [one async for one in kept.ticks(run_id)]
    async with store.transaction() as transaction:
        digests = [text for text in setup.inputs.decode().split('"') if len(text) == 64]
        found = {digest: await transaction.inputs.find_blob(digest) for digest in digests}
    return setup, {digest: content for digest, content in found.items() if content is not None}


def _row(tick: RecordedTick) -> dict[str, Any]:
    return {
        "run_id": tick.run_id, "number": tick.number, "tick": tick.time, "inputs": tick.inputs,
        "actions": packed(tick.actions),
    }  # fmt: skip


def _ticks(setup: RecordedTick, warmups: dict[str, bytes], count: int) -> Iterator[RecordedTick]:
    """A minute each; what was ordered at one has filled by the next."""
    strategy, orders = LiveStrategy(), 0
    strategy.start(setup.inputs, warmups)
    closes = np.round(60_000 * np.exp(np.cumsum(np.random.default_rng(7).normal(0, 0.0005, count)))).tolist()
    news: tuple[Update, ...] = ()
    first = instant_of(setup.time) // MINUTE * MINUTE
    for number, close in enumerate(closes, 1):
        end = first + number * MINUTE
        bar = InputBar(
            symbol=PAIR, start=end - MINUTE, end=end, open=close, high=close + 5, low=close - 5, close=close,
            volume=12.5,
        )  # fmt: skip
        inputs = encode_inputs(TickInputs(number=number, time=end, updates=news, bars=(bar,)))
        decision = strategy.decide(inputs)
        yield RecordedTick(run_id="", number=number, time=time_of(end), inputs=inputs, actions=decision.actions)
        placed = [one for one in map(decode_action, decision.actions) if isinstance(one, PlaceOrder)]
        news = tuple(_filled(one, close, end) for one in placed)
        orders += len(placed)
    if orders < count // 500:
        raise RuntimeError(f"the strategy gave {orders} orders: that is no trading")


def _filled(placed: PlaceOrder, close: float, time: int) -> OrderFilled:
    assert placed.order.quantity is not None
    return OrderFilled(
        number=placed.order.number, status=OrderStatus.FILLED, quantity=placed.order.quantity,
        price=Decimal(repr(close)), commission=Decimal("0.5"), time=time, bar_time=time,
    )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)
