"""`weaver runs`: with a server, and without one."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

from tests.shared_data import SAMPLES
from tests.unit.cli.runs_on_server import TOKEN, finished, post
from tests.unit.cli.server_process import server
from tests.unit.cli.terminal import Terminal
from weaver.cli.kept import kept_runs


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
        assert "jump" in [one["code"] for one in found["warnings"]]  # the file comes without its splits

        assert "is completed already: there is nothing to stop" in terminal.told("runs", "stop", ids[0])
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
    lines = [line.split()[0] for line in terminal.told("runs", "show", "a [b]").splitlines()]
    assert lines.index("WARNING") < lines.index("total_return")
    second_page = json.loads(terminal.told("runs", "list", "--json", "--page", "2", "--page-size", "2"))
    assert [run["id"] for run in second_page["items"]] == [ids[0]]
    assert terminal.outcome("runs", "start", "a [b]") == (
        1, "", "error: no server runs on this WEAVER_HOME: start one with `weaver up`\n",
    )  # fmt: skip
    assert terminal.outcome("runs", "show", "nothing") == (
        2, "", "error: there is no run 'nothing': `weaver runs list` shows them\n",
    )  # fmt: skip


def test_runs_are_listed_with_their_figures_and_compared_side_by_side(terminal: Terminal, weaver_home: Path) -> None:
    terminal.set(**TOKEN)
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"))
    body = {"strategy_id": "sma-crossover", "mode": "backtest", "symbols": ["AAPL"], "timeframe": "1d"}
    with server(weaver_home, environment=TOKEN) as running:
        for name, fast in (("quick", 5), ("slow", 25)):
            post(running, "/api/v1/runs", {**body, "name": name, "config": {"fast": fast}})
            terminal.told("runs", "start", name)
        shown = {}
        for name in ("quick", "slow"):
            while (run := json.loads(terminal.told("runs", "show", name, "--json")))["status"] != "completed":
                sleep(0.1)
            shown[name] = run
        compared = json.loads(terminal.told("runs", "compare", "quick", "slow", "--json"))
        table = terminal.told("runs", "compare", "quick", "slow")
        assert running.stop() == 0
    assert compared["differences"] == {"fast": [5, 25]}
    assert [one["stats"] for one in compared["items"]] == [shown[name]["stats"] for name in ("quick", "slow")]
    returns = [f"{shown[name]['stats']['total_return']:+,.2%}" for name in ("quick", "slow")]
    assert next(line.split()[2:] for line in table.splitlines() if line.startswith("Total return")) == returns
    assert next(line.split() for line in table.splitlines() if line.startswith("fast")) == ["fast", "5", "25"]
    listed = terminal.told("runs", "list")  # of the store, now
    for name in ("quick", "slow"):
        stats = shown[name]["stats"]
        figures = [f"{stats['total_return']:+,.2%}", f"{stats['sharpe']:,.3f}", f"{stats['max_drawdown']:+,.2%}"]
        assert next(line.split()[5:8] for line in listed.splitlines() if f" {name} " in line) == figures
    assert "name 2 to 12 runs" in terminal.outcome("runs", "compare", "quick")[2]
    assert "named twice" in terminal.outcome("runs", "compare", "quick", "quick")[2]


def test_paper_run_is_listed_and_compared_with_its_figures_with_a_server_and_without(
    terminal: Terminal, weaver_home: Path
) -> None:
    terminal.set(**TOKEN)
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"))
    common = {"strategy_id": "sma-crossover", "symbols": ["AAPL"], "timeframe": "1d"}
    replay = {"mode": "paper", "venue": "simulated", "replay": "2004-01-02..2004-12-31", "speed": "max"}
    tested = {"mode": "backtest", "start_time": "2004-01-02", "end_time": "2004-12-31"}
    with server(weaver_home, environment=TOKEN) as running:
        ids = [
            post(running, "/api/v1/runs", {**common, **one, "name": name})["id"]
            for name, one in (("traded", replay), ("tested", tested), ("waiting", replay))
        ]
        for name in ("traded", "tested"):
            terminal.told("runs", "start", name)
            while json.loads(terminal.told("runs", "show", name, "--json"))["status"] == "running":
                sleep(0.1)
        listed, told = terminal.told("runs", "list"), json.loads(terminal.told("runs", "list", "--json"))
        compared = terminal.told("runs", "compare", "traded", "tested")
        _, sent = running.get(f"/api/v1/runs/{ids[0]}/results", **{"X-API-Key": TOKEN["SECURITY_API_TOKEN"]})
        assert running.stop() == 0
    stats = sent["stats"]
    figures = {one["name"]: one["figures"] for one in told["items"]}
    assert figures["waiting"] is None
    names = ("total_return", "sharpe", "max_drawdown", "trades")
    assert figures["traded"] == {**{name: stats[name] for name in names}, "sparkline": []}
    row = next(line.split() for line in listed.splitlines() if " traded " in line)
    assert row[5:8] == [f"{stats['total_return']:+,.2%}", f"{stats['sharpe']:,.3f}", f"{stats['max_drawdown']:+,.2%}"]
    line = next(line.split() for line in compared.splitlines() if line.startswith("Total return"))
    assert line[2] == f"{stats['total_return']:+,.2%}"

    assert terminal.told("runs", "list") == listed  # of the store, now
    assert json.loads(terminal.told("runs", "list", "--json")) == told
    assert terminal.told("runs", "compare", "traded", "tested") == compared


def test_finished_run_is_reproduced_from_the_server_and_from_the_store(
    terminal: Terminal, weaver_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_runs, "_SERVED_PAGE_SIZE", 7)  # several pages of fills
    terminal.set(**TOKEN)
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"), str(SAMPLES / "AAPL_actions.csv"))
    options = {"start_time": "2005-01-01", "end_time": "2012-06-01T00:00:00Z", "cash": "50000.5", "seed": 4}
    with server(weaver_home, environment=TOKEN) as running:
        run_id = finished(running, terminal, strategy_id="rsi-mean-reversion", name="rsi on A/B", **options)
        free = finished(running, terminal, strategy_id="buy-and-hold", costs="none", name="free")
        pending = post(running, "/api/v1/runs", {"strategy_id": "dca", "mode": "backtest", "symbols": ["AAPL"]})["id"]
        same = f"run {run_id}: the same statistics, trades, fills, cash flows, positions and warnings\n"
        assert terminal.outcome("runs", "reproduce", run_id) == (0, same, "")
        assert terminal.outcome("runs", "reproduce", "rsi on A/B") == (0, same, "")
        assert "the same statistics" in terminal.told("runs", "reproduce", free)
        code, stdout, stderr = terminal.outcome("runs", "reproduce", pending)
        assert (code, stdout, "is pending and has no results" in stderr) == (2, "", True)

        _, body = running.get(f"/api/v1/runs/{run_id}/results", **{"X-API-Key": TOKEN["SECURITY_API_TOKEN"]})
        results, shown = tmp_path / "results.json", tmp_path / "shown.json"
        results.write_text(json.dumps(body))
        shown.write_text(terminal.told("runs", "show", run_id, "--json"))
        assert running.stop() == 0

    assert terminal.outcome("runs", "reproduce", run_id) == (0, same, "")
    code, stdout, stderr = terminal.outcome("runs", "reproduce", "free", "--json", "-")
    assert (code, json.loads(stdout)["run"]["costs"], "the same statistics" in stderr) == (0, {"AAPL": {}}, True)
    code, _, stderr = terminal.outcome("runs", "reproduce", pending)
    assert (code, "only a completed backtest has" in stderr) == (2, True)

    same = f"{results}: the same statistics, cash flows, positions and warnings\n"
    assert terminal.outcome("runs", "reproduce", str(results)) == (0, same, "")
    body["stats"]["sharpe"] += 1e-9
    results.write_text(json.dumps(body))
    code, _, stderr = terminal.outcome("runs", "reproduce", str(results))
    assert (code, "the run gives another result now: stats.sharpe was" in stderr) == (1, True)
    code, _, stderr = terminal.outcome("runs", "reproduce", str(shown))
    assert (code, f"`weaver runs reproduce {run_id}` takes that from where the run is kept" in stderr) == (2, True)


def test_result_in_the_store_that_the_run_no_longer_gives_is_found_out(terminal: Terminal, weaver_home: Path) -> None:
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"))
    with server(weaver_home) as running:
        run_id = finished(running, terminal, strategy_id="buy-and-hold")
        assert running.stop() == 0
    with closing(sqlite3.connect(weaver_home / "weaver.db")) as database:
        database.execute("UPDATE fills SET price = price || '1' WHERE run_id = ?", [run_id])
        database.commit()
    code, stdout, stderr = terminal.outcome("runs", "reproduce", run_id)
    assert (code, stdout) == (1, "")
    assert f"run {run_id}: the run gives another result now: fills[0].price was '" in stderr


NO_RECORDS = {
    "not JSON": ("timestamp,open", "no JSON at all"),
    "a list": ("[1, 2]", "no record of a run"),
    "something else": ('{"a": 1}', "it has no object `run`"),
    "a run of a word": ('{"run": "a"}', "it has no object `run`"),
    "a record of another kind": ('{"run": {"version": 1}}', "lacks version or lookahead_check"),
    "the record alone": ('{"run": {"version": "1", "lookahead_check": true}}', "no statistics in it to compare"),
    "no figures": ('{"run": {"version": "1", "lookahead_check": true}, "stats": {}}', "no statistics in it to compare"),
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_file_that_is_no_record_is_refused_with_how_to_make_one(terminal: Terminal, tmp_path: Path, name: str) -> None:
    text, says = NO_RECORDS[name]
    path = tmp_path / "a.json"
    path.write_text(text)
    code, stdout, stderr = terminal.outcome("runs", "reproduce", str(path))
    assert (code, stdout) == (2, "")
    assert f"{path}: " in stderr
    assert says in stderr
    assert "`weaver backtest … --json FILE`" in stderr


def test_record_that_was_laid_out_anew_is_the_same_result(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.json"
    terminal.told("backtest", "sma-crossover", "--bars", str(SAMPLES / "AAPL_1d.csv"), "--json", str(path))
    assert terminal.told("runs", "reproduce", "a.json") == "a.json: the same result, byte for byte\n"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record))
    same = "a.json: the same statistics, trades, fills, equity, cash flows and warnings\n"
    assert terminal.told("runs", "reproduce", "a.json") == same
    record["equity"][-1]["cash"] += 0.01
    path.write_text(json.dumps(record))
    code, _, stderr = terminal.outcome("runs", "reproduce", "a.json")
    assert (code, "another result now: equity[3269].cash was" in stderr) == (1, True)


FAILS_ON_A_CUT = """
from weaver import Strategy

