"""Venues for the roots: adapters made of the environment's settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from weaver.config import adapter_settings, settings
from weaver.glados.clock.wall import SystemWallClock
from weaver.glados.ids import chance
from weaver.model.errors import InputError
from weaver.model.run import RunMode
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Setup
from weaver.walle.fetch.sources.catalogue import SOURCES, OpenSource, opened


def venue_adapter(identifier: str, mode: RunMode) -> ExchangeAdapter:
    """An adapter that is not connected yet. Raises NotFound, and InputError where it cannot be used."""
    catalogue = AdapterCatalogue(settings().adapters_folder)
    given = adapter_settings(catalogue.get(identifier).settings)
    return catalogue.make(identifier, Setup(mode=mode, wall=SystemWallClock(), chance=chance, settings=given))


@asynccontextmanager
async def connected(identifier: str) -> AsyncIterator[ExchangeAdapter]:
    """A venue's paper side, for its market data. Raises as `venue_adapter` and `ExchangeAdapter.connect` do."""
    adapter = venue_adapter(identifier, RunMode.PAPER)
    try:
        await adapter.connect()
        yield adapter
    finally:
        await adapter.close()


@asynccontextmanager
async def history(source: str, exchange: str | None = None) -> AsyncIterator[OpenSource]:
    """The past of a venue, by its id, or of a source without an account: `ccxt`, with its exchange, or `yfinance`.
    Raises NotFound, InputError where it cannot be used, and Unavailable."""
    if source in SOURCES:
        async with opened(source, exchange, SystemWallClock().now) as found:
            yield found
        return
    if exchange:
        raise InputError(f"{source} is an exchange itself: leave {exchange} out, or take the source ccxt")
    async with connected(source) as venue:
        yield venue
