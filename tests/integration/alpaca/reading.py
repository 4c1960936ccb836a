"""Streams read in the background, and orders to send."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Generic, TypeVar

from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.veda.exchange.answers import Accepted, Answer, Refused
from weaver.veda.exchange.orders import OrderRequest

T = TypeVar("T")
Message = TypeVar("Message")
WAIT_SECONDS = 60.0
STOCK, PAIR = "AAPL", "BTC/USD"


class Heard(Generic[Message]):
    """What a stream has brought so far."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def of(self, kind: type[T]) -> list[T]:
        """Those of a kind."""
        return [message for message in self.messages if isinstance(message, kind)]

    async def until(self, found: Callable[[], object]) -> None:
        """Wait until that is something."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not found():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(stream: AsyncIterator[Message]) -> AsyncIterator[Heard[Message]]:
    """Read a stream meanwhile."""
    heard: Heard[Message] = Heard()

    async def read() -> None:
        async for message in stream:
            heard.messages.append(message)

    reader = asyncio.create_task(read())
    try:
        yield heard
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await stream.aclose()  # type: ignore[attr-defined]


def order(
    number: int = 1, symbol: str = STOCK, side: Side = Side.BUY, quantity: str = "10", **terms: object
) -> OrderRequest:
    base: dict[str, object] = {"client_order_id": f"run-{number}", "symbol": symbol, "side": side}
    return OrderRequest(**{**base, "quantity": Decimal(quantity), **terms})  # type: ignore[arg-type]


def resting(number: int = 1, price: str = "1.00", **terms: object) -> OrderRequest:
    """A buy far below the market."""
    return order(number, order_type=OrderType.LIMIT, tif=TimeInForce.GTC, limit=Decimal(price), **terms)


def taken(answer: Answer[T]) -> T:
    assert isinstance(answer, Accepted), answer
    return answer.value


def refused(answer: Answer[object]) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer
