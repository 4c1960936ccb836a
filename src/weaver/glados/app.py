"""The HTTP application put together: its routes, and what stands before them."""

from fastapi import APIRouter

from weaver.glados.api import events, jobs, strategies, stream
from weaver.glados.api.market import candles, data, fetching, gaps, instruments
from weaver.glados.api.runs import curves, orders, parity, preview, promotion, results, runs, summary
from weaver.glados.api.server import health, metrics, notifications, session, settings, venues
from weaver.glados.api.trading import accounts, portfolio, risk
from weaver.glados.api.trading import orders as placing
from weaver.glados.application import Application
from weaver.glados.http.errors import install_errors
from weaver.glados.http.middleware import PREFIX, BodyLimit, Guard, RequestContext
from weaver.glados.http.security import Names
from weaver.glados.http.turns import Turns
from weaver.glados.services import Services

ROUTERS: tuple[APIRouter, ...] = (
    health.router, session.router, settings.router, strategies.router, preview.router, runs.router, promotion.router,
    results.router, summary.router, curves.router, parity.router, orders.router, placing.router, accounts.router,
    portfolio.router, risk.router, events.router, stream.router, candles.router, data.router, fetching.router,
    gaps.router, instruments.router, jobs.router, venues.router, metrics.router, notifications.router,
)  # fmt: skip


def create_app(services: Services) -> Application:
    """The application on these services.

    Before a server waits for open answers to end it closes the hub: event streams end only then.
    """
    app, facts = Application(services), services.facts
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    install_errors(app)
    names = Names(host=facts.host, allowed_hosts=facts.allowed_hosts, allowed_origins=facts.allowed_origins)
    app.add_middleware(BodyLimit, limits=facts.limits)  # the last one added is the outermost
    app.add_middleware(Guard, gate=services.gate, names=names, serves_web=facts.serves_web)
    app.add_middleware(RequestContext, new_id=services.new_id, metrics=services.metrics)
    app.add_middleware(Turns, exempt=frozenset({f"{PREFIX}/healthz", f"{PREFIX}/metrics"}))
    return app
