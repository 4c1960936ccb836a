"""What a run had done before its strategy failed is there to be read: its journal above all."""

from tests.acceptance.service.api import Api


def test_orders_fills_events_and_journal_of_a_run_that_failed_are_kept(api: Api) -> None:
    run = api.ended(api.started("fails-late"))
    assert run["status"] == "error"
    assert run["error"].endswith("in on_bar: ZeroDivisionError: division by zero")
    path = f"/runs/{run['id']}"
    assert [order["status"] for order in api.pages(f"{path}/orders")] == ["filled"] * 4 + ["pending"]
    assert len(api.pages(f"{path}/fills")) == 4
    assert [line["text"] for line in api.pages(f"{path}/log")] == [f"bar {k}" for k in range(1, 51)]
    types = [event["type"] for event in api.events(run_id=run["id"])]
    assert types[0] == "run.Created"
    assert types[-1] == "run.Error"
    assert (types.count("orders.Filled"), types.count("strategy.PlaceRequest")) == (4, 5)
    api.refused("GET", f"{path}/results", status=404)
    api.call("DELETE", path, status=204)
    api.refused("GET", f"{path}/orders", status=404)
