"""Closing ends what is under way, whatever the network does: it waits for none of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.contracts.venues import alpaca_adapter
from tests.integration.alpaca.reading import resting
from tests.local_exchange import LocalExchange
from weaver.model.errors import Unavailable
from weaver.veda.exchange.answers import Unknown
from weaver.veda.exchange.orders import OrderRequest

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def black_hole() -> AsyncIterator[int]:
    """A port that takes every connection and says nothing, ever."""
    over = asyncio.Event()

    async def swallow(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()


async def test_connecting_to_nothing_that_answers_ends_with_closing(exchange: LocalExchange) -> None:
    async with black_hole() as port:
        adapter = alpaca_adapter(exchange, ALPACA_PAPER_BASE_URL=f"http://127.0.0.1:{port}")
        connecting = asyncio.create_task(adapter.connect())
        await asyncio.sleep(1)
        await adapter.close()
        with pytest.raises(Unavailable, match="the adapter was closed"):
            await connecting


async def test_streams_that_never_come_up_end_with_closing(exchange: LocalExchange) -> None:
    async with black_hole() as port:
        adapter = alpaca_adapter(exchange, ALPACA_STREAM_URL=f"ws://127.0.0.1:{port}")
        await adapter.connect()

        async def read() -> list[object]:
            return [message async for message in adapter.live_bars(["AAPL", "BTC/USD"])]

        reading = asyncio.create_task(read())
        await asyncio.sleep(1)
        await adapter.close()
        assert await reading == []


async def test_order_that_is_under_way_is_unknown_when_all_is_closed(exchange: LocalExchange) -> None:
    adapter = alpaca_adapter(exchange)
    await adapter.connect()
    await exchange.fault("delay", seconds=8, match={"method": "POST", "path": "/v2/orders"})
    request: OrderRequest = resting()
    sending = asyncio.create_task(adapter.submit(request))
    await asyncio.sleep(1)
    await adapter.close()
    assert await sending == Unknown(message="the adapter was closed")
    await exchange.clear_faults()
