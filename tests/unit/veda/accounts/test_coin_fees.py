"""Fees that a venue names, and those that its positions show, in an account's books: by hand, over restarts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_order, submission
from weaver.events.factory import EventFactory
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import guess_asset_class
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import Side
from weaver.model.run import RunMode
from weaver.veda.accounts.coin_fees import CoinFees
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.account import VenueFee, VenuePosition
from weaver.veda.exchange.orders import VenueFill
from weaver.veda.positions.entries import Entry
from weaver.veda.positions.trades import trades_of
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft

pytestmark = pytest.mark.anyio

PAIR, DAY = "BTC/USD", NOON.date()
NUMBERS = count(1)


class Account:
    """One life of an account's books; the disk outlives it."""

    def __init__(self, disk: FakeDisk, *, now: datetime = NOON) -> None:
        self.disk, self.now, self.store = disk, now, FakeTradingStore(disk)
        self.events = EventFactory(producer="test", now=lambda: self.now, new_id=lambda: f"e{next(NUMBERS)}")
        self.books = Books(ACCOUNT, store=self.store, events=self.events, now=lambda: self.now, is_still=False)
        self.ledgers = Ledgers(ACCOUNT, store=self.store)
        self.fees = CoinFees(
            ACCOUNT, mode=RunMode.PAPER, ledgers=self.ledgers, store=self.store, enter=self._enter,
            class_of=guess_asset_class,
        )  # fmt: skip
        self.books.listen(self.ledgers.hear)

    def _enter(self, draft: Draft, owner: str | None, entry: Entry) -> None:
        self.ledgers.enter(draft, owner, entry)

    async def open(self) -> "Account":
        await self.books.read()
        await self.ledgers.read()
        await self.fees.read(self.now)
        return self

    async def first_look(self, *fees: VenueFee) -> None:
        async with self.books.change() as draft:
            self.ledgers.look_first(draft, (), ())
            self.fees.begin(draft, fees)

    async def look(self, held: str, *fees: VenueFee, doubted: bool = True) -> Mapping[str, Decimal]:
        """The venue holds so much, and lists these. Returns what remains, by the names of its parts."""
        positions = [
            VenuePosition(symbol=PAIR, asset_class=AssetClass.CRYPTO, quantity=Decimal(held), available=Decimal(held))
        ]
        async with self.books.change() as draft:
            draft.put_state("looked", {"at": next(NUMBERS)})  # as each look is kept
            if self.ledgers.fees_after is not None:
                self.fees.hear(draft, fees)
            shown = self.ledgers.attributed(positions, draft=draft)
            self.fees.look(draft, shown, doubted={PAIR} if doubted else (), in_flight=())
        return {str(part.kind): part.quantity for one in self.ledgers.attributed(positions) for part in one.parts}

    async def filled(self, run_id: str, side: str, quantity: str, *, at: datetime = NOON, price: str = "100") -> str:
        """An order of a run's that filled. Returns the venue's id of it."""
        name = f"{run_id}-{next(NUMBERS)}"
        sent = submission(name, Decimal(quantity), symbol=PAIR)
        fill = VenueFill(
            execution_id=name, venue_order_id=sent.venue_id or "", symbol=PAIR, side=Side(side),
            quantity=Decimal(quantity), price=Decimal(price), cumulative_quantity=Decimal(quantity), time=at,
        )  # fmt: skip
        async with self.books.change() as draft:
            draft.put(replace(live_order(name, side, quantity, symbol=PAIR), run_id=run_id))
            draft.put_submission(sent)
            draft.book(sent, fill)
        return fill.venue_order_id

    def held(self, run_id: str) -> Decimal:
        return self.ledgers.held(run_id, PAIR)

    def estimated(self, run_id: str) -> Decimal:
        return self.ledgers.of(run_id).estimated(PAIR)

    def charged(self) -> list[tuple[str | None, str, str, bool]]:
        """What was told: whom, of the asset, of cash, whether estimated."""
        told = [one.payload for one in self.disk.tables.events.values() if one.type == "account.FeeCharged"]
        return [
            (one["run_id"], plain(Decimal(one["quantity"])), plain(Decimal(one["amount"])), one["is_estimated"])
            for one in told
        ]


