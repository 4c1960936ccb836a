"""What every store of trading promises: in memory, in a file, on a server, and the one that simulations use."""

import asyncio
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from tests.contracts.builders import MOMENT, Opener, event
from tests.contracts.trading_builders import (
    FULL,
    FULL_FILL,
    FULL_SUBMISSION,
    LIVE,
    PAPER,
    RUN,
    Kept,
    fake,
    fill,
    on_database,
    order,
    submission,
    tick,
)
from weaver.glados.trading import store as trading_store
from weaver.model.errors import Conflict, InputError, ReadOnly
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.ports import KnownOrders, RecordedTick, TradingStore, TradingTransaction

pytestmark = pytest.mark.anyio
owned = pytest.mark.parametrize("storage", ["sqlite", "postgresql", "fake"])


@pytest.fixture(params=["memory", "sqlite", "postgresql", "fake"])
def storage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def kept(storage: str, opener: Opener) -> Kept:
    made = fake() if storage == "fake" else await on_database(opener)
    await made.add_run(RUN)
    return made


@pytest.fixture
def store(kept: Kept) -> TradingStore:
    return kept.store


async def put(store: TradingStore, *orders: LiveOrder) -> None:
    async with store.transaction() as transaction:
        await transaction.put_orders(orders)


async def all_ticks(store: TradingStore, run_id: str = RUN, *, after: int = -1) -> list[RecordedTick]:
    return [each async for each in store.ticks(run_id, after=after)]


def text_of(known: KnownOrders) -> list[str]:
    """Every value to its last digit, as it would be shown or sent."""
    return [f"{each.name}: {getattr(one, each.name)!s}" for one in known.orders for each in fields(one)]


# --- orders ---


@pytest.mark.parametrize("given", [{}, FULL, {"run_id": None}, {"account": LIVE}])
async def test_an_order_comes_back_as_it_was_put(store: TradingStore, given: dict[str, Any]) -> None:
    made = order(2, **given)
    await put(store, made)
    assert (await store.order(made.id)).orders == [made]
    assert await store.order_by_client_id(made.account, made.client_order_id) == made


def test_a_full_order_leaves_no_field_out() -> None:
    plain, full = order(2), order(2, **FULL)
    alike = {each.name for each in fields(plain) if getattr(plain, each.name) == getattr(full, each.name)}
    assert alike == {"id", "account", "run_id", "number", "client_order_id", "symbol", "placed_at"}


async def test_amounts_are_written_alike_on_every_storage(store: TradingStore) -> None:
    await put(store, order(1, quantity=Decimal("10.500"), filled=Decimal("1E+1"), value=Decimal("0.00")))
    told = text_of(await store.order("r-1"))
    if isinstance(store, trading_store.KeptTradingStore):
        assert {"quantity: 10.5", "filled: 10", "value: 0"} <= set(told)


async def test_an_order_takes_the_place_of_itself_as_it_was(store: TradingStore) -> None:
    await put(store, order(1, **FULL), order(2))
    await put(store, order(1, status=OrderStatus.CANCELLED))
    assert (await store.of_run(RUN)).orders == [order(1, status=OrderStatus.CANCELLED), order(2)]


async def test_a_client_order_id_is_used_once_an_account(store: TradingStore) -> None:
    await put(store, order(1, client_order_id="mine"))
    await put(store, order(1, client_order_id="mine", status=OrderStatus.SUBMITTED))
    await put(store, order(2, client_order_id="mine", account=LIVE))
    with pytest.raises(Conflict):
        await put(store, order(3), order(4, client_order_id="mine"))
    assert [each.number for each in (await store.of_run(RUN)).orders] == [1, 2]


async def test_an_amount_that_no_database_holds_is_refused(store: TradingStore) -> None:
    for quantity in ("1e-19", "1e20", "NaN"):
        with pytest.raises(InputError):
            await put(store, order(1, value=Decimal(quantity)))
    assert (await store.order("r-1")).orders == []


