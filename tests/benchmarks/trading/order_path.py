"""From POST /orders to the call of the venue's adapter, beside two bare commits on the same database.

A real server trades by an adapter of the benchmark's own, Alpaca's with a note of when it is asked to submit, at a
local exchange whose time stands still. Each order goes in over HTTP by itself; two commits of a row follow it.
"""

import asyncio
import http.client
import json
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.benchmarks.bounds import ORDER_PATH_COMMITS, ORDER_PATH_OVER_COMMITS, Bounds
from tests.benchmarks.check import Check
from tests.benchmarks.contest import short
from tests.benchmarks.trading.rig import PAIR, milliseconds, settings, waited_for
from tests.kill.storages import STORAGES, database
from tests.local_exchange import local_exchange
from tests.postgres import connect

LIMIT = "34500"
"""Some five percent below what the pair costs at the exchange, which makes the same market each time."""
PAUSE_SECONDS = 0.005
ADAPTER = '''"""Alpaca's, noting when it is asked to submit."""

import time

from weaver.veda.adapters.alpaca import link
from weaver.veda.adapters.alpaca.adapter import AlpacaAdapter
from weaver.veda.exchange.port import ExchangeAdapter

link.REQUESTS_PER_MINUTE = 1_000_000  # what is measured would be the wait for a turn

class NotingAdapter(AlpacaAdapter, ExchangeAdapter):
    """See the benchmark of the order path."""

    name = "noting"
    title = "Noting"
    modes = ("paper",)
    asset_classes = ("stock", "crypto")
    features = ("orders", "live_bars", "history", "fractions")
    settings = (
        "ALPACA_PAPER_API_KEY", "ALPACA_PAPER_API_SECRET", "ALPACA_PAPER_BASE_URL", "ALPACA_DATA_URL",
        "ALPACA_STREAM_URL",
    )

    async def submit(self, request):
        at = time.time_ns()
        with open("NOTES", "a") as notes:
            notes.write(f"{request.client_order_id} {at}\\n")
        return await super().submit(request)
'''


def measure(orders: int) -> Iterator[str | list[Check]]:
    """On each database that is kept. Yields progress, then the checks."""
    checks: list[Check] = []
    for storage in STORAGES:
        yield f"{storage}: {orders} orders, and two bare commits after each"
        with tempfile.TemporaryDirectory() as folder, database(storage) as url:
            path, bare = asyncio.run(_measured(Path(folder) / "home", url, orders))
            checks += _checks(storage, path, bare)
    yield checks


def _checks(storage: str, path: list[float], bare: list[float]) -> list[Check]:
    of_path, of_bare = (float(np.percentile(values, 99)) for values in (path, bare))
    told = f"99th percentiles {short(of_path)} and {short(of_bare)} ms, medians {short(float(np.median(path)))} and "
    told += f"{short(float(np.median(bare)))}, n = {len(path)}"
    gate, goal = (ORDER_PATH_COMMITS, ORDER_PATH_OVER_COMMITS) if storage == "postgresql" else (Bounds(), Bounds())
    what = f"{storage}: POST /orders to the adapter's call"
    return [
        Check(what=f"{what}, over two bare commits", measured=of_path / of_bare, unit="×", spread=told, bounds=gate),
        Check(what="the same, what it takes more", measured=of_path - of_bare, unit="ms", bounds=goal),
        milliseconds("the same", path),
    ]


async def _measured(home: Path, url: str | None, orders: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each order's path, and of the two commits after it."""
    with local_exchange("--speed", "hold", "--rate", "0", "--cash", "1000000") as exchange:
        notes = home.parent / "notes"
        (home / "adapters").mkdir(parents=True)
        (home / "adapters" / "noting.py").write_text(ADAPTER.replace("NOTES", str(notes)))
        server = Server(home, **settings(exchange), **({} if url is None else {"DB_URL": url}))
        server.start()
        try:
            async with _commits(home.parent, url) as commit:
                sent, bare = await _ordered(server, commit, orders)
        finally:
            server.stop()
        return _paths(notes, sent), bare


async def _ordered(server: Server, commit: Callable[[], Awaitable[None]], orders: int) -> tuple[list[int], list[float]]:
    sent, bare = list[int](), list[float]()
    with Api(server.url) as api:
        _have_account(api)
    line = http.client.HTTPConnection(urlsplit(server.url).netloc)
    for number in range(orders):
        order = {
            "symbol": PAIR, "side": "buy", "order_type": "limit", "qty": "0.001", "limit_price": LIMIT,
            "time_in_force": "gtc", "venue": "noting", "mode": "paper", "client_order_id": f"bench-{number}",
        }  # fmt: skip
        body = json.dumps(order)
        sent.append(time.time_ns())
        line.request("POST", "/api/v1/orders", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"an order was answered {answer.status}: {text[:500]!r}")
        await asyncio.sleep(PAUSE_SECONDS)
        began = time.perf_counter()
        await commit()
        await commit()
        bare.append((time.perf_counter() - began) * 1000)
    return sent, bare


def _have_account(api: Api) -> None:
    """Open, ready to trade, and without a limit of orders a minute."""
    account = "noting paper"
    order = {
        "symbol": PAIR, "side": "buy", "order_type": "limit", "qty": "0.001", "limit_price": LIMIT,
        "time_in_force": "gtc", "venue": "noting", "mode": "paper",
    }  # fmt: skip
    placed = api.post("/orders", order, status=201)
    waited_for(lambda: api.get(f"/orders/{placed['id']}")["status"] == "accepted", 30, what="the first order")
    api.call("PUT", "/risk", status=200, json={"account": account, "limits": {"orders_per_minute": None}})


def _paths(notes: Path, sent: list[int]) -> list[float]:
    """One was submitted after the other, after the one of the beginning."""
    submitted = [int(line.split()[1]) for line in notes.read_text().splitlines()][1:]
    return [(at - began) / 1e6 for began, at in zip(sent, submitted, strict=True)]


@asynccontextmanager
async def _commits(folder: Path, url: str | None) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """What commits a row: in a file of its own beside the server's, or in the server's database."""
    if url is None:
        file = sqlite3.connect(folder / "bare.db", isolation_level=None)
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL")
        file.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, words TEXT)")

        async def to_file() -> None:
            file.execute("BEGIN IMMEDIATE")
            file.execute("INSERT INTO bare (words) VALUES (?)", ("x" * 500,))
            file.execute("COMMIT")

        yield to_file
        file.close()
        return
    connection = await connect(url)
    await connection.execute("CREATE TABLE bare (id serial PRIMARY KEY, words text)")

    async def to_server() -> None:
        async with connection.transaction():
            await connection.execute("INSERT INTO bare (words) VALUES ($1)", "x" * 500)

    yield to_server
    await connection.close()
