"""The HTTP application: its routes, what stands before them, and what lives as long as it does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from weaver.glados.api import events, jobs, strategies, stream
from weaver.glados.api.market import candles, data, instruments
from weaver.glados.api.runs import orders, results, runs
from weaver.glados.api.server import health, metrics, session, settings, venues
from weaver.glados.http.errors import COMMON, install_errors
from weaver.glados.http.middleware import OPEN_ROUTES, PREFIX, BodyLimit, Guard, RequestContext
from weaver.glados.http.security import COOKIE, Gate, Names, Sessions
from weaver.glados.http.turns import Turns
from weaver.glados.metrics import Metrics
from weaver.glados.services import Services
from weaver.glados.stream.hub import Hub

ROUTERS: tuple[APIRouter, ...] = (
    health.router, session.router, settings.router, strategies.router, runs.router, results.router, orders.router,
    events.router, stream.router, candles.router, data.router, instruments.router, jobs.router, venues.router,
    metrics.router,
)  # fmt: skip
_DESCRIPTION = (
    "Weaver's control plane. Lists answer `{items, total, page, page_size}`; errors answer "
    "`{code, message, details, correlation_id}`. Amounts are decimal strings, times are ISO 8601 in UTC, what is not "
    "known is null."
)


def create_app(services: Services) -> FastAPI:
    """The application on these services. Its lifespan has to be entered, as every ASGI server does.

    Before a server waits for open answers to end it calls `end_streams`.
    """
    facts = services.facts
    app = FastAPI(
        title="Weaver",
        version=facts.version,
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,  # its page would load scripts from elsewhere, with the rights of whoever is signed in
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        responses=COMMON,
        redirect_slashes=False,
        form_limits={"max_files": 1, "max_fields": 16, "max_part_size": 8 * 1024},  # fields are kept in memory
    )
    metrics_of_app = Metrics()
    app.state.services, app.state.metrics = services, metrics_of_app
    app.state.hub = Hub(
        log=services.log, wait=services.wait, on_event=metrics_of_app.event, on_reset=metrics_of_app.reset
    )
    app.state.gate = Gate(token=facts.token, sessions=Sessions(now=services.now, new_token=services.new_token))
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    install_errors(app)
    names = Names(host=facts.host, allowed_hosts=facts.allowed_hosts, allowed_origins=facts.allowed_origins)
    app.add_middleware(BodyLimit, limits=facts.limits)  # the last one added is the outermost
    app.add_middleware(Guard, gate=app.state.gate, names=names, serves_web=facts.serves_web)
    app.add_middleware(RequestContext, new_id=services.new_id, metrics=metrics_of_app)
    app.add_middleware(Turns, exempt=frozenset({f"{PREFIX}/healthz", f"{PREFIX}/metrics"}))
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign] # FastAPI's own way to extend the document
    return app


def end_streams(app: FastAPI) -> None:
    """Have every event stream end now, so that a shutdown need not wait for them."""
    app.state.hub.close()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with app.state.hub:
        yield


def _operation_id(route: APIRoute) -> str:
    """The handler's name in camelCase, the name of the call in a generated client: it stays when paths change."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The document, with the ways to sign in."""
    if app.openapi_schema is None:
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
        app.openapi_schema = document
    return app.openapi_schema


def _errors_are_json(answers: dict[str, Any]) -> None:
    """Where a route answers with a page or a stream, FastAPI writes its errors down as that too."""
    for status, answer in answers.items():
        if int(status) >= 400 and "application/json" not in answer.get("content", {}):
            answer["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
