"""The same by command, on the running server."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.acceptance.server import Server
from tests.acceptance.trading.desk import standing, trading
from tests.local_exchange import LocalExchange, local_exchange

PLACE = ("--venue", "alpaca", "--mode", "paper")


def weaver(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "weaver", *words]
    environment = {**os.environ, "WEAVER_HOME": str(server.home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def told(server: Server, *words: str) -> str:
    done = weaver(server, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answered(server: Server, *words: str) -> Any:
    return json.loads(told(server, *words, "--json"))


def refused(server: Server, *words: str) -> tuple[int, str]:
    done = weaver(server, *words)
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.returncode, done.stderr


def test_order_by_command_from_its_place_to_its_end(
    local: LocalExchange, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with trading(tmp_path_factory.mktemp("commands") / "home", local) as (server, api):
        words = ("orders", "place", "buy", "3", "AAPL", "--limit", "180", *PLACE, "--client-id", f"by {server.home}")
        order = answered(server, *words)["id"]
        standing(api, order, "accepted")
        assert answered(server, *words)["id"] == order
        assert order in told(server, "orders", "list", "--status", "accepted")
        assert "limit_price        180" in told(server, "orders", "show", order)
        new = answered(server, "orders", "replace", order, "--limit", "181")["id"]
        standing(api, new, "accepted")
        assert answered(server, "orders", "sync", new)["status"] == "accepted"
        assert "cancelled by hand" in told(server, "orders", "cancel", new)
        standing(api, new, "cancelled")
        assert refused(server, "orders", "cancel", new)[0] == 1
        assert refused(server, "orders", "place", "buy", "3", "AAPL") == (
            2, "error: say where: --run RUN, or --venue and --mode (paper or live)\n",
        )  # fmt: skip
        assert "qty must be above 0" in refused(server, "orders", "place", "buy", "0", "AAPL", *PLACE)[1]


def test_account_limits_and_switch_by_command(own_server: Server) -> None:
    assert "alpaca paper" in told(own_server, "account", *PLACE)
    assert "alpaca" in told(own_server, "venues")
    assert "Nothing is held" in told(own_server, "positions")
    assert "daily_loss         0.03" in told(own_server, "risk", "set", "alpaca paper", "daily_loss=0.03")
    assert "price_collar       off" in told(own_server, "risk", "set", "alpaca paper", "price_collar=off")
    assert "0.03" in told(own_server, "risk", "show")
    assert refused(own_server, "risk", "set", "alpaca paper", "daily_loss")[0] == 2
    assert refused(own_server, "risk", "set", "alpaca paper", "daily_loss=7")[0] == 2
    assert told(own_server, "kill", "--reason", "enough") == "The kill switch is on over all accounts\n"
    assert "kill switch is ON over all accounts: enough" in told(own_server, "risk", "show")
    assert refused(own_server, "orders", "place", "buy", "1", "AAPL", "--limit", "180", *PLACE)[0] == 1
    assert refused(own_server, "kill", "--release", "--flatten")[0] == 2
    assert told(own_server, "kill", "--release") == "The kill switch is off over all accounts\n"


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """At an exchange where nobody else has traded."""
    home = tmp_path_factory.mktemp("limits") / "home"
    with local_exchange("--speed", "hold", "--rate", "0") as own, trading(home, own) as (server, _):
        yield server


def test_command_without_a_server_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    nobody = Server(tmp_path_factory.mktemp("nobody") / "home")
    for words in (
        ("orders", "list"),
        ("account",),
        ("positions",),
        ("risk", "show"),
        ("kill",),
        ("venues",),
        ("replay", "r1"),
        ("drift", "r1"),
    ):
        code, text = refused(nobody, *words)
        assert (code, "start one with `weaver up`" in text) == (1, True)
