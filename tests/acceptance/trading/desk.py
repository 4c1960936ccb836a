"""The real server on a local exchange whose time stands still, and a client that trades by hand."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api, eventually
from tests.local_exchange import LocalExchange

PLACE = {"mode": "paper", "venue": "alpaca"}
ACCOUNT = "alpaca paper"


class Exchange:
    """The exchange's control."""

    def __init__(self, local: LocalExchange) -> None:
        self.local = local

    def ask(self, method: str, what: str, **given: Any) -> Any:
        answer = httpx.request(method, f"{self.local.url}/_control/{what}", timeout=60, **given)
        assert answer.is_success, f"{what}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def trade(self, symbol: str, price: float) -> None:
        """A trade there, which fills what it makes marketable."""
        self.ask("POST", "price", json={"symbol": symbol, "price": price})

    def forward(self, seconds: float) -> None:
        self.ask("POST", "clock", json={"advance": seconds})

    def reset(self) -> None:
        self.ask("POST", "reset", json={})

    def sent(self) -> list[Any]:
        """What was ordered there: each request that was to make, change or end an order."""
        return [one for one in self._journal() if one.get("method") in {"POST", "PATCH", "DELETE"}]

    def _journal(self) -> list[Any]:
        found = self.ask("GET", "journal")
        items: list[Any] = found if isinstance(found, list) else found["items"]
        return [one for one in items if "/v2/orders" in str(one.get("path"))]


def environment(local: LocalExchange) -> dict[str, str]:
    """The settings of a server that trades there."""
    return {
        "ALPACA_PAPER_API_KEY": local.key,
        "ALPACA_PAPER_API_SECRET": local.secret,
        "ALPACA_PAPER_BASE_URL": local.url,
        "ALPACA_DATA_URL": local.url,
        "ALPACA_STREAM_URL": local.url.replace("http", "ws"),
    }


def migrated(url: str) -> str:
    """A PostgreSQL database that has been given its tables."""
    command = [sys.executable, "-m", "weaver", "migrate"]
    subprocess.run(command, env={**os.environ, "DB_URL": url}, check=True, capture_output=True)
    return url


@contextmanager
def trading(home: Path, local: LocalExchange, **more: str) -> Iterator[tuple[Server, Api]]:
    """A server that trades there, and a client."""
    with server(home, **environment(local), **more) as running, Api(running.url) as api:
        yield running, api


def limit_buy(price: str = "10", **more: Any) -> dict[str, Any]:
    """An order that stays, far below what AAPL costs there."""
    usual = {"symbol": "AAPL", "side": "buy", "order_type": "limit", "qty": "3", "limit_price": price}
    return {**PLACE, **usual, **more}


def standing(api: Api, order_id: str, *statuses: str) -> Any:
    """An order, once it stands so."""

    def look() -> Any:
        found = api.get(f"/orders/{order_id}")
        return found if found["status"] in statuses else None

    return eventually(look, what=f"order {order_id} to be {' or '.join(statuses)}")
