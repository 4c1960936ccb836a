"""The store that simulations use: whatever happens at whichever point, all of a transaction is kept or nothing."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.contracts.builders import event
from tests.contracts.trading_builders import PAPER, RUN, fill, order, submission, tick
from tests.trading_store import FakeDisk, FakeTradingStore
from weaver.model.errors import ReadOnly, Unavailable
from weaver.veda.ports import TradingStore
from weaver.walle.database.engines.faults import OutcomeUnknown

pytestmark = pytest.mark.anyio
WRITES = ("put_orders", "put_submissions", "add_fills", "add_ticks", "put_state", "put_blob")
POINTS = ("begin", *WRITES, "commit", "committed")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Crash(BaseException):
    """The process ends."""


def failing(at: str, error: BaseException) -> Callable[[str], Awaitable[None]]:
    async def hook(point: str) -> None:
        await asyncio.sleep(0)
        if point == at:
            raise error

    return hook


async def trade(store: TradingStore) -> None:
    async with store.transaction() as transaction:
        await transaction.put_orders([order()])
        await transaction.put_submissions([submission(order())])
        await transaction.add_fills([fill(order())])
        await transaction.add_ticks([tick(0)])
        await transaction.put_state("risk", {"switch": True})
        await transaction.put_blob(RUN, b"warm-up")
        transaction.append(event("orders.Created", run_id=RUN), event("strategy.PlaceRequest", run_id=RUN))


def counts(disk: FakeDisk) -> list[int]:
    kept = disk.tables
    return [len(each) for each in (kept.orders, kept.submissions, kept.fills, kept.ticks, kept.states, kept.blobs)]


@pytest.mark.parametrize("error", [Crash(), Unavailable("away"), OutcomeUnknown("cut off")])
@pytest.mark.parametrize("at", POINTS)
async def test_all_or_nothing_is_on_the_disk_whatever_happens(at: str, error: BaseException) -> None:
    disk = FakeDisk()
    with pytest.raises(type(error)):
        await trade(FakeTradingStore(disk, at=failing(at, error)))
    kept = 1 if at == "committed" else 0
    assert counts(disk) == [kept] * 6
    assert [each.type for each in disk.events] == kept * ["orders.Created", "strategy.PlaceRequest", "live.PlaceOrder"]
    after = FakeTradingStore(disk)
    assert len((await after.working(PAPER)).orders) == kept
    if not kept:
        await trade(after)
        assert counts(disk) == [1] * 6


@pytest.mark.parametrize("at", POINTS)
async def test_a_store_that_is_superseded_at_any_point_keeps_nothing(at: str) -> None:
    disk = FakeDisk()

    async def take_over(point: str) -> None:
        if point == at:
            FakeTradingStore(disk)

    old = FakeTradingStore(disk, at=take_over)
    if at == "committed":
        await trade(old)
    else:
        with pytest.raises(ReadOnly):
            await trade(old)
    assert counts(disk) == [at == "committed"] * 6
    with pytest.raises(ReadOnly):
        await old.check_owner()


async def test_nobody_sees_what_is_not_committed() -> None:
    disk, seen = FakeDisk(), list[int]()

    async def look(point: str) -> None:
        if point in POINTS:
            seen.append(sum(counts(disk)))

    await trade(FakeTradingStore(disk, at=look))
    assert seen == [0] * (len(POINTS) - 1) + [6]


async def test_a_transaction_within_another_is_a_mistake() -> None:
    store = FakeTradingStore(FakeDisk())
    with pytest.raises(AssertionError, match="within another"):
        async with store.transaction():
            await trade(store)