async def test_orders_of_a_run_come_by_number(store: TradingStore) -> None:
    await put(store, *(order(number) for number in (10, 9, 2, 1, 11)), order(0, id="manual", run_id=None))
    assert [each.number for each in (await store.of_run(RUN)).orders] == [1, 2, 9, 10, 11]
    assert (await store.of_run("nobody")).orders == []


async def test_exits_are_found_by_their_group_and_with_what_works_of_it(store: TradingStore) -> None:
    over = {"status": OrderStatus.FILLED, "group_id": "r-1"}
    await put(store, order(1, status=OrderStatus.FILLED), order(2, **over), order(3, group_id="r-1"), order(4))
    await put(
        store, order(5, status=OrderStatus.CANCELLED), order(6, replaces="r-5"), order(7, status=OrderStatus.FILLED)
    )
    assert [each.number for each in (await store.group(PAPER, "r-1")).orders] == [2, 3]
    assert (await store.group(LIVE, "r-1")).orders == []
    assert [each.number for each in (await store.working(PAPER)).orders] == [1, 2, 3, 4, 5, 6]


async def test_exits_are_found_by_the_entry_that_they_were_sent_with_though_another_has_them(
    store: TradingStore,
) -> None:
    over = {"status": OrderStatus.CANCELLED}
    entry, leg, successor = order(1, **over), order(2, group_id="r-3", **over), order(3, replaces="r-1", **over)
    ended = {"state": SubmissionState.ENDED}
    async with store.transaction() as transaction:
        await transaction.put_orders([entry, leg, successor])
        await transaction.put_submissions(
            [submission(entry, "sent", **ended), submission(leg, "held", parent_id="sent", **ended)]
        )
    assert [each.number for each in (await store.group(PAPER, "r-1")).orders] == [2]
    assert (await store.group(LIVE, "r-1")).orders == []
    assert (await store.working(PAPER)).orders == []


async def test_exits_that_are_over_come_with_an_entry_that_works_or_is_to_be_replaced(store: TradingStore) -> None:
    over = {"status": OrderStatus.CANCELLED}
    await put(store, order(1, **over), order(2, group_id="r-1", **over), order(3, replaces="r-1"))
    await put(store, order(4, group_id="r-3", **over), order(5, group_id="r-9", **over))
    assert [each.number for each in (await store.working(PAPER)).orders] == [1, 2, 3, 4]


async def test_an_order_is_found_by_the_venues_id_too(store: TradingStore) -> None:
    async with store.transaction() as transaction:
        await transaction.put_orders([order(1)])
        await transaction.put_submissions([submission(order(1), "sent", venue_id="v9")])
    assert await store.orders_by_submission(PAPER, ["v9", "sent", "v8"]) == {"v9": "r-1", "sent": "r-1"}
    assert await store.orders_by_submission(LIVE, ["v9"]) == {}


async def test_nothing_is_found_where_there_is_nothing(store: TradingStore) -> None:
    assert await store.order("r-1") == KnownOrders(orders=[], submissions=[], fills=[])
    assert await store.order_by_client_id(PAPER, "r-1") is None
    assert await store.orders_by_submission(PAPER, ["r-1"]) == {}
    assert await store.orders_by_submission(PAPER, []) == {}
    assert list(await store.fills_of(PAPER)) == []
    assert await all_ticks(store) == []
    assert await store.state("risk") is None
    assert await store.states("risk") == {}
    assert await store.blob("00") is None


# --- submissions ---


@pytest.mark.parametrize("given", [{}, FULL_SUBMISSION])
async def test_a_submission_comes_back_as_it_was_put(store: TradingStore, given: dict[str, Any]) -> None:
    made = submission(order(), **given)
    async with store.transaction() as transaction:
        await transaction.put_orders([order()])
        await transaction.put_submissions([made])
    assert (await store.order("r-1")).submissions == [made]
    async with store.transaction() as transaction:
        await transaction.put_submissions([replace(made, lookups=3)])
    assert (await store.order("r-1")).submissions == [replace(made, lookups=3)]


