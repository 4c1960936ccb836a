"""Two servers on one home: one trades, the other one reads; also where each has a database of its own."""

from pathlib import Path

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api


def test_second_server_on_the_same_home_reads_and_refuses_to_write(service: Server, api: Api) -> None:
    done, pending = api.ended(api.started("sma-crossover"))["id"], api.create("sma-crossover")
    before = api.record(done)
    with server(service.home) as second, Api(second.url) as other:
        assert "this one is read-only" in second.said
        assert (other.get("/healthz")["status"], other.get("/healthz")["read_only"]) == ("ok", True)
        assert other.record(done) == before
        assert other.events(run_id=done) == api.events(run_id=done)
        assert other.pages("/data") == api.pages("/data")
        body = {"strategy_id": "sma-crossover", "symbols": ["AAPL"]}
        for method, path, given in (
            ("POST", "/runs", {"json": body}),
            ("POST", f"/runs/{pending}/start", {}),
            ("POST", f"/runs/{done}/clone", {}),
            ("DELETE", f"/runs/{done}", {}),
            ("DELETE", "/data/AAPL/1d", {}),
            ("POST", "/data/import", {"files": {"file": ("X_1d.csv", b"")}, "data": {"symbol": "X"}}),
        ):
            assert "read-only" in other.refused(method, path, status=409, **given), path
        second.stop()
    assert api.get("/healthz")["read_only"] is False
    assert api.run(pending)["status"] == "pending"
    api.post(f"/runs/{pending}/start")
    assert api.ended(pending)["status"] == "completed"


def test_second_server_with_a_database_of_its_own_leaves_the_home_to_the_first(service: Server, api: Api) -> None:
    place = (service.home / "server.json").read_text()
    waiting = service.home / "uploads" / "weaver-upload-of-the-first"
    waiting.write_text("it waits for its turn")
    with server(service.home, DB_URL="memory") as second, Api(second.url) as other:
        assert "this one is read-only" in second.said
        assert other.get("/healthz")["read_only"] is True
        for method, path, given in (
            ("POST", "/runs", {"json": {"strategy_id": "sma-crossover", "symbols": ["AAPL"]}}),
            ("DELETE", "/data/AAPL/1d", {}),
            ("POST", "/data/import", {"files": {"file": ("X_1d.csv", b"")}, "data": {"symbol": "X"}}),
        ):
            assert "read-only" in other.refused(method, path, status=409, **given), path
        assert (service.home / "server.json").read_text() == place
    assert waiting.exists()
    waiting.unlink()
    assert (service.home / "server.json").read_text() == place
    assert api.ended(api.started("sma-crossover"))["status"] == "completed"


def test_second_server_does_not_make_a_database_beside_the_first(service: Server) -> None:
    other = service.home / "other.db"
    second = Server(service.home, DB_URL=f"sqlite+aiosqlite:///{other}")
    assert second.launch().wait(30) == 2
    assert "another one uses its home" in second.log
    assert len(second.log.splitlines()) == 1
    assert not other.exists()


def test_home_whose_owner_has_been_killed_is_free(own_home: Path) -> None:
    with server(own_home) as first:
        first.kill()
        with server(own_home, DB_URL="memory") as second, Api(second.url) as api:
            assert api.get("/healthz")["read_only"] is False
