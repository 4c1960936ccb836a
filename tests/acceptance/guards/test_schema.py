"""Whatever the OpenAPI document allows, and much that it does not, is answered as the document says."""

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.acceptance.server import server
from tests.acceptance.service.api import Api

NOT_HERE = ("/events/stream", "/data/import", "/data/preview")
"""A stream without an end, and uploads: tested apart."""
EXAMPLES = 8
CHECKS = [content_type_conformance, response_schema_conformance, status_code_conformance]


def test_every_answer_is_one_that_the_document_describes(tmp_path: Path) -> None:
    with server(tmp_path / "home") as running:
        with Api(running.url) as api:
            api.import_sample("AAPL_1d.csv")
        document = schemathesis.openapi.from_url(f"{running.url}/openapi.json")
        operations = [found.ok() for found in document.get_all_operations()]
        tried = [operation for operation in operations if not operation.path.endswith(NOT_HERE)]
        assert len(tried) > 30
        for operation in tried:
            _try(operation)
        assert "Traceback" not in running.log


def _try(operation: Any) -> None:
    """Requests that the document allows, and some that it does not."""

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
        response = case.call()
        assert response.status_code != 500, response.text
        case.validate_response(response, checks=CHECKS)

    try:
        check()
    except Unsatisfiable:  # what has no parameters cannot be asked wrongly
        assert not operation.path_parameters
