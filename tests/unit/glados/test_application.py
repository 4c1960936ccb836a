"""The application: the document that describes it, and how handlers get at its services."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from tests.unit.glados.conftest import Api
from weaver.events.payloads import ALL_EVENT_TYPES, PAYLOADS
from weaver.glados.application import Application, ServicesDep

pytestmark = pytest.mark.anyio


def schemas_of(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def named_by(document: dict[str, Any], name: str) -> set[str]:
    """A schema's name and those of all that it refers to."""
    schemas, found, left = document["components"]["schemas"], set[str](), [name]
    while left:
        found.add(one := left.pop())
        left += set(re.findall(r"#/components/schemas/(\w+)", json.dumps(schemas[one]))) - found
    return found


async def test_document_describes_every_error_of_every_operation_in_the_one_shape(api: Api) -> None:
    document = api.app.openapi()
    for name, operation in schemas_of(document):
        statuses = operation["responses"].keys()
        assert {"401", "403", "413", "422", "500", "503"} <= statuses, name
        if "{" in name:
            assert "404" in statuses, name
        for status, response in operation["responses"].items():
            if int(status) >= 400 and name != "GET /api/v1/healthz":
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorResponse"}, (name, status)


async def test_document_describes_every_field_and_parameter(api: Api) -> None:
    document = api.app.openapi()
    payloads = named_by(document, "EventPayloads")  # their fields say what they mean in events/payloads
    for name, schema in document["components"]["schemas"].items():
        for field, facts in schema.get("properties", {}).items():
            assert facts.get("description") or name in payloads, f"{name}.{field}"
    for name, operation in schemas_of(document):
        assert operation["description"], name
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (name, parameter["name"])


async def test_document_has_the_payload_of_every_event_by_its_name(api: Api) -> None:
    schemas = api.app.openapi()["components"]["schemas"]
    by_type = schemas["EventPayloads"]["properties"]
    assert set(by_type) == set(ALL_EVENT_TYPES) == set(schemas["EventPayloads"]["required"])
    for type_, reference in by_type.items():
        shape = schemas[reference["$ref"].removeprefix("#/components/schemas/")]
        assert set(shape["properties"]) == set(PAYLOADS[type_].model_fields), type_


async def test_operation_ids_are_unique_camel_case_names(api: Api) -> None:
    found = [operation["operationId"] for _, operation in schemas_of(api.app.openapi())]
    assert len(set(found)) == len(found)
    assert all(identifier.isalnum() and identifier[0].islower() for identifier in found)
    assert {"listRuns", "createRun", "getRun", "startRun", "stopRun", "cloneRun", "deleteRun"} <= set(found)


async def test_document_names_the_ways_to_sign_in_and_what_needs_none(api: Api) -> None:
    document = api.app.openapi()
    assert set(document["components"]["securitySchemes"]) == {"apiKey", "bearer", "session"}
    assert document["security"] == [{"apiKey": []}, {"bearer": []}, {"session": []}]
    free = {name for name, operation in schemas_of(document) if operation.get("security") == []}
    assert free == {"GET /api/v1/healthz", "POST /api/v1/session"}


async def test_document_is_made_once(api: Api) -> None:
    assert api.app.openapi() is api.app.openapi()


async def test_handler_gets_the_services_of_the_application_that_it_was_asked_by(
    open_api: Callable[..., AbstractAsyncContextManager[Api]],
) -> None:
    async def version(services: ServicesDep) -> str:
        return services.facts.version

    async with open_api(version="1") as first, open_api(version="2") as second:
        said = []
        for services in (first.services, second.services):
            app = Application(services)
            app.add_api_route("/version", version)
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")
            async with client:
                said.append((await client.get("/version")).json())
    assert said == ["1", "2"]
