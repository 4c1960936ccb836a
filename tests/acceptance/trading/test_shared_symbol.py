"""Two runs on one account in one symbol, and others who trade in it too: each run has figures of its own, and these and
what is left are the account's, over a `kill -9` too."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.trading.desk import ACCOUNT, Exchange, migrated, trading
from tests.acceptance.trading.test_runs import HOLDS
from tests.local_exchange import LocalExchange, local_exchange

QUANTITIES = ("3", "5")
OTHERS = "2"
PRICE = Decimal("190.5")


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
def test_two_runs_and_what_is_left_are_the_account(
    storage: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    more = {} if storage == "sqlite" else {"DB_URL": migrated(request.getfixturevalue("empty_postgres_url"))}
    home = tmp_path / "home"
    (home / "strategies").mkdir(parents=True)
    (home / "strategies" / "holds.py").write_text(HOLDS)
    with local_exchange("--speed", "hold", "--rate", "0") as local, trading(home, local, **more) as (server, api):
        exchange = Exchange(local)
        runs = [started(api, quantity) for quantity in QUANTITIES]
        passing(exchange, lambda: all(held(api, run_id) for run_id in runs), "both to hold")
        bought_elsewhere(local)
        passing(exchange, lambda: in_account(exchange) == 10, "all to hold")
        exchange.trade("AAPL", float(PRICE))
        before = figures(api, exchange, runs)
        restarted(server)
        with Api(server.url) as again:
            eventually(lambda: again.run(runs[1])["status"] == "running", what="the runs to go on")
            assert figures(again, exchange, runs) == before


def figures(api: Api, exchange: Exchange, runs: list[str]) -> Any:
    """What the account and its owners show, held against the fills by hand."""
    api.post("/reconciliation", {"account": ACCOUNT})
    [position] = api.get("/positions", venue="alpaca", mode="paper")["items"]
    owners = {one["run_id"]: one for one in position["owners"]}
    assert owners.keys() == set(runs)
    costs = Decimal(0)
    for run_id, quantity in zip(runs, map(Decimal, QUANTITIES), strict=True):
        [fill], mine = api.pages("/fills", run_id=run_id), owners[run_id]
        cost = quantity * Decimal(fill["price"])
        costs += cost
        assert [Decimal(mine[name]) for name in ("quantity", "cost", "market_value", "unrealised_pnl")] == [
            quantity, cost, quantity * PRICE, quantity * PRICE - cost,
        ]  # fmt: skip
        [alone] = api.get(f"/runs/{run_id}/positions")["items"]
        assert Decimal(alone["quantity"]) == quantity
    assert [(one["kind"], one["quantity"]) for one in position["parts"]] == [("others", OTHERS)]
    assert position["remainder"] == OTHERS
    assert Decimal(position["quantity"]) == sum(map(Decimal, (*QUANTITIES, OTHERS))) == in_account(exchange)
    [account] = api.get("/portfolio/equity")["accounts"]
    equities = {one["run_id"]: Decimal(one["equity"]) for one in account["owners"]}
    pnl = sum((Decimal(one["pnl"]) for one in account["owners"]), Decimal(0))
    assert sum(equities.values()) == 2 * 40_000 + pnl
    assert pnl == 8 * PRICE - costs
    state = exchange.ask("GET", "state")
    paid = sum(Decimal(one["qty"]) * Decimal(one["price"]) for one in state["executions"])
    assert Decimal(state["account"]["cash"]) == 100_000 - paid
    return {**position, "owners": owners}, {one["run_id"]: one for one in account["owners"]}


def started(api: Api, quantity: str) -> str:
    """A run that buys so much, once."""
    usual = {"mode": "paper", "venue": "alpaca", "timeframe": "1m", "cash": 40_000, "warmup": 5}
    return api.started("holds", config={"quantity": int(quantity)}, **usual)


def held(api: Api, run_id: str) -> list[Any]:
    """What a run holds."""
    found = api.http.get(f"/api/v1/runs/{run_id}/positions")
    items: list[Any] = found.json()["items"] if found.is_success else []
    return items


def in_account(exchange: Exchange) -> Decimal:
    """What is held at the exchange."""
    return sum((Decimal(one["qty"]) for one in exchange.ask("GET", "state")["positions"]), Decimal(0))


def bought_elsewhere(local: LocalExchange) -> None:
    """An order by somebody who does not use Weaver."""
    keys = {"APCA-API-KEY-ID": local.key, "APCA-API-SECRET-KEY": local.secret}
    order = {"symbol": "AAPL", "side": "buy", "type": "market", "qty": OTHERS, "time_in_force": "day"}
    assert httpx.post(f"{local.url}/v2/orders", json=order, headers=keys, timeout=60).is_success


def passing(exchange: Exchange, look: Callable[[], bool], what: str) -> None:
    """Have minutes pass until it is so."""

    def after_a_minute() -> bool:
        exchange.forward(60)
        return look()

    eventually(after_a_minute, what=what)


def restarted(server: Server) -> None:
    """Killed, and started anew."""
    server.kill()
    server.start()
