"""What orders that were placed outside Weaver brought: each execution once, however late it is known whose it was."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON
from weaver.events.factory import EventFactory
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import Side
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.account import VenuePosition
from weaver.veda.exchange.orders import VenueFill
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.positions.entries import SplitEntry
from weaver.veda.trading.books.draft import Draft


def fill(name: str, quantity: int) -> VenueFill:
    side = Side.BUY if quantity > 0 else Side.SELL
    return VenueFill(
        execution_id=name, venue_order_id=f"order of {name}", symbol="AAPL", side=side, quantity=Decimal(abs(quantity)),
        price=Decimal(100), time=NOON,
    )  # fmt: skip


def ledgers() -> Ledgers:
    """Of an account that was empty when it was first looked at."""
    made = Ledgers(ACCOUNT, store=FakeTradingStore(FakeDisk()))
    hear(made, first=True)
    return made


def hear(
    made: Ledgers,
    others: Sequence[VenueFill] = (),
    own: Sequence[VenueFill] = (),
    *,
    first: bool = False,
    is_committed: bool = True,
) -> None:
    """A look at the venue lists these."""
    events = EventFactory(producer="test", now=lambda: NOON, new_id=iter(map(str, range(9))).__next__)
    draft = Draft(AccountOrders(), events, now=NOON, corr_id="c")
    if first:
        made.look_first(draft, (), others)
    else:
        made.hear_others(draft, others, own)
    if is_committed:
        draft.seen()


def test_an_execution_counts_once_though_looks_list_it_again() -> None:
    made = ledgers()
    for _ in range(3):
        hear(made, [fill("x1", 5), fill("x2", -2)])
    assert made.net("AAPL") == 3


def test_what_could_not_be_committed_counts_at_the_next_look() -> None:
    made = ledgers()
    hear(made, [fill("x1", 5)], is_committed=False)
    assert made.net("AAPL") == 0
    hear(made, [fill("x1", 5)])
    assert made.net("AAPL") == 5


def test_an_execution_that_turns_out_to_be_ours_is_no_others_any_more() -> None:
    made = ledgers()
    hear(made, [fill("x1", 5), fill("x2", 1)])
    hear(made, [fill("x2", 1)], own=[fill("x1", 5)])
    assert made.net("AAPL") == 1
    hear(made, [fill("x2", 1)], own=[fill("x1", 5)])
    assert made.net("AAPL") == 1


def test_executions_of_the_first_look_are_in_what_was_held_then() -> None:
    made = Ledgers(ACCOUNT, store=FakeTradingStore(FakeDisk()))
    hear(made, [fill("x1", 5)], first=True)
    hear(made, [fill("x1", 5)])
    assert made.net("AAPL") == 0


def test_what_others_did_before_a_split_counts_in_new_shares() -> None:
    made, split = ledgers(), SplitEntry(
        symbol="AAPL", numerator=3, denominator=1, previous_close=Decimal(90), lot=Decimal(1), ex_date=NOON.date(),
        time=NOON + timedelta(seconds=1),
    )  # fmt: skip
    events = EventFactory(producer="test", now=lambda: NOON, new_id=iter(map(str, range(9))).__next__)
    draft = Draft(AccountOrders(), events, now=NOON, corr_id="c")
    later = replace(fill("x2", 2), time=split.time)
    made.hear_others(draft, [fill("x1", 5), later], splits=[split])
    draft.seen()
    assert made.net("AAPL") == 17


def test_a_price_of_after_a_split_stays() -> None:
    made = ledgers()
    made.price("AAPL", Decimal(90), NOON)
    made.price("MSFT", Decimal(30), NOON + timedelta(seconds=2))
    for symbol in ("AAPL", "MSFT"):
        made.split(symbol, Fraction(3), at=NOON + timedelta(seconds=1))
    assert made.plain_prices == {"AAPL": 30, "MSFT": 30}


def test_what_the_venue_says_now_takes_the_place_of_a_price_of_later_and_an_older_bar_does_not() -> None:
    made = ledgers()
    made.price("AAPL", Decimal("185.33"), NOON + timedelta(minutes=2))  # by a clock that ran ahead
    made.mark("AAPL", Decimal("190.5"), NOON)
    assert made.plain_prices == {"AAPL": Decimal("190.5")}
    made.price("AAPL", Decimal("185.33"), NOON - timedelta(seconds=1))
    assert made.plain_prices == {"AAPL": Decimal("190.5")}
    made.price("AAPL", Decimal("191"), NOON + timedelta(minutes=1))
    assert made.plain_prices == {"AAPL": Decimal("191")}


def test_what_others_did_before_the_first_look_is_in_it_though_it_is_listed_later() -> None:
    disk = FakeDisk()
    made = Ledgers(ACCOUNT, store=FakeTradingStore(disk))
    events = EventFactory(producer="test", now=lambda: NOON, new_id=iter(map(str, range(9))).__next__)
    held = VenuePosition(symbol="AAPL", asset_class=AssetClass.STOCK, quantity=Decimal(5), available=Decimal(5))
    draft = Draft(AccountOrders(), events, now=NOON, corr_id="c")
    made.look_first(draft, [held], [], at=NOON)

    async def kept_and_read() -> Ledgers:
        async with FakeTradingStore(disk).transaction() as transaction:
            await draft.write(transaction)
        again = Ledgers(ACCOUNT, store=FakeTradingStore(disk))
        await again.read()
        return again

    again = asyncio.run(kept_and_read())
    draft.seen()
    for one in (made, again):
        hear(one, [fill("x1", 5), replace(fill("x2", 2), time=NOON + timedelta(seconds=1))])
        assert one.net("AAPL") == 7
