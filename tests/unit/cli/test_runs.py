"""`weaver runs`: with a server, and without one."""

import json
from pathlib import Path
from time import sleep
from typing import Any
from urllib.request import Request, urlopen

from tests.shared_data import SAMPLES
from tests.unit.cli.server_process import ServerProcess, server
from tests.unit.cli.terminal import Terminal

TOKEN = {"SECURITY_API_TOKEN": "a-long-token"}


def post(running: ServerProcess, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"X-API-Key": TOKEN["SECURITY_API_TOKEN"], "Content-Type": "application/json"}
    request = Request(running.url + path, json.dumps(body).encode(), headers, method="POST")
    with urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_runs_are_listed_started_stopped_and_shown_with_a_server_and_read_without(
    terminal: Terminal, weaver_home: Path
) -> None:
    terminal.set(**TOKEN)
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"))
    body = {"strategy_id": "sma-crossover", "mode": "backtest", "symbols": ["AAPL"], "timeframe": "1d"}
    with server(weaver_home, environment=TOKEN) as running:
        ids = [post(running, "/api/v1/runs", {**body, "name": name})["id"] for name in ("a [b]", "twice", "twice")]
        assert "a [b]" in terminal.told("runs", "list")
        assert "is running" in terminal.told("runs", "start", "a [b]")
        while (found := json.loads(terminal.told("runs", "show", ids[0], "--json")))["status"] == "running":
            sleep(0.1)
        assert (found["status"], found["error"]) == ("completed", None)
        assert found["stats"]["trades"] > 0

        assert terminal.outcome("runs", "stop", ids[0])[0] == 1
        assert terminal.outcome("runs", "start", "twice") == (
            2, "", "error: 2 runs are called 'twice': name one by its id (`weaver runs list`)\n",
        )  # fmt: skip
        listed = json.loads(terminal.told("runs", "list", "--json", "--status", "pending"))
        assert {run["id"] for run in listed["items"]} == {*ids[1:]}
        terminal.set(SECURITY_API_TOKEN="wrong")
        code, _, stderr = terminal.outcome("runs", "list")
        assert (code, "set SECURITY_API_TOKEN" in stderr) == (2, True)
        assert running.stop() == 0

    assert json.loads(terminal.told("runs", "list", "--json", "--status", "pending")) == listed
    assert json.loads(terminal.told("runs", "show", "a [b]", "--json")) == found
    second_page = json.loads(terminal.told("runs", "list", "--json", "--page", "2", "--page-size", "2"))
    assert [run["id"] for run in second_page["items"]] == [ids[0]]
    assert terminal.outcome("runs", "start", "a [b]") == (
        1, "", "error: no server runs on this WEAVER_HOME: start one with `weaver up`\n",
    )  # fmt: skip
    assert terminal.outcome("runs", "show", "nothing") == (
        2, "", "error: there is no run 'nothing': `weaver runs list` shows them\n",
    )  # fmt: skip


def test_file_of_a_killed_server_is_not_trusted(terminal: Terminal, weaver_home: Path) -> None:
    with server(weaver_home) as running:
        running.process.kill()
        running.process.wait()
    assert (weaver_home / "server.json").exists()
    assert terminal.outcome("runs", "list") == (0, "No runs here\n", "")


def test_page_past_the_end_and_a_home_without_runs_are_told(terminal: Terminal, weaver_home: Path) -> None:
    code, _, stderr = terminal.outcome("runs", "list")
    assert (code, f"{weaver_home}/weaver.db is not there: `weaver up` makes it" in stderr) == (2, True)
    assert not weaver_home.exists()
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"))
    with server(weaver_home) as running:
        body = {"strategy_id": "sma-crossover", "mode": "backtest", "symbols": ["AAPL"], "timeframe": "1d"}
        post(running, "/api/v1/runs", body)
    assert "there are 1 such runs" in terminal.told("runs", "list", "--page", "2")
    assert terminal.told("runs", "list", "--status", "error") == "No such runs here\n"
    assert "name a run by its id" in terminal.outcome("runs", "show", " ")[2]


def test_memory_without_a_server_has_no_runs_to_read(terminal: Terminal) -> None:
    terminal.set(DB_URL="memory")
    code, _, stderr = terminal.outcome("runs", "list")
    assert (code, "weaver up" in stderr) == (2, True)


def test_tables_are_brought_up_to_date_by_hand(terminal: Terminal, weaver_home: Path) -> None:
    assert "up to date" in terminal.told("migrate")
    assert (weaver_home / "weaver.db").is_file()
    terminal.set(DB_URL="memory")
    assert terminal.outcome("migrate")[0] == 2


def test_backup_is_a_home_of_its_own(terminal: Terminal, weaver_home: Path, tmp_path: Path) -> None:
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"))
    terminal.told("migrate")
    assert "Copied" in terminal.told("backup", str(tmp_path / "copy"))
    listed = terminal.told("data", "list", "--json")
    assert terminal.outcome("backup", str(tmp_path / "copy"))[0] == 2
    terminal.told("backup", str(tmp_path / "lean"), "--without-bars")
    assert not (tmp_path / "lean" / "bars").exists()
    terminal.set(WEAVER_HOME=str(tmp_path / "copy"))
    assert terminal.told("data", "list", "--json") == listed
    assert terminal.told("runs", "list") == "No runs here\n"