def fee(name: str, quantity: str, *, day: date = DAY, amount: str = "0", order: str | None = None) -> VenueFee:
    return VenueFee(
        fee_id=name, symbol=PAIR, quantity=Decimal(quantity), amount=Decimal(amount), day=day, venue_order_id=order
    )


@pytest.fixture
def disk() -> FakeDisk:
    return FakeDisk()


async def bought(disk: FakeDisk, **quantities: str) -> Account:
    """An account whose runs bought so much today."""
    account = await Account(disk).open()
    await account.first_look()
    for run_id, quantity in quantities.items():
        await account.filled(run_id, "buy", quantity)
    return account


async def test_fee_that_no_estimate_preceded_is_shared_by_what_was_bought_that_day(disk: FakeDisk) -> None:
    account = await bought(disk, a="1", b="3")
    assert await account.look("3.99", fee("x", "0.01")) == {}
    assert (account.held("a"), account.held("b")) == (Decimal("0.9975"), Decimal("2.9925"))
    assert account.charged() == [("a", "0.0025", "0", False), ("b", "0.0075", "0", False)]


async def test_fee_takes_the_place_of_the_estimate(disk: FakeDisk) -> None:
    account = await bought(disk, a="1", b="3")
    await account.look("3.99")
    assert (account.estimated("a"), account.held("a")) == (Decimal("0.0025"), Decimal("0.9975"))
    assert await account.look("3.99", fee("x", "0.004"), fee("y", "0.006")) == {}
    assert (account.estimated("a"), account.held("a"), account.held("b")) == (0, Decimal("0.9975"), Decimal("2.9925"))


