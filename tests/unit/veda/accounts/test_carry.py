"""What a venue charges for holding, in a run's books: by hand, told twice, with answers of the database lost."""

from decimal import Decimal
from itertools import count

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON, seconds
from weaver.events.factory import EventFactory
from weaver.model.account.carry import CarryKind
from weaver.model.run import RunMode
from weaver.veda.accounts.carry import Carry
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.account import CarryCharge, CarryCharged
from weaver.veda.positions.entries import CarryEntry, Entry
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft
from weaver.walle.database.engines.faults import OutcomeUnknown

pytestmark = pytest.mark.anyio

NUMBERS = count(1)
FEE = CarryCharge(symbol="AAPL", kind=CarryKind.BORROW_FEE, amount=Decimal("-1.5"))
INTEREST = CarryCharge(symbol="", kind=CarryKind.MARGIN_INTEREST, amount=Decimal(-60))
FIRST = CarryCharged(charges=(FEE, INTEREST), number=1, time=seconds(1))
SECOND = CarryCharged(charges=(FEE,), number=2, time=seconds(2))


class Account:
    """One life of an account's books; the disk outlives it."""

    def __init__(self, disk: FakeDisk) -> None:
        self.disk, self.lost = disk, 0  # of so many commits the answers are lost
        self.store = FakeTradingStore(disk, at=self._at)
        events = EventFactory(producer="test", now=lambda: NOON, new_id=lambda: f"e{next(NUMBERS)}")
        self.books = Books(ACCOUNT, store=self.store, events=events, now=lambda: NOON, is_still=True)
        self.ledgers = Ledgers(ACCOUNT, store=self.store)
        self.carry = Carry(
            ACCOUNT, mode=RunMode.PAPER, books=self.books, ledgers=self.ledgers, store=self.store, enter=self._enter
        )

    async def _at(self, point: str) -> None:
        if point == "committed" and self.lost:
            self.lost -= 1
            raise OutcomeUnknown("the answer was lost")

    def _enter(self, draft: Draft, owner: str | None, entry: Entry) -> None:
        self.ledgers.enter(draft, owner, entry)

    async def open(self) -> "Account":
        await self.books.read()
        await self.ledgers.read()
        await self.carry.read()
        if "run" not in self.ledgers.runs:
            async with self.books.change() as draft:
                self.ledgers.open(draft, "run", Decimal(10_000))
        return self

    def entries(self) -> list[tuple[str, str, str]]:
        return [
            (one.symbol, str(one.kind), str(one.amount))
            for _, one in self.ledgers.of("run").entries
            if isinstance(one, CarryEntry)
        ]

    def told(self) -> list[str]:
        return [one.payload["amount"] for one in self.disk.events if one.type == "account.CarryCharged"]


ALL = [("AAPL", "borrow_fee", "-1.5"), ("", "margin_interest", "-60"), ("AAPL", "borrow_fee", "-1.5")]


@pytest.fixture
def disk() -> FakeDisk:
    return FakeDisk()


async def test_each_charge_is_booked_once_however_often_it_is_told_and_over_restarts(disk: FakeDisk) -> None:
    account = await Account(disk).open()
    for message in (FIRST, FIRST, SECOND, FIRST):
        await account.carry.charged(message)
    again = await Account(disk).open()
    for message in (FIRST, SECOND):
        await again.carry.charged(message)
    assert account.entries() == again.entries() == ALL
    assert again.ledgers.of("run").cash == Decimal("9937")
    assert again.told() == ["-1.5", "-60", "-1.5"]


async def test_a_commit_whose_answer_was_lost_is_made_once(disk: FakeDisk) -> None:
    account = await Account(disk).open()
    account.lost = 1
    with pytest.raises(OutcomeUnknown):
        await account.carry.charged(FIRST)
    for message in (FIRST, SECOND):
        await account.carry.charged(message)
    assert account.entries() == ALL
    assert account.told() == ["-1.5", "-60", "-1.5"]
    assert (await Account(disk).open()).ledgers.of("run") == account.ledgers.of("run")


async def test_what_nobody_was_told_of_is_asked_for(disk: FakeDisk) -> None:
    class Venue:
        async def carry_charged(self, after: int) -> tuple[CarryCharged, ...]:
            return (FIRST, SECOND)[after:]

    account = await Account(disk).open()
    await account.carry.charged(FIRST)
    again = await Account(disk).open()
    await again.carry.catch_up(Venue())  # type: ignore[arg-type]
    assert again.entries() == ALL
