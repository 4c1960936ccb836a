"""An account's books: changed one change at a time, committed before anybody sees it, and read again in doubt."""

import asyncio
from dataclasses import replace

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_order
from weaver.events.factory import EventFactory
from weaver.model.errors import Unavailable
from weaver.model.orders.status import OrderStatus
from weaver.veda.trading.books.books import Books

ORDER = live_order(status=OrderStatus.PENDING)


class FailsAt:
    """A database that is away at one point, once."""

    def __init__(self) -> None:
        self.point: str | None = None

    async def __call__(self, point: str) -> None:
        if point == self.point:
            self.point = None
            raise Unavailable("the database is away")


def books_on(disk: FakeDisk, at: FailsAt) -> Books:
    ids = iter(f"e{number}" for number in range(999))
    events = EventFactory(producer="test", now=lambda: NOON, new_id=ids.__next__)
    return Books(ACCOUNT, store=FakeTradingStore(disk, at=at), events=events, now=lambda: NOON)


def test_nobody_sees_a_change_before_it_is_committed() -> None:
    async def change() -> None:
        disk, told = FakeDisk(), list[str]()
        books = books_on(disk, FailsAt())
        books.listen(lambda changes: told.extend(one.after.id for one in changes))
        async with books.change() as draft:
            draft.put(ORDER)
            assert draft.order("run-1") == ORDER
            assert books.known.order("run-1") is None
            assert (told, disk.tables.orders) == ([], {})
        assert books.known.order("run-1") == ORDER
        assert (told, list(disk.tables.orders)) == (["run-1"], ["run-1"])
        assert [one.type for one in disk.events] == ["orders.Created"]

    asyncio.run(change())


def test_what_memory_follows_with_comes_with_the_commit_and_where_nothing_is_to_be_kept() -> None:
    async def change() -> None:
        at, done = FailsAt(), list[str]()
        books = books_on(FakeDisk(), at)
        async with books.change() as draft:
            draft.then(lambda: done.append("empty"))
            assert done == []
        at.point = "commit"
        with pytest.raises(Unavailable):
            async with books.change() as draft:
                draft.put(ORDER)
                draft.then(lambda: done.append("not kept"))
        with pytest.raises(ValueError, match="no"):
            async with books.change() as draft:
                draft.then(lambda: done.append("raised"))
                raise ValueError("no")
        async with books.change() as draft:
            draft.put(ORDER)
            draft.then(lambda: done.append("kept"))
        assert done == ["empty", "kept"]

    asyncio.run(change())


def test_a_change_that_raises_was_never_made() -> None:
    async def change() -> None:
        disk = FakeDisk()
        books = books_on(disk, FailsAt())
        with pytest.raises(ValueError, match="no"):
            async with books.change() as draft:
                draft.put(ORDER)
                raise ValueError("no")
        assert books.known.order("run-1") is None
        assert disk.tables.orders == {}

    asyncio.run(change())


@pytest.mark.parametrize(("point", "is_kept"), [("begin", False), ("commit", False), ("committed", True)])
def test_where_nobody_knows_whether_it_was_committed_it_is_read_again(point: str, is_kept: bool) -> None:
    async def change() -> None:
        at, told = FailsAt(), list[str]()
        books = books_on(FakeDisk(), at)
        async with books.change() as draft:
            draft.put(live_order("run-0"))
        books.listen(lambda changes: told.extend(f"{one.after.id} {one.after.status}" for one in changes))
        at.point = point
        with pytest.raises(Unavailable):
            async with books.change() as draft:
                draft.put(ORDER)
        assert books.known.order("run-1") is None
        async with books.change() as draft:
            assert (draft.find("run-1") is not None) is is_kept
        assert told == (["run-1 pending"] if is_kept else [])

    asyncio.run(change())


def test_an_order_whose_end_was_in_doubt_is_read_though_it_works_no_more() -> None:
    async def change() -> None:
        at = FailsAt()
        books = books_on(FakeDisk(), at)
        async with books.change() as draft:
            draft.put(ORDER)
        at.point = "committed"
        with pytest.raises(Unavailable):
            async with books.change() as draft:
                draft.put(replace(ORDER, status=OrderStatus.CANCELLED))
        async with books.change() as draft:
            assert draft.order("run-1").status is OrderStatus.CANCELLED

    asyncio.run(change())


def test_what_was_forgotten_since_somebody_knew_it_is_no_fault() -> None:
    async def change() -> None:
        async with books_on(FakeDisk(), FailsAt()).change() as draft:
            with pytest.raises(Unavailable, match="run-1 is not in the books any more"):
                draft.submission("run-1")

    asyncio.run(change())
