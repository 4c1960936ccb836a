"""A strategy that fails, hangs, or takes its process with it: its own run ends as `error`, and nothing else does."""

import pytest

from tests.acceptance.service.api import Api
from tests.acceptance.service.strategies import (
    CALLBACKS,
    FILES,
    ODD_FAULTS,
    failing_file,
    failing_id,
    failing_line,
)

PAUSED = {"pause": 0.05}


@pytest.mark.parametrize("callback", CALLBACKS)
def test_fault_in_a_callback_ends_the_run_as_error_and_names_the_strategys_line(api: Api, callback: str) -> None:
    run = api.ended(api.started(failing_id(callback)))
    told = f"{failing_file(callback)} line {failing_line(callback)}, in {callback}: ZeroDivisionError: division by zero"
    assert (run["status"], run["error"]) == ("error", told)
    assert run["completed_at"] is None
    assert run["stopped_at"] > run["started_at"]
    last = api.events(run_id=run["id"])[-1]
    assert (last["type"], last["payload"]["run_id"]) == ("run.Error", run["id"])
    assert told in last["payload"].values()
    api.refused("GET", f"/runs/{run['id']}/results", status=404)
    api.refused("POST", f"/runs/{run['id']}/start", status=409)


@pytest.mark.parametrize("fault", ODD_FAULTS)
def test_fault_that_is_no_ordinary_exception_names_the_strategys_line_too(api: Api, fault: str) -> None:
    line = next(number for number, text in enumerate(FILES["odd_faults.py"].splitlines(), 1) if "raise {" in text)
    run = api.ended(api.started("odd-faults", config={"fault": fault}))
    assert (run["status"], run["error"]) == ("error", f"odd_faults.py line {line}, in on_bar: {ODD_FAULTS[fault]}")


def test_strategy_that_never_returns_is_stopped_while_the_server_serves_on(api: Api) -> None:
    hanging = api.started("endless")
    api.working(hanging)
    assert api.get("/healthz")["status"] == "ok"
    assert api.ended(api.started("sma-crossover"))["status"] == "completed"
    stopped = api.post(f"/runs/{hanging}/stop")
    assert (stopped["status"], stopped["error"]) == ("stopped", None)
    assert api.events(run_id=hanging)[-1]["type"] == "run.Stopped"
    assert api.ended(api.started("sma-crossover"))["status"] == "completed"


@pytest.mark.parametrize(
    ("strategy_id", "said"),
    [
        ("quitting", "the run's process ended with exit code 3"),
        ("hungry", "more memory than the 512 MB that a worker may have"),
    ],
)
def test_run_that_takes_its_worker_with_it_fails_alone(api: Api, strategy_id: str, said: str) -> None:
    other = api.started("trader", config={"pause": 0.001})
    api.working(other)
    run = api.ended(api.started(strategy_id))
    assert run["status"] == "error"
    assert said in run["error"]
    assert api.events(run_id=run["id"])[-1]["type"] == "run.Error"
    assert api.ended(other)["status"] == "completed"
    assert api.ended(api.started("trader", "IBM"))["status"] == "completed"
    assert api.get("/healthz")["checks"]["workers"]["ok"]


def test_nothing_that_failed_is_still_working(api: Api) -> None:
    for strategy_id in ("quitting", failing_id("on_bar")):
        api.ended(api.started(strategy_id))
    paused = api.started("trader", config=PAUSED)
    api.working(paused)
    assert api.metric("weaver_runs_working") == 1
    api.post(f"/runs/{paused}/stop")
    assert (api.metric("weaver_runs_working"), api.metric("weaver_backtests_queued")) == (0, 0)
    assert api.get("/runs", status="running")["total"] == 0