async def test_a_submission_belongs_to_one_order_for_good(store: TradingStore) -> None:
    async with store.transaction() as transaction:
        await transaction.put_orders([order(1), order(2), order(3, account=LIVE)])
        await transaction.put_submissions([submission(order(1), "sent")])
        await transaction.put_submissions([submission(order(3, account=LIVE), "sent")])
    with pytest.raises(Conflict):
        async with store.transaction() as transaction:
            await transaction.put_submissions([submission(order(2), "sent")])
    assert await store.orders_by_submission(PAPER, ["sent", "never"]) == {"sent": "r-1"}
    assert await store.orders_by_submission(LIVE, ["sent"]) == {"sent": "r-3"}


async def test_a_submission_needs_its_order(store: TradingStore) -> None:
    with pytest.raises(Conflict):
        async with store.transaction() as transaction:
            await transaction.put_submissions([submission(order(1))])


async def test_submissions_of_an_order_come_as_they_were_numbered(store: TradingStore) -> None:
    async with store.transaction() as transaction:
        await transaction.put_orders([order(1)])
        await transaction.put_submissions([submission(order(1), f"r-1{suffix}") for suffix in (".10", ".2", "")])
    assert [each.id for each in (await store.order("r-1")).submissions] == ["r-1", "r-1.2", "r-1.10"]


async def test_what_works_is_what_is_not_final_or_whose_fate_is_open(store: TradingStore) -> None:
    working = order(1, status=OrderStatus.PARTIAL)
    open_ended = order(2, status=OrderStatus.CANCELLED)
    done = order(3, status=OrderStatus.FILLED)
    waiting = order(4, status=OrderStatus.PENDING)
    elsewhere = order(5, account=LIVE, status=OrderStatus.ACCEPTED)
    ended = SubmissionState.ENDED
    async with store.transaction() as transaction:
        await transaction.put_orders([working, open_ended, done, waiting, elsewhere])
        await transaction.put_submissions(
            [
                submission(working, state=SubmissionState.WORKING),
                submission(open_ended, "r-2", state=ended),
                submission(open_ended, "r-2.2", state=SubmissionState.SENDING),
                submission(done, state=ended),
                submission(elsewhere),
            ]
        )
        await transaction.add_fills([fill(working), fill(open_ended), fill(done), fill(elsewhere)])
    known = await store.working(PAPER)
    assert known.orders == [working, open_ended, waiting]
    assert [each.id for each in known.submissions] == ["r-1", "r-2", "r-2.2"]
    assert [each.order_id for each in known.fills] == ["r-1", "r-2"]
    assert [each.id for each in (await store.working(LIVE)).orders] == ["r-5"]


async def test_orders_sent_since_an_instant_come_as_they_were_placed(store: TradingStore) -> None:
    old, late, soon, waiting, leg, elsewhere = made = [
        order(1, placed_at=MOMENT - timedelta(seconds=1)),
        order(2, placed_at=MOMENT + timedelta(seconds=5)),
        order(3, placed_at=MOMENT),
        order(4, placed_at=MOMENT),
        order(5, placed_at=MOMENT),
        order(6, account=LIVE, placed_at=MOMENT),
    ]
    async with store.transaction() as transaction:
        await transaction.put_orders(made)
        await transaction.put_submissions(
            [
                *(submission(one) for one in (old, late, elsewhere)),
                submission(soon, state=SubmissionState.ENDED),
                submission(leg, parent_id="r-3"),
            ]
        )
    assert await store.sent_since(PAPER, MOMENT) == [soon, late]
    assert waiting not in await store.sent_since(PAPER, MOMENT - timedelta(hours=1))


# --- fills ---


@pytest.mark.parametrize("given", [{}, FULL_FILL])
async def test_a_fill_comes_back_as_it_was_booked(store: TradingStore, given: dict[str, Any]) -> None:
    made = fill(order(), **given)
    async with store.transaction() as transaction:
        await transaction.put_orders([order()])
        await transaction.add_fills([made])
    assert (await store.order("r-1")).fills == [made]
    assert list(await store.fills_of(PAPER)) == [made]