class Peeks(Strategy):
    def on_start(self):
        self.count = 0

    def on_bar(self, bar):
        self.buy(bar.symbol, 1)

    def on_stop(self):
        if self.now.year < 2013:
            raise ValueError("too early")
"""


def test_warning_that_names_the_strategys_file_is_no_difference(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd_name.py").write_text(FAILS_ON_A_CUT)
    terminal.told("backtest", "odd_name.py", "--bars", str(SAMPLES / "AAPL_1d.csv"), "--json", "a.json")
    assert "odd_name.py line" in json.dumps(json.loads((tmp_path / "a.json").read_text())["warnings"])
    assert "a.json: the same " in terminal.told("runs", "reproduce", "a.json")


def test_file_of_a_killed_server_is_not_trusted(terminal: Terminal, weaver_home: Path) -> None:
    with server(weaver_home) as running:
        running.process.kill()
        running.process.wait()
    assert (weaver_home / "server.json").exists()
    assert terminal.outcome("runs", "list") == (0, "No runs here yet\n", "")


def test_home_that_nobody_has_used_has_no_runs_yet(terminal: Terminal, weaver_home: Path) -> None:
    assert terminal.outcome("runs", "list") == (0, "No runs here yet\n", "")
    empty = {"items": [], "total": 0, "page": 1, "page_size": 50}
    assert json.loads(terminal.told("runs", "list", "--json")) == empty
    for command in ("show", "reproduce"):
        assert terminal.outcome("runs", command, "sma") == (
            2, "", "error: there is no run 'sma': `weaver runs list` shows them\n",
        )  # fmt: skip
    assert not weaver_home.exists()


def test_database_that_is_named_and_not_there_is_an_error(terminal: Terminal, tmp_path: Path) -> None:
    terminal.set(DB_URL=f"sqlite:///{tmp_path}/typo.db")
    code, _, stderr = terminal.outcome("runs", "list")
    assert (code, f"{tmp_path}/typo.db is not there" in stderr) == (2, True)


def test_page_past_the_end_is_told(terminal: Terminal, weaver_home: Path) -> None:
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
    assert terminal.told("runs", "list") == "No runs here yet\n"
