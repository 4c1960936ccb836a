"""A desk for each module; its tests trade different symbols, and leave none of them held."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta

import pytest

from tests.integration.trading.account import Account, trading_account
from tests.integration.trading.desk import Desk, desk
from tests.local_exchange import LocalExchange, local_exchange
from tests.trading_store import FakeDisk


@pytest.fixture(name="desk", scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server that trades at an exchange of its own."""
    with desk(tmp_path_factory.mktemp("desk") / "server") as made:
        yield made


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def _exchange() -> Iterator[LocalExchange]:
    with local_exchange("--speed", "hold", "--rate", "0") as running:
        yield running


@pytest.fixture
async def exchange(_exchange: LocalExchange) -> AsyncIterator[LocalExchange]:
    """One on hold, in session, with a fresh account and no faults."""
    await _exchange.clear_faults()
    now = (await _exchange.get("state"))["now"]
    if now[11:16] > "19:00" or now[11:16] < "13:31":
        await _exchange.post("clock", {"to": next_morning(now)})
    await _exchange.post("reset", {"cash": 100_000})
    yield _exchange
    await _exchange.clear_faults()


@pytest.fixture
async def account(exchange: LocalExchange) -> AsyncIterator[Account]:
    """An account that trades there."""
    async with trading_account(exchange, FakeDisk()) as made:
        yield made


def next_morning(now: str) -> str:
    """An hour after the next open of March 2024."""
    day = date.fromisoformat(now[:10])
    day += timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))
    return f"{day}T14:30:00Z"
