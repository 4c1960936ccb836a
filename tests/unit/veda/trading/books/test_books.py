"""An account's books: what is in memory, and how it comes there again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore, nothing_happens
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_fill, live_order, submission
from weaver.events.factory import EventFactory
from weaver.model.errors import Unavailable
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import OrderChange
from weaver.veda.trading.changes.exits import left_to_exit
from weaver.walle.database.engines.faults import OutcomeUnknown

ALL = [f"run-{number}" for number in range(1, 6)]


def chain() -> Sequence[LiveOrder]:
    """A bracket's entry that was replaced twice, each of the three having filled a part; exits that took 5 of 9."""
    exits = {"parent_id": "run-5", "group_id": "run-5", "reduces": True, "status": OrderStatus.CANCELLED}
    over = {"status": OrderStatus.CANCELLED, "order_class": OrderClass.BRACKET, "order_type": OrderType.LIMIT}
    return [
        live_order("run-1", number=1, filled=2, replaced_by="run-4", **over),
        live_order("run-2", "sell", 9, number=2, order_type=OrderType.LIMIT, limit=130, filled=5, **exits),
        live_order("run-3", "sell", 9, number=3, order_type=OrderType.STOP, stop=90, **exits),
        live_order("run-4", number=4, filled=3, replaces="run-1", replaced_by="run-5", **over),
        live_order("run-5", number=5, filled=4, replaces="run-4", **over),
    ]


class FailingAt:
    """A database that is away at the n-th question."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.unknown = ""
        """At which point it falls silent."""

    async def __call__(self, point: str) -> None:
        if point == self.unknown:
            raise OutcomeUnknown("the database was lost while it committed")
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Unavailable("the database is away")
        await nothing_happens(point)


async def books_over(orders: Sequence[LiveOrder], at: FailingAt) -> Books:
    """Books that have just been read, of a store that has these orders."""
    store = FakeTradingStore(FakeDisk(), at=at)
    async with store.transaction() as transaction:
        await transaction.put_orders(orders)
        ended = [submission(one.id, state=SubmissionState.ENDED) for one in orders]
        await transaction.put_submissions(ended)
        fills = [live_fill("buy", 1, 100, order_id=one.id, time=time) for time, one in enumerate(orders)]
        await transaction.add_fills(fills)
    events = EventFactory(producer="test", now=lambda: NOON, new_id=iter(map(str, range(999))).__next__)
    books = Books(ACCOUNT, store=store, events=events, now=lambda: NOON)
    await books.read()
    return books


def with_books(orders: Sequence[LiveOrder], do: Callable[[Books, FailingAt], Awaitable[None]]) -> None:
    """Do something with them."""

    async def go() -> None:
        at = FailingAt()
        await do(await books_over(orders, at), at)

    asyncio.run(go())


def in_memory(books: Books) -> list[str]:
    return sorted(one.id for one in books.known.all())


@pytest.mark.parametrize("recalled", ALL)
def test_an_order_comes_back_with_all_that_its_exits_are_counted_by(recalled: str) -> None:
    async def recall(books: Books, _at: FailingAt) -> None:
        await books.recall(recalled)
        if recalled in ("run-1", "run-4"):  # the venue has none of the exits with it: the last entry has
            assert recalled in in_memory(books)
            await books.recall("run-5")
        assert in_memory(books) == ALL
        async with books.change() as draft:
            assert left_to_exit(draft, "run-5") == Decimal(2 + 3 + 4 - 5)

    with_books(chain(), recall)


def test_what_cannot_come_back_whole_does_not_come_at_all() -> None:
    async def recall(books: Books, at: FailingAt) -> None:
        questions = 0
        while not in_memory(books):
            at.left = questions
            try:
                await books.recall("run-5")
            except Unavailable:
                assert in_memory(books) == []
            questions += 1
        assert questions > len(ALL)
        assert in_memory(books) == ALL

    with_books(chain(), recall)


def test_what_is_in_memory_already_is_not_taken_twice() -> None:
    async def recall(books: Books, _at: FailingAt) -> None:
        for id_ in (*ALL, *reversed(ALL)):
            await books.recall(id_)
        assert [len(books.known.submissions_of(id_)) for id_ in ALL] == [1] * 5
        assert [len(books.known.fills_of(id_)) for id_ in ALL] == [1] * 5

    with_books(chain(), recall)


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_came_and_ended_in_a_doubtful_commit_is_told_if_it_was_kept(is_kept: bool) -> None:
    told: list[OrderChange] = []

    async def refuse(books: Books, at: FailingAt) -> None:
        books.listen(told.extend)
        at.unknown = "committed" if is_kept else "commit"
        with pytest.raises(OutcomeUnknown):
            async with books.change() as draft:
                draft.put(live_order("run-6", number=6, status=OrderStatus.REJECTED, reason="no"))
        at.unknown = ""
        async with books.change():
            pass

    with_books(chain(), refuse)
    assert [(one.before, one.after.id, one.after.status) for one in told] == (
        [(None, "run-6", OrderStatus.REJECTED)] if is_kept else []
    )
