"""Which orders memory can do without, and that they are found again when something is heard of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.veda.live_builders import live_order, seconds, submission, venue_order
from tests.unit.veda.trading.builders import Desk, at_desk, bracket, draft_of, venue_fill
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.trading.books.forgetting import quiet

OVER: dict[str, Any] = {"status": OrderStatus.FILLED, "filled": 10, "value": 1000}
ENDED = submission(state=SubmissionState.ENDED)


def forgotten(*orders: LiveOrder, sent: tuple[Any, ...] = (), **touched: Any) -> list[str]:
    """Of what nothing was heard after noon."""
    _, known = draft_of(orders, sent)
    return quiet(known, {name.replace("_", "-"): at for name, at in touched.items()}, seconds(1))


def test_an_order_that_is_over_goes_once_it_was_quiet_for_long() -> None:
    assert forgotten(live_order(**OVER), sent=(ENDED,)) == ["run-1"]
    assert forgotten(live_order(**OVER, updated_at=seconds(2)), sent=(ENDED,)) == []
    assert forgotten(live_order(**OVER), sent=(ENDED,), run_1=seconds(2)) == []  # somebody has asked for it since


def test_what_works_or_may_be_at_the_venue_stays() -> None:
    assert forgotten(live_order()) == []
    assert forgotten(live_order(status=OrderStatus.CANCELLED), sent=(submission(),)) == []


def test_an_entry_stays_as_long_as_one_of_its_exits_works() -> None:
    entry, target, stop = bracket(**OVER)
    assert forgotten(entry, target, stop, live_order("run-9", **OVER)) == ["run-9"]
    over = [replace(one, status=OrderStatus.CANCELLED) for one in (target, stop)]
    assert sorted(forgotten(entry, *over)) == ["run-1", "run-2", "run-3"]


def test_a_chain_of_replacements_stays_as_long_as_its_last_works() -> None:
    first = live_order("run-1", status=OrderStatus.CANCELLED, replaced_by="run-2")
    second = live_order("run-2", status=OrderStatus.CANCELLED, replaces="run-1", replaced_by="run-3")
    last = live_order("run-3", replaces="run-2")
    assert forgotten(first, second, last) == []
    assert forgotten(first, second, replace(last, status=OrderStatus.CANCELLED)) == ["run-1", "run-2", "run-3"]


@pytest.mark.parametrize("heard", ["a fill", "the order", "a recall"])
def test_what_was_forgotten_is_found_in_the_store_when_something_is_heard_of_it(heard: str) -> None:
    entry, *exits = bracket(status=OrderStatus.CANCELLED)
    orders = [entry, *(replace(one, status=OrderStatus.CANCELLED) for one in exits)]
    late = venue_fill("run-1", 3, 100, cumulative_quantity=3)

    async def hear(desk: Desk) -> None:
        for order in orders:
            await desk.books.recall(order.id)
        await desk.wall.sleep(7200)
        await desk.books.forget(desk.wall.now() - timedelta(hours=1))
        assert [*desk.books.known.all()] == []
        match heard:
            case "a fill":
                desk.venue.fills = (late,)
                await desk.reconciler.reconcile()
            case "the order":
                shown = venue_order(status=OrderStatus.CANCELLED, filled_quantity=3)
                assert await desk.calls.answers.claim(shown)
                assert await desk.calls.answers.take(shown, fill=late)
            case _:
                await desk.books.recall("run-1")
        assert {one.id for one in desk.books.known.all()} == {"run-1", "run-2", "run-3"}
        assert desk.order().filled == (0 if heard == "a recall" else 3)
        await desk.books.forget(desk.wall.now() - timedelta(hours=1))
        assert {one.id for one in desk.books.known.all()} == {"run-1", "run-2", "run-3"}  # heard of just now

    at_desk(hear, orders, [ENDED])