async def test_fills_come_as_they_were_booked_whenever_they_happened(store: TradingStore) -> None:
    async with store.transaction() as transaction:
        await transaction.put_orders([order(1), order(2), order(0, id="manual", run_id=None)])
        await transaction.add_fills([fill(order(2), 1), fill(order(1), 1)])
    earlier = MOMENT - timedelta(hours=1)
    async with store.transaction() as transaction:
        await transaction.add_fills([fill(order(1), 2, filled_at=earlier, is_late=True)])
        await transaction.add_fills([fill(order(0, id="manual", run_id=None))])
    booked = ["r-2-f1", "r-1-f1", "r-1-f2"]
    assert [each.id for each in (await store.of_run(RUN)).fills] == booked
    assert [each.id for each in await store.fills_of(PAPER)] == [*booked, "manual-f1"]


@pytest.mark.parametrize("again", [{}, {"id": "other"}, {"execution_id": "other"}])
async def test_an_execution_is_booked_once(store: TradingStore, again: dict[str, Any]) -> None:
    async with store.transaction() as transaction:
        await transaction.put_orders([order()])
        await transaction.add_fills([fill(order())])
    with pytest.raises(Conflict):
        async with store.transaction() as transaction:
            await transaction.put_orders([order(status=OrderStatus.FILLED)])
            await transaction.add_fills([fill(order(), **again)])
    known = await store.order("r-1")
    assert (known.orders, known.fills) == ([order()], [fill(order())])


# --- ticks, state, blobs ---


async def test_ticks_come_back_by_number(store: TradingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trading_store, "TICKS_AT_ONCE", 2)
    made = [
        tick(0, inputs=bytes(range(256))),
        tick(1, actions=(b'{"kind":"stop_run"}', b"", b"\n\x00")),
        tick(2, actions=(b"",)),
        tick(3, inputs=b""),
    ]
    async with store.transaction() as transaction:
        await transaction.add_ticks(made[:2])
    async with store.transaction() as transaction:
        await transaction.add_ticks(made[2:])
    assert await all_ticks(store) == made
    assert await all_ticks(store, after=1) == made[2:]
    assert await all_ticks(store, after=3) == []
    assert (await store.newest_tick(RUN), await store.newest_tick("nobody")) == (3, None)


async def test_a_tick_is_written_once_and_after_the_one_before(kept: Kept) -> None:
    await kept.add_run("s")
    async with kept.store.transaction() as transaction:
        await transaction.add_ticks([tick(0), tick(1), tick(0, "s")])
    for wrong in ([tick(1)], [tick(3)], [tick(2), tick(4)], [tick(2, "s")], [tick(0)]):
        with pytest.raises(Conflict):
            async with kept.store.transaction() as transaction:
                await transaction.add_ticks(wrong)
    assert [each.number for each in await all_ticks(kept.store)] == [0, 1]


async def test_state_is_what_was_put_last(store: TradingStore) -> None:
    async with store.transaction() as transaction:
        await transaction.put_state("run a", {"halted": None, "nested": [1, {"limit": "0.05"}]})
        await transaction.put_state("run a% b", {})
        await transaction.put_state("run_a", {"other": True})
        await transaction.put_state("risk", {"switch": True})
    async with store.transaction() as transaction:
        await transaction.put_state("risk", {"switch": False})
    assert await store.state("risk") == {"switch": False}
    assert await store.states("run ") == {"run a": {"halted": None, "nested": [1, {"limit": "0.05"}]}, "run a% b": {}}
    assert list(await store.states("run a% ")) == ["run a% b"], "no pattern"
    with pytest.raises(InputError):
        async with store.transaction() as transaction:
            await transaction.put_state("risk", {"limit": Decimal("0.05")})


async def test_the_same_bytes_are_one_blob(kept: Kept) -> None:
    await kept.add_run("s")
    content = bytes(range(256)) * 100
    async with kept.store.transaction() as transaction:
        first = await transaction.put_blob(RUN, content)
        assert await transaction.put_blob(RUN, content) == first
        assert await transaction.put_blob("s", content) == first
    assert first == sha256(content).hexdigest()
    assert await kept.store.blob(first) == content


# --- all or nothing ---


