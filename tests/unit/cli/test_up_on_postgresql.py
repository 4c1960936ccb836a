"""`weaver up` and `weaver migrate` on a real PostgreSQL."""

import json
from pathlib import Path

from tests.shared_data import SAMPLES
from tests.unit.cli.runs_on_server import finished
from tests.unit.cli.server_process import server, weaver
from tests.unit.cli.terminal import Terminal


def test_server_asks_for_migrate_then_keeps_everything_there(empty_postgres_url: str, tmp_path: Path) -> None:
    home, environment = tmp_path / "home", {"DB_URL": empty_postgres_url}
    code, _, stderr = weaver(home, "up", "--no-open", "--port", "0", environment=environment)
    assert (code, "run `weaver migrate`" in stderr, len(stderr.splitlines())) == (2, True, 1), stderr
    assert weaver(home, "migrate", environment=environment)[0] == 0
    with server(home, environment=environment) as first:
        health = first.get("/api/v1/healthz")[1]
        assert (health["storage"], health["status"], health["read_only"]) == ("postgresql", "ok", False)
        with server(tmp_path / "other", environment=environment) as second:
            assert second.get("/api/v1/healthz")[1]["read_only"] is True
            assert second.stop() == 0
        assert first.stop() == 0
    assert not list(home.glob("weaver.db*"))
    code, stdout, stderr = weaver(home, "runs", "list", "--json", environment=environment)
    assert (code, json.loads(stdout)["total"]) == (0, 0), stderr
    code, _, stderr = weaver(home, "backup", str(tmp_path / "copy"), environment=environment)
    assert (code, "pg_dump" in stderr) == (2, True)


def test_finished_run_is_reproduced_from_there(postgres_url: str, terminal: Terminal, weaver_home: Path) -> None:
    terminal.set(DB_URL=postgres_url)
    terminal.told("data", "import", str(SAMPLES / "AAPL_1d.csv"), str(SAMPLES / "AAPL_actions.csv"))
    with server(weaver_home, environment={"DB_URL": postgres_url}) as running:
        run_id = finished(running, terminal, strategy_id="rsi-mean-reversion", cash="50000.5")
        served = terminal.told("runs", "reproduce", run_id)
        assert running.stop() == 0
    same = f"run {run_id}: the same statistics, trades, fills, cash flows, positions and warnings\n"
    assert served == terminal.told("runs", "reproduce", run_id) == same


def test_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    environment = {"DB_URL": "postgresql+asyncpg://weaver:hidden@127.0.0.1:1/weaver"}
    code, stdout, stderr = weaver(tmp_path / "home", "up", "--no-open", "--port", "0", environment=environment)
    assert (code, stdout, len(stderr.splitlines())) == (1, "", 1), stderr
    assert "hidden" not in stderr
