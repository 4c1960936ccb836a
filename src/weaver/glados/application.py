"""The HTTP application: what it is made with, how handlers get at that, and the document that describes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from weaver.events.payloads import PAYLOADS
from weaver.glados.http.errors import COMMON
from weaver.glados.http.middleware import OPEN_ROUTES
from weaver.glados.http.security import COOKIE
from weaver.glados.services import Services

_DESCRIPTION = (
    "Weaver's control plane. Lists answer `{items, total, page, page_size}`; errors answer "
    "`{code, message, details, correlation_id}`. Amounts are decimal strings, times are ISO 8601 in UTC, what is not "
    "known is null."
)


class Application(FastAPI):
    """An application with its services. Its lifespan has to be entered, as every ASGI server does."""

    def __init__(self, services: Services) -> None:
        super().__init__(
            title="Weaver",
            version=services.facts.version,
            description=_DESCRIPTION,
            lifespan=_lifespan,
            docs_url=None,  # its page would load scripts from elsewhere, with the rights of whoever is signed in
            redoc_url=None,
            generate_unique_id_function=_operation_id,
            responses=COMMON,
            redirect_slashes=False,
            form_limits={"max_files": 2, "max_fields": 16, "max_part_size": 8 * 1024},  # fields are kept in memory
        )
        self.services = services

    def openapi(self) -> dict[str, Any]:
        """The document, with the ways to sign in; made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _document(self)
        return self.openapi_schema


async def services_of(request: Request) -> Services:
    """The services of the application that a request came to. Not a plain function: those cost a hop to a thread."""
    app = request.app
    assert isinstance(app, Application)
    return app.services


ServicesDep = Annotated[Services, Depends(services_of)]
"""How a handler asks for them: `services: ServicesDep`."""


@asynccontextmanager
async def _lifespan(app: Application) -> AsyncIterator[None]:
    async with app.services.hub:
        yield


def _operation_id(route: APIRoute) -> str:
    """The handler's name in camelCase, the name of the call in a generated client: it stays when paths change."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    document["components"]["securitySchemes"] = {
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    }
    document["security"] = [{"apiKey": []}, {"bearer": []}, {"session": []}]
    for operation in (one for path in document["paths"].values() for one in path.values()):
        _errors_are_json(operation["responses"])
    for method, path in OPEN_ROUTES:
        document["paths"][path][method.lower()]["security"] = []
    document["components"]["schemas"].update(_event_payloads())
    return document


def _event_payloads() -> dict[str, Any]:
    """The shapes of all events' payloads, and `EventPayloads`, which has them by the names of their types: no path
    answers with them, but whoever reads the event stream needs them."""
    where, schemas = models_json_schema(
        [(payload, "serialization") for payload in PAYLOADS.values()], ref_template="#/components/schemas/{model}"
    )
    by_type = {name: where[payload, "serialization"] for name, payload in PAYLOADS.items()}
    return {
        **schemas["$defs"],
        "EventPayloads": {
            "type": "object",
            "description": "The payload of an event by the name of its type.",
            "properties": by_type,
            "required": list(by_type),
        },
    }


def _errors_are_json(answers: dict[str, Any]) -> None:
    """Where a route answers with a page or a stream, FastAPI writes its errors down as that too."""
    for status, answer in answers.items():
        if int(status) >= 400 and "application/json" not in answer.get("content", {}):
            answer["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
