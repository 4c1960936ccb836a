"""Whatever the OpenAPI document allows, and much that it does not, is answered as the document says."""

from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.acceptance.server import server
from tests.acceptance.service.api import Api, hours
from tests.acceptance.service.strategies import install

NOT_HERE = ("/events/stream", "/data/import", "/data/preview")
"""A stream without an end, and uploads: tested apart."""
ORDER = "/api/v1/orders/{order_id}"
AT_A_VENUE = (f"PATCH {ORDER}", f"DELETE {ORDER}", f"POST {ORDER}/sync")
"""What is not done to a backtest's order, of which there is one here: tested apart."""
YEAR = "2010-01-04..2010-12-31"
PROMOTED = {"to": "paper", "venue": "simulated", "replay": YEAR, "override": "as the document says"}
BODIES = {"POST /api/v1/runs/{run_id}/promote": PROMOTED}
"""A body with which it is done; without one what the document allows is refused for good reasons."""
EXAMPLES = 12
CHECKS = [content_type_conformance, response_schema_conformance, status_code_conformance]

Known = dict[str, list[str]]
"""Ids that exist, by the path parameter that takes them."""


def test_every_answer_is_one_that_the_document_describes(tmp_path: Path) -> None:
    with server(install(tmp_path / "home"), WEAVER_WORKERS="2") as running:
        with Api(running.url) as api:
            known = _known(api)
        document = schemathesis.openapi.from_url(f"{running.url}/openapi.json")
        operations = [found.ok() for found in document.get_all_operations()]
        tried = [operation for operation in operations if not operation.path.endswith(NOT_HERE)]
        assert len(tried) > 30
        for operation in sorted(tried, key=lambda operation: operation.method == "delete"):
            statuses = _try(operation, known)
            assert statuses, operation.label
            is_about_ours = any(f"{{{name}}}" in operation.path for name in known)
            if is_about_ours and operation.label not in AT_A_VENUE:
                assert min(statuses) < 300, f"{operation.label}: {sorted(statuses)}"
        assert "Traceback" not in running.log


def _known(api: Api) -> Known:
    """A completed run, one that runs on, a pending one, one that traded on paper, an order of the first, their
    strategy, and a job."""
    api.import_sample("AAPL_1d.csv")
    job = api.upload("COINUSD_1h.csv", hours(48), symbol="COINUSD", asset="crypto")
    completed, endless = api.started("trader"), api.started("trader", config={"pause": 0.05})
    assert api.ended(completed)["status"] == "completed"
    traded = api.started("trader", mode="paper", venue="simulated", timeframe="1d", replay=YEAR, speed="max")
    assert api.ended(traded)["status"] == "completed"
    for proof in ("replay", "drift"):
        assert api.done(f"/runs/{traded}/{proof}")["status"] == "done"
    order = api.get("/orders", run_id=completed)["items"][0]["id"]
    return {
        "run_id": [completed, endless, api.create("trader"), traded],
        "order_id": [order], "strategy_id": ["trader"], "job_id": [job["id"]],
    }  # fmt: skip


def _try(operation: Any, known: Known) -> Counter[int]:
    """Requests that the document allows, and some that it does not; every other one about what exists. How often each
    status was answered."""
    statuses: Counter[int] = Counter()
    existing = [{name: value} for name in known if f"{{{name}}}" in operation.path for value in known[name]]
    turns = cycle([there for one in existing for there in (one, {})] or [{}])

    def ask(case: Any) -> None:
        response = case.call()
        statuses[response.status_code] += 1
        assert response.status_code != 500, response.text
        case.validate_response(response, checks=CHECKS)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def check(case: Any) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **next(turns)}
        ask(case)

    for ids in existing:
        ask(operation.Case(path_parameters=ids, body=BODIES.get(operation.label, NOT_SET)))
    check()
    return statuses
