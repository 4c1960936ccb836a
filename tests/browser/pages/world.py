"""Servers to be looked at: one that has been worked with for a while, one with real money, one just started."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.server import server
from tests.acceptance.service.api import DATA, Api
from tests.acceptance.trading.desk import Exchange, environment
from tests.browser.pages.filling import fill, fill_live
from tests.browser.pages.strategies import install
from tests.local_exchange import LocalExchange, local_exchange
from tests.receivers import receiving

TOKEN = "a-token-that-is-only-for-looking-at-pages"
_ON_HOLD = ("--speed", "hold", "--rate", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where the servers are, and what stands in them, by the names that paths of pages have for it."""

    servers: dict[str, str]
    """Their addresses: `used`, `live`, and `new`, which asks for a token."""
    names: dict[str, str]


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """All of them, filled; gone at the end of the block."""
    home = install(folder / "used")
    install(folder / "live" / "home")
    samples = [str(path) for path in sorted(DATA.glob("*.csv"))]
    command = [sys.executable, "-m", "weaver", "data", "import", *samples]
    subprocess.run(command, env={**os.environ, "WEAVER_HOME": str(home)}, check=True, capture_output=True)
    with (
        local_exchange(*_ON_HOLD) as exchange,
        local_exchange(*_ON_HOLD, "--mode", "live") as real,
        receiving() as taking,
        receiving("refuses") as refusing,
        server(home, WEAVER_WORKERS="2", **environment(exchange)) as used,
        server(folder / "live" / "home", NOTIFY_URLS=f"{taking.url} {refusing.url}", **with_real_money(real)) as live,
        server(folder / "new", SECURITY_API_TOKEN=TOKEN) as new,
        Api(used.url) as api,
        Api(live.url) as live_api,
    ):
        with ThreadPoolExecutor() as both:
            filled = both.submit(fill, api, Exchange(exchange)), both.submit(fill_live, live_api, Exchange(real))
        names = {name: found for one in filled for name, found in one.result().items()}
        yield World(servers={"used": used.url, "live": live.url, "new": new.url}, names=names)


def with_real_money(exchange: LocalExchange) -> dict[str, str]:
    """As far as the server knows."""
    told = {name.replace("PAPER", "LIVE"): value for name, value in environment(exchange).items()}
    return {**told, "WEAVER_LIVE_TRADING": "1"}
