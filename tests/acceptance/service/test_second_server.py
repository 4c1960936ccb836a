"""Two servers on one home: one trades, the other one reads."""

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
