"""A server that notifies: of what its trading comes to, over a restart; whoever does not listen is no trouble to it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.trading.desk import PLACE, environment, limit_buy
from tests.acceptance.trading.test_secrets import FAILING
from tests.local_exchange import local_exchange
from tests.receivers import receiving
from tests.shared_data import REPOSITORY

QUIET = """
from weaver import Strategy

class Quiet(Strategy):
    \"\"\"Does nothing.\"\"\"
"""


def home_of(tmp_path: Path) -> Path:
    """With two strategies."""
    home = tmp_path / "home"
    (home / "strategies").mkdir(parents=True)
    (home / "strategies" / "failing.py").write_text(FAILING)
    (home / "strategies" / "quiet.py").write_text(QUIET)
    return home


def run_of(api: Api, strategy: str) -> str:
    """A paper run's id, started."""
    run = {"strategy_id": strategy, "symbols": ["AAPL"], "timeframe": "1m", "warmup": 5, "cash": 10_000, **PLACE}
    run_id = str(api.post("/runs", {**run, "name": strategy}, status=201)["id"])
    api.post(f"/runs/{run_id}/start")
    return run_id


def test_runs_and_the_kill_switch_are_told_and_bad_receivers_hold_up_no_order_and_no_stop(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    with (
        local_exchange("--speed", "hold", "--rate", "0") as local,
        receiving("hangs") as hanging, receiving("refuses") as refusing, receiving("floods") as flooding,
        receiving() as taking,
    ):  # fmt: skip
        receivers = (hanging, refusing, flooding, taking)
        settings = {**environment(local), "NOTIFY_URLS": ", ".join(one.url for one in receivers)}
        with server(home, **settings) as running, Api(running.url) as api:
            assert [one["scheme"] for one in api.get("/settings")["notifications"]["channels"]] == ["json"] * 4
            quiet, failing = run_of(api, "quiet"), run_of(api, "failing")
            eventually(lambda: api.run(failing)["status"] == "error", what="the end of the one that fails")
            eventually(lambda: api.run(quiet)["status"] == "running", what="the other one")
            for one in receivers:
                one.wait_for(1)
            orders = [api.post("/orders", limit_buy("180"), status=201) for _ in range(3)]
            assert all(one["id"] for one in orders), "while three receivers have each a message that they do not take"
            api.post("/risk/kill-switch", {"reason": "a drill"})
            api.call("DELETE", "/risk/kill-switch", status=200, json={"reason": ""})
            api.post(f"/runs/{quiet}/stop")
            eventually(lambda: "Weaver: run 'quiet' has stopped" in taking.titles, what="the last notification")
            assert [one for one in taking.titles if "feed" not in one] == [
                "Weaver: run 'failing' failed", "Weaver: the kill switch is on over all accounts",
                "Weaver: the kill switch is off over all accounts", "Weaver: run 'quiet' has stopped",
            ]  # fmt: skip

            def trials() -> list[bool]:
                return [one["ok"] for one in api.post("/notifications/test")["items"]]

            eventually(lambda: trials() == [False, False, False, True], what="a test that the last one takes")
            assert api.get("/healthz")["status"] == "degraded"
            assert running.stop() == 0, running.log


def test_what_happened_while_the_server_was_down_is_told_when_it_is_back(tmp_path: Path) -> None:
    with receiving("refuses") as refusing, receiving() as taking:
        home = home_of(tmp_path)
        with server(home, NOTIFY_URLS=refusing.url) as running, Api(running.url) as api:
            api.post("/risk/kill-switch", {"reason": "a drill"})
            refusing.wait_for(1)
            running.kill()  # while it waits to try again
        with server(home, NOTIFY_URLS=taking.url):
            [one] = taking.wait_for(1)
    assert one["title"] == "Weaver: the kill switch is on over all accounts"
    assert "Why: a drill" in one["message"]


def test_url_that_cannot_be_used_is_refused_in_one_line_without_it(tmp_path: Path) -> None:
    for number, url in enumerate(("wrong://hunter2secret/token", "hunter2secret")):
        refused = Server(tmp_path / f"home-{number}", NOTIFY_URLS=f"json://127.0.0.1:9/ {url}")
        assert refused.launch().wait(60) == 2
        said = refused.log + refused.said
        assert said.count("\n") == 1, said
        assert said.startswith("error: NOTIFY_URLS"), said
        assert "hunter2" not in said


def test_kind_that_is_none_is_refused(tmp_path: Path) -> None:
    refused = Server(tmp_path / "home", NOTIFY_KINDS="run_error, everything")
    assert refused.launch().wait(60) == 2
    assert "NOTIFY_KINDS: 'everything' is no kind of notification" in refused.log


def test_commands_of_the_page_on_notifications_do_what_it_says(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "how-to" / "notifications.md").read_text()
    blocks = re.findall(r"```sh\n(.+?)```", page, re.DOTALL)
    set_up, *commands = [line for block in blocks for line in block.splitlines()]
    assert set_up.startswith('export NOTIFY_URLS="')
    assert commands == ["weaver up", "weaver notify test", "weaver notify test --json"]
    with receiving() as receiver, server(tmp_path / "home", NOTIFY_URLS=receiver.url):
        said = []
        for command in commands[1:]:
            words = [sys.executable, "-m", *command.split()]
            environment = {**os.environ, "WEAVER_HOME": str(tmp_path / "home")}
            said.append(subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout)
        assert said[0] == "1 (json)  ok\n"
        assert "".join(said[1].split()) == '{"items":[{"number":1,"scheme":"json","ok":true,"reason":null}]}'
        assert len(receiver.wait_for(2)) == 2