async def test_orders_and_their_events_are_kept_together_in_order(kept: Kept) -> None:
    async with kept.store.transaction() as transaction:
        transaction.append(event("orders.Created", id="first", run_id=RUN))
        await transaction.put_orders([order()])
        transaction.append(event("orders.Submitted", id="second", run_id=RUN), event("risk.KillSwitchOn", id="third"))
    assert [each.id for each in await kept.events()] == ["first", "second", "third"]
    assert (await kept.store.order("r-1")).orders == [order()]


async def test_a_block_that_raises_leaves_nothing(kept: Kept) -> None:
    with pytest.raises(ZeroDivisionError):
        async with kept.store.transaction() as transaction:
            await everything(transaction)
            raise ZeroDivisionError
    await assert_nothing(kept)


async def test_a_block_that_is_cancelled_leaves_nothing(kept: Kept) -> None:
    reached = asyncio.Event()

    async def write() -> None:
        async with kept.store.transaction() as transaction:
            await everything(transaction)
            reached.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await reached.wait()
    writing.cancel()
    await asyncio.wait([writing])
    await assert_nothing(kept)


async def test_a_statement_that_failed_spoils_its_transaction(kept: Kept) -> None:
    await put(kept.store, order(1, client_order_id="mine"))
    with pytest.raises(Conflict, match="had failed"):
        async with kept.store.transaction() as transaction:
            await transaction.put_orders([order(2)])
            with pytest.raises(Conflict):
                await transaction.put_orders([order(3, client_order_id="mine")])
            transaction.append(event())
    assert [each.number for each in (await kept.store.of_run(RUN)).orders] == [1]
    assert await kept.events() == []


async def test_an_event_that_is_there_already_takes_everything_back(kept: Kept) -> None:
    async with kept.store.transaction() as transaction:
        transaction.append(event(id="told"))
    with pytest.raises(Conflict):
        async with kept.store.transaction() as transaction:
            await transaction.put_orders([order()])
            transaction.append(event(id="told"))
    assert (await kept.store.of_run(RUN)).orders == []


async def test_writers_follow_one_another(store: TradingStore) -> None:
    async def write(number: int) -> None:
        async with store.transaction() as transaction:
            await transaction.put_orders([order(number)])
            await transaction.add_fills([fill(order(number))])

    await asyncio.gather(*(write(number) for number in range(1, 9)))
    assert [each.number for each in (await store.working(PAPER)).orders] == list(range(1, 9))


# --- fencing ---


@owned
async def test_an_owner_that_was_superseded_keeps_nothing_more_and_can_read(kept: Kept, storage: str) -> None:
    await put(kept.store, order(1))
    await kept.store.check_owner()
    await kept.take_over()
    with pytest.raises(ReadOnly):
        await kept.store.check_owner()
    for _ in range(2):
        with pytest.raises(ReadOnly):
            await put(kept.store, order(2))
    assert (await kept.store.of_run(RUN)).orders == [order(1)]
    assert await kept.events() == []


@owned
async def test_a_change_learns_of_a_takeover_by_itself(kept: Kept, storage: str) -> None:
    await kept.take_over()
    with pytest.raises(ReadOnly, match="since"):
        await put(kept.store, order(1))
    with pytest.raises(ReadOnly):
        await kept.store.check_owner()
    assert (await kept.store.of_run(RUN)).orders == []


async def everything(transaction: TradingTransaction) -> None:
    """Something in every table."""
    await transaction.put_orders([order()])
    await transaction.put_submissions([submission(order())])
    await transaction.add_fills([fill(order())])
    await transaction.add_ticks([tick(0)])
    await transaction.put_state("risk", {})
    await transaction.put_blob(RUN, b"warm-up")
    transaction.append(event())


async def assert_nothing(kept: Kept) -> None:
    assert await kept.store.of_run(RUN) == KnownOrders(orders=[], submissions=[], fills=[])
    assert await all_ticks(kept.store) == []
    assert await kept.store.states("") == {}
    assert await kept.store.blob(sha256(b"warm-up").hexdigest()) is None
    assert await kept.events() == []