async def test_fee_is_charged_once_over_looks_and_restarts(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    await account.look("0.9975", fee("x", "0.0025"))
    account.now += timedelta(minutes=6)
    await account.look("0.9975", fee("x", "0.0025"))
    assert len(account.charged()) == 1
    again = await Account(disk, now=NOON + timedelta(days=1)).open()
    assert again.ledgers.fees_after == NOON - timedelta(days=3)
    await again.look("0.9975", fee("x", "0.0025"), fee("late", "0.0001"))
    assert again.held("a") == Decimal("0.9974")
    assert len(again.charged()) == 2


async def test_fee_of_a_look_that_was_not_committed_is_charged_by_the_next(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    with pytest.raises(RuntimeError):
        async with account.books.change() as draft:
            account.fees.hear(draft, [fee("x", "0.0025")])
            raise RuntimeError
    assert account.held("a") == 1
    await account.look("0.9975", fee("x", "0.0025"))
    assert account.held("a") == Decimal("0.9975")


async def test_fee_of_an_order_is_its_owners(disk: FakeDisk) -> None:
    account = await bought(disk, b="3")
    order = await account.filled("a", "buy", "1")
    assert await account.look("3.998", fee("x", "0.002", order=order)) == {}
    assert (account.held("a"), account.held("b")) == (Decimal("0.998"), 3)


async def test_fee_that_is_dated_a_day_later_is_for_the_day_before(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    await account.filled("b", "buy", "1", at=NOON - timedelta(days=5))
    assert await account.look("1.9975", fee("x", "0.0025", day=DAY + timedelta(days=1))) == {}
    assert (account.held("a"), account.held("b")) == (Decimal("0.9975"), 1)


async def test_what_cannot_be_ours_is_nobodys_by_name(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    assert await account.look("0.99", fee("x", "0.01")) == {"fee": Decimal("-0.007")}  # 30 in 10,000 are a's
    assert account.held("a") == Decimal("0.997")


async def test_second_fee_of_a_day_has_what_the_first_left_of_the_room(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    await account.look("0.998", fee("x", "0.002"))
    await account.look("0.996")  # has the list asked for
    assert await account.look("0.996", fee("y", "0.002")) == {"fee": Decimal("-0.001")}
    assert account.held("a") == Decimal("0.997")


async def test_estimate_that_was_too_high_is_given_back(disk: FakeDisk) -> None:
    account = await bought(disk, a="1", b="3")
    await account.look("3.99")
    await account.look("3.994", doubted=False)
    assert account.held("a") == Decimal("0.9975")  # not at the first look that shows it
    assert await account.look("3.994") == {}
    assert (account.held("a"), account.held("b")) == (Decimal("0.9985"), Decimal("2.9955"))
    assert (account.estimated("a"), account.estimated("b")) == (Decimal("0.0015"), Decimal("0.0045"))
    assert account.charged()[2:] == [("a", "-0.001", "0", True), ("b", "-0.003", "0", True)]


async def test_estimate_of_who_was_not_charged_goes_back_to_him(disk: FakeDisk) -> None:
    """Both were estimated to have paid; the venue names the orders, which are a's alone."""
    account = await bought(disk, b="3")
    order = await account.filled("a", "buy", "1")
    await account.look("3.998")
    assert (account.held("a"), account.held("b")) == (Decimal("0.9995"), Decimal("2.9985"))
    assert await account.look("3.998") == {}
    account.now += timedelta(minutes=6)
    await account.look("3.998")
    assert await account.look("3.998", fee("x", "0.002", order=order)) == {}
    assert (account.held("a"), account.held("b")) == (Decimal("0.998"), 3)
    assert account.estimated("a") == account.estimated("b") == 0


async def test_what_goes_back_to_whom_holds_none_any_more_is_nobodys(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    await account.look("0.9975")
    await account.filled("a", "sell", "0.9975", price="110")
    assert await account.look("0.0005") == {"fee": Decimal("0.0005")}
    assert (account.held("a"), account.estimated("a")) == (0, Decimal("0.002"))


async def test_trades_know_what_was_given_back(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    await account.look("0.9975")
    await account.look("0.998")
    await account.filled("a", "sell", "0.998", price="110")
    [trade] = trades_of(account.ledgers.of("a"), [*disk.tables.fills.values()])
    assert (trade.quantity, trade.side, trade.exit_price) == (Decimal("0.998"), "long", 110)
    assert trade.pnl == Decimal("9.78")  # 109.78 for what cost 100
    assert account.ledgers.of("a").realised_pnl == Decimal("9.78")


async def test_fee_in_cash_is_for_what_was_sold(disk: FakeDisk) -> None:
    account = await bought(disk, a="1", b="1")
    await account.filled("b", "sell", "0.5", price="120")
    before = account.ledgers.of("b").cash
    await account.look("1.5", fee("x", "0", amount="0.15"))
    assert before - account.ledgers.of("b").cash == Decimal("0.15")
    assert account.charged() == [("b", "0", "0.15", False)]
    assert account.ledgers.of("a").commission == 0


async def test_fees_of_before_the_first_look_are_in_what_it_showed(disk: FakeDisk) -> None:
    account = await Account(disk).open()
    assert account.ledgers.fees_after == NOON - timedelta(days=3)
    await account.first_look(fee("old", "5"))
    assert account.ledgers.has_begun
    await account.look("0")
    assert account.ledgers.fees_after is None  # nobody has coins
    await account.filled("a", "buy", "1")
    await account.look("1")
    account.now += timedelta(minutes=6)
    await account.look("1")
    assert await account.look("0.9975", fee("old", "5"), fee("x", "0.0025")) == {}
    assert account.held("a") == Decimal("0.9975")


async def test_books_of_before_fees_were_named_ask_from_the_first_trade_on(disk: FakeDisk) -> None:
    account = await bought(disk, a="1")
    del disk.tables.states[f"fees {ACCOUNT}"]
    again = await Account(disk, now=NOON + timedelta(days=40)).open()
    assert again.ledgers.fees_after == NOON.replace(hour=0) - timedelta(days=3)
    assert account.held("a") == 1
