"""Keys, the token and the database's password are told nowhere while all goes wrong: not in the log, in answers, in
events, by commands, in the database or in a file; and a strategy cannot see them."""

from pathlib import Path

import pytest

from tests.acceptance.server import server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.trading.desk import PLACE, Exchange, environment, limit_buy
from tests.acceptance.trading.told import Told
from tests.kill.storages import migrate
from tests.local_exchange import local_exchange
from tests.postgres import OwnServer
from tests.receivers import receiving

TOKEN, PASSWORD = "correct-horse-battery-staple-7c1f", "hunter2secret"
LIVE = {"ALPACA_LIVE_API_KEY": "AKLIVEKEY5D41402A", "ALPACA_LIVE_API_SECRET": "live-secret-bc4b2a76"}
CHANNELS_PASSWORD, CHANNELS_TOKEN = "channels-password-1f6d", "channels-token-a3b9"
OWN_ADAPTERS_KEY, CANARY = "key-of-my-own-venue-b971", "canary-5d41402abc4b"
NOSY = """
import os
from pathlib import Path
from weaver import Strategy

class Nosy(Strategy):
    \"\"\"Tells all that it can see of its surroundings, and fails with that.\"\"\"

    def on_start(self):
        parent = Path(f"/proc/{os.getppid()}/environ").read_text()
        for text in (str(dict(os.environ)), parent):
            print(text)
            self.log(text)
        print(1, file=__import__("sys").stderr)

    def on_stop(self):
        raise RuntimeError(str(dict(os.environ)))
"""
FAILING = """
import os
from weaver import Strategy

class Failing(Strategy):
    \"\"\"Fails with all that it can see.\"\"\"

    def on_start(self):
        raise RuntimeError(str(dict(os.environ)))
"""
ADAPTER = """
from weaver.veda.exchange.port import ExchangeAdapter

class Mine(ExchangeAdapter):
    name = "mine"
    modes = ("paper",)
    settings = ("MY_VENUES_KEY",)
"""
COMMANDS = (
    ("venues",), ("doctor",), ("venues", "--json"), ("account", "--json"), ("orders", "list", "--json"),
    ("risk", "show", "--json"), ("runs", "list", "--json"), ("notify", "test"), ("notify", "test", "--json"),
)  # fmt: skip


@pytest.fixture
def database(own_postgres: OwnServer) -> str:
    """Of the DB_URL that has a password."""
    url = own_postgres.url.set(password=PASSWORD).render_as_string(hide_password=False)
    migrate(url)
    return url


def home_with(tmp_path: Path) -> Path:
    """One with strategies and an adapter."""
    home = tmp_path / "home"
    for folder, name, text in (
        ("strategies", "nosy", NOSY),
        ("strategies", "failing", FAILING),
        ("adapters", "mine", ADAPTER),
    ):
        (home / folder).mkdir(parents=True, exist_ok=True)
        (home / folder / f"{name}.py").write_text(text)
    return home


def run_of(api: Api, strategy: str) -> str:
    """A paper run's id, started."""
    run = {"strategy_id": strategy, "symbols": ["AAPL"], "timeframe": "1m", "warmup": 5, "cash": 10_000, **PLACE}
    run_id = str(api.post("/runs", run, status=201)["id"])
    api.post(f"/runs/{run_id}/start")
    return run_id


def traded(api: Api, told: Told) -> list[str]:
    """Orders by hand, and runs whose strategies tell all that they see."""
    assert told.asked(api, "GET", "/account?venue=alpaca&mode=paper") == 200
    assert told.asked(api, "POST", "/orders", json=limit_buy("180")) == 201
    assert told.asked(api, "GET", "/account?venue=alpaca&mode=live") == 503
    assert told.asked(api, "POST", "/orders", json=limit_buy("180", mode="live")) == 503
    failing, nosy = run_of(api, "failing"), run_of(api, "nosy")
    eventually(lambda: api.run(failing)["status"] == "error", what="the end of the one that fails")
    eventually(lambda: api.get(f"/runs/{nosy}/log")["total"] >= 2, what="what the nosy one sees")
    told.asked(api, "POST", f"/runs/{nosy}/stop")
    return [failing, nosy]


def refused(api: Api, exchange: Exchange, told: Told) -> None:
    """The venue takes neither keys nor orders any more."""
    for code, path in ((401, "/v2/account"), (403, "/v2/orders"), (401, "/v2/positions"), (500, "/v2/orders")):
        fault = {"kind": "status", "code": code, "times": 3, "match": {"path": path}}
        exchange.ask("POST", "faults", json=fault)
        told.asked(api, "POST", "/orders", json=limit_buy("180"))
        told.asked(api, "POST", "/reconciliation", json={})
        told.asked(api, "GET", "/account?venue=alpaca&mode=paper")
        exchange.ask("DELETE", "faults")


def test_nothing_shows_a_secret_whatever_goes_wrong(tmp_path: Path, database: str, own_postgres: OwnServer) -> None:
    told, home = Told(), home_with(tmp_path)
    with (
        local_exchange("--speed", "hold", "--rate", "0") as local, local_exchange("--seed", "2") as other,
        receiving() as taking, receiving("refuses") as refusing,
    ):  # fmt: skip
        settings = {
            **environment(local), **LIVE, "ALPACA_STREAM_URL": other.url.replace("http", "ws"),  # refuses the keys
            "WEAVER_LIVE_TRADING": "1", "ALPACA_LIVE_BASE_URL": "http://127.0.0.1:1", "DB_URL": database,
            "SECURITY_API_TOKEN": TOKEN, "MY_VENUES_KEY": OWN_ADAPTERS_KEY, "MY_CANARY": CANARY,
            "NOTIFY_URLS": " ".join(
                one.url.replace("://", f"://desk:{CHANNELS_PASSWORD}@") + CHANNELS_TOKEN for one in (taking, refusing)
            ),
        }  # fmt: skip
        secrets = [local.key, local.secret, *LIVE.values(), TOKEN, PASSWORD, OWN_ADAPTERS_KEY]
        secrets += [CHANNELS_PASSWORD, CHANNELS_TOKEN]
        with server(home, **settings) as running, Api(running.url, **{"X-API-Key": TOKEN}) as api:
            exchange = Exchange(local)
            runs = traded(api, told)
            refused(api, exchange, told)
            told.commands(home, settings, COMMANDS)
            own_postgres.stop()
            assert told.asked(api, "POST", "/orders", json=limit_buy("180")) == 503
            told.answers(api, "without a database")
            own_postgres.start()
            eventually(lambda: told.asked(api, "GET", "/runs") == 200, what="the database")
            for run_id in runs:
                for part in ("", "/events", "/log", "/orders", "/results"):
                    told.asked(api, "GET", f"/runs/{run_id}{part}")
            told.answers(api, "at the end")
            taking.wait_for(2)
            refusing.wait_for(2)
            running.stop()
            told.texts["notifications"] = str(taking.messages)
            told.texts |= {"the server's log": running.log, "what the server said": running.said}
        told.files(home)
        told.tables(database)
    assert {"table outbox", "weaver venues --json"} <= told.texts.keys()
    assert "failed" in told.texts["notifications"]
    assert "notification_given_up" in told.texts["the server's log"]
    assert "table outbox" in told.where(CANARY), "a strategy was to tell what it sees"
    assert {secret: told.where(secret) for secret in secrets if told.where(secret)} == {}
