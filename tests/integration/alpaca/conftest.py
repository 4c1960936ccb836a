"""A local exchange on hold for each file, with a fresh account and an adapter connected to it for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contracts.venues import AlpacaVenue, alpaca_venue
from tests.local_exchange import LocalExchange, local_exchange


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def exchange() -> Iterator[LocalExchange]:
    with local_exchange("--speed", "hold", "--rate", "0") as running:
        yield running


@pytest.fixture
async def venue(exchange: LocalExchange) -> AsyncIterator[AlpacaVenue]:
    async with alpaca_venue(exchange) as made:
        yield made
    await exchange.clear_faults()
