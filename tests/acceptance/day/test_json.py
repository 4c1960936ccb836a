"""Each command with --json prints one object with the keys that docs/command-json.md gives, no more and no less."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.day.trader import SLOW, Trader, trader
from tests.acceptance.trading.desk import environment
from tests.local_exchange import local_exchange
from tests.receivers import receiving
from tests.shared_data import REPOSITORY, SAMPLES

PAGE = (REPOSITORY / "docs" / "command-json.md").read_text()
ROWS = {name: re.findall(r"`(\w+)`", keys) for name, keys in re.findall(r"^\| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)}
PLACE = ("--venue", "alpaca", "--mode", "paper")
OF_RUN, OF_ORDER, OF_LIMITS = (set(ROWS[name]) for name in ("a run", "an order", "an account's limits"))
AAPL = ("sma-crossover", "--symbol", "AAPL", "--venue", "simulated")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trader]:
    """One whose server trades at a local exchange, too."""
    home = tmp_path_factory.mktemp("json") / "home"
    with local_exchange("--speed", "hold", "--rate", "0") as local, receiving() as channel, trader(home) as one:
        one.environment.update(environment(local) | {"NOTIFY_URLS": channel.url})
        one.told("trade", *AAPL, "--name", "year", "--replay", "2012-03-01..2013-03-01")
        one.told("trade", *AAPL, "--name", "slow", *SLOW, "--detach")
        yield one


def printed(one: Trader, *words: object) -> dict[str, Any]:
    """The object, and nothing else on standard output."""
    found = json.loads(one.told(*words, "--json"))
    assert isinstance(found, dict)
    return found


def check(name: str, found: dict[str, Any], more: set[str] | None = None) -> None:
    assert set(found) == (more or set()) | set(ROWS[f"`{name}`"]), name


def test_runs(broker: Trader) -> None:
    for words in (("trade", *AAPL), ("trade", *AAPL, "--detach")):
        found = printed(broker, *words)
        check(" ".join(["weaver trade", *words[6:]]), found)
        assert set(found["run"]) == OF_RUN
    for name in ("replay", "drift"):
        year = printed(broker, "runs", "show", "year")["id"]
        check(f"weaver {name}", printed(broker, name, year))
    check("weaver runs tail", followed := printed(broker, "runs", "tail", "year"))
    assert set(followed["run"]) == OF_RUN
    assert set(followed["events"][0]) == set(ROWS["an item of `events`"])
    check("weaver runs list", printed(broker, "runs", "list"))
    check("weaver runs show", printed(broker, "runs", "show", "year"), OF_RUN)
    run = broker_run(broker)
    check("weaver runs compare", compared := printed(broker, "runs", "compare", "year", run))
    assert set(compared["items"][0]) == set(ROWS["an item of `runs compare`"])
    check("weaver runs start", printed(broker, "runs", "start", run), OF_RUN)
    check("weaver runs stop", printed(broker, "runs", "stop", run), OF_RUN)


def broker_run(broker: Trader) -> str:
    """A run that waits to be started."""
    from tests.acceptance.service.api import Api

    place = json.loads((broker.home / "server.json").read_text())
    body = {
        "name": "pending", "strategy_id": "sma-crossover", "mode": "paper", "venue": "simulated", "symbols": ["AAPL"],
        "timeframe": "1d", "replay": "2010-01-04", "speed": "86400",
    }  # fmt: skip
    with Api(place["url"]) as api:
        return str(api.post("/runs", body, status=201)["id"])


def test_summary(broker: Trader) -> None:
    found = printed(broker, "runs", "summary", "year")
    check("weaver runs summary", found)
    assert set(found["sampled"]) == set(ROWS["`sampled`"])
    assert set(found["orders"]) == set(ROWS["`orders` of a summary"])
    assert found["positions"] or printed(broker, "runs", "summary", "year", "--day", "2012-03-05")
    for one in found["positions"]:
        assert set(one) == set(ROWS["an item of a summary's `positions`"])
    for one in found["notices"]:
        assert set(one) == set(ROWS["an item of `notices`"])


def test_promotion(broker: Trader) -> None:
    words = ("runs", "promote", "year", "--to", "paper", "--venue", "alpaca")
    for name, more in (("--dry-run", ("--dry-run",)), ("", ("--override", "a test", "--name", "next year"))):
        found = printed(broker, *words, *more)
        check(f"weaver runs promote {name}".strip(), found)
        assert set(found["gates"][0]) == set(ROWS["an item of `gates`"])
        assert set(found["differences"][0]) == set(ROWS["an item of `differences`"])
    assert set(found["run"]) == OF_RUN | {"strategy_source"}


def test_dry_run(broker: Trader) -> None:
    found = printed(broker, "trade", *AAPL, "--dry-run")
    check("weaver trade --dry-run", found)
    assert set(found["run"]) == OF_RUN
    assert set(found["history"][0]) == set(ROWS["an item of `history`"])
    assert set(found["orders"][0]) == set(ROWS["an item of a dry run's `orders`"])


def test_orders_and_accounts(broker: Trader) -> None:
    placed = printed(broker, "orders", "place", "buy", "3", "AAPL", "--limit", "180", *PLACE)
    check("weaver orders place", placed, OF_ORDER)
    check("weaver orders list", printed(broker, "orders", "list"))
    check("weaver orders show", printed(broker, "orders", "show", placed["id"]), OF_ORDER)
    check("weaver orders sync", printed(broker, "orders", "sync", placed["id"]), OF_ORDER)
    replaced = printed(broker, "orders", "replace", placed["id"], "--limit", "181")
    check("weaver orders replace", replaced, OF_ORDER)
    check("weaver orders cancel", printed(broker, "orders", "cancel", replaced["id"]), OF_ORDER)
    for name in ("account", "positions", "venues"):
        check(f"weaver {name}", printed(broker, name))
    check("weaver risk show", printed(broker, "risk", "show"))
    check("weaver risk set", printed(broker, "risk", "set", "alpaca paper", "daily_loss=0.04"), OF_LIMITS)
    check("weaver kill", printed(broker, "kill", "--reason", "a test"))
    check("weaver kill --release", printed(broker, "kill", "--release"))


def test_notifications(broker: Trader) -> None:
    found = printed(broker, "notify", "test")
    check("weaver notify test", found)
    assert set(found["items"][0]) == set(ROWS["an item of `notify test`'s `items`"])


def test_strategies_and_data(broker: Trader) -> None:
    sample = SAMPLES / "MSFT_1d.csv"
    for words, item in (
        (("strategies", "list"), "`strategies list`'s `items`"),
        (("data", "import", sample), "`data import`'s and `data fetch`'s `items`"),
        (("data", "fetch", "AAPL", "--from", "2024-01-02"), "`data import`'s and `data fetch`'s `items`"),
        (("data", "list"), "`data list`'s `items`"),
    ):
        found = printed(broker, *words)
        check(" ".join(["weaver", *map(str, words[:2])]), found)
        assert set(found["items"][0]) == set(ROWS[f"an item of {item}"])
    check("weaver data facts", printed(broker, "data", "facts", "MSFT"))
    check("weaver init", printed(broker, "init", "project"))
    check("weaver strategies new", printed(broker, "strategies", "new", "gap-fade", "--dir", "new"))
    check("weaver data export", printed(broker, "data", "export", "MSFT", "--timeframe", "1d", "--to", "MSFT.parquet"))
    found = printed(broker, "data", "check")
    check("weaver data check", found)
    assert set(found["items"][0]) == {*ROWS["an item of `data list`'s `items`"], "warnings"}


def test_down(newcomer: Trader) -> None:
    check("weaver down", printed(newcomer, "down"))
    newcomer.told("trade", *AAPL, "--detach")
    check("weaver down", printed(newcomer, "down"))


def test_every_command_that_takes_json_is_on_the_page() -> None:
    import typer

    from weaver.cli.dispatch import _GROUPS, COMMANDS, _app

    told = set()
    for name in COMMANDS:
        command = typer.main.get_command(_app(name)).commands[name]  # type: ignore[attr-defined]
        leaves = command.commands.items() if name in _GROUPS else [("", command)]
        told |= {
            f"weaver {name} {leaf}".strip()
            for leaf, one in leaves
            if any(option.opts[0] == "--json" and option.is_flag for option in one.params)
        }
    assert {f"`{name}`" for name in told} <= ROWS.keys()
