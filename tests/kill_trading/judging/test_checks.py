"""That each check sees what it is there for: everything in order, but for one thing."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.kill_trading.exchange import Seen
from tests.kill_trading.judging.books import ACCOUNT, Books, EventRow, FillRow, OrderRow, RunRow, SubmissionRow, TickRow
from tests.kill_trading.judging.checks import problems
from tests.simulation.world import START

BODY = {"symbol": "BTC/USD", "qty": "2", "client_order_id": "run-1"}
POST = {"n": 1, "method": "POST", "client_order_id": "run-1", "status": 200, "acted": True, "body": BODY}


def order(**given: Any) -> dict[str, Any]:
    """One at the exchange."""
    usual = {"id": "v1", "client_order_id": "run-1", "status": "filled", "filled_qty": "2", "legs": None}
    return {**usual, "side": "buy", "qty": "2", "symbol": "BTC/USD", **given}


def seen(**given: Any) -> Seen:
    """Two coins bought there at 100."""
    execution = {"id": "a1", "execution_id": "e1", "order_id": "v1", "qty": "2", "price": "100"}
    usual: dict[str, Any] = {"orders": [order()], "executions": [execution], "positions": {"BTCUSD": Decimal(2)}}
    return Seen(**{**usual, "cash": Decimal(99_800), "requests": [POST], **given})


FILL = FillRow(
    "run-1-f1", "run-1", "run-1", ACCOUNT, "run", "BTC/USD", "buy", Decimal(2), Decimal(100), "e1", is_inferred=False
)
ORDER = OrderRow(
    "run-1", ACCOUNT, "run", 1, "run-1", "BTC/USD", "buy", Decimal(2), "filled", reduces=False
)  # fmt: skip
SENT = SubmissionRow("run-1", ACCOUNT, "run-1", "whole", "v1", "ended")
EVENTS = [
    EventRow(1, "orders.Created", "run", {"order_id": "run-1"}),
    EventRow(2, "orders.Filled", "run", {"order_id": "run-1", "fill_id": "run-1-f1", "fill_quantity": "2"}),
]
TICKS = [TickRow("run", number, START.replace(minute=number), b"", b"") for number in range(3)]
KEPT = Books(
    orders={"run-1": ORDER}, submissions=[SENT], fills=[FILL], ticks={"run": TICKS}, blobs={},
    runs={"run": RunRow("run", "run", "stopped", None, None)}, events=EVENTS,
)  # fmt: skip


def test_all_in_order_has_no_problem() -> None:
    assert problems(KEPT, seen()) == []


def test_fill_may_have_the_id_by_which_activities_list_it() -> None:
    """Without the time before it: the stream names another where a venue's ids are unrelated."""
    (execution,) = seen().executions
    listed = replace(KEPT, fills=[replace(FILL, execution_id="a1")])
    assert problems(listed, seen(executions=[{**execution, "id": "20240410103000000::a1"}])) == []


AT_EXCHANGE: dict[str, tuple[Callable[[], Seen], str]] = {
    "sent again after its answer was lost": (
        lambda: seen(requests=[{**POST, "status": None, "acted": False}, POST]), "run-1 was sent again",
    ),
    "taken twice": (lambda: seen(requests=[POST, POST]), "run-1 was taken 2 times"),
    "sent for another order": (
        lambda: seen(requests=[{**POST, "status": 429, "acted": False, "body": {**BODY, "qty": "3"}}, POST]),
        "run-1 was sent for different orders",
    ),
    "nobody knows of it": (lambda: seen(orders=[order(), order(id="v2", status="canceled")]), "LOST: run-1"),
    "it is not there": (lambda: seen(orders=[]), "run-1 ought to be at the exchange"),
    "it still works there": (lambda: seen(orders=[order(status="partially_filled")]), "run-1 is ended, and at"),
    "it executed more": (
        lambda: seen(executions=[*seen().executions, {**seen().executions[0], "id": "a2", "execution_id": "e2"}]),
        "LOST: 2 booked of v1, 4 executed",
    ),
    "it executed less": (lambda: seen(executions=[]), "DOUBLED: 2 booked of v1, 0 executed"),
    "at another price": (
        lambda: seen(executions=[{**seen().executions[0], "price": "101"}]), "v1 came to another sum than 202",
    ),
    "it holds less": (lambda: seen(positions={}), "2 BTCUSD by the fills, 0 at the exchange"),
    "it has less cash": (lambda: seen(cash=Decimal(99_799)), "cash is 99800 by the fills, 99799 at the exchange"),
}  # fmt: skip
IN_BOOKS: dict[str, tuple[dict[str, Any], str]] = {
    "a sending that never ends": (
        {"submissions": [SENT, replace(SENT, id="x", venue_id=None, state="sending")]}, "x of alpaca paper is sending",
    ),
    "of a replay, too": (
        {"submissions": [SENT, replace(SENT, account="simulated", venue_id=None, state="sending")]}, "is sending",
    ),
    "an order that never ends": ({"orders": {"run-1": replace(ORDER, status="submitting")}}, "is submitting for ever"),
    "a run that failed": ({"runs": {"run": RunRow("run", "run", "error", "why", None)}}, "ended in an error: why"),
    "an execution that never was": ({"fills": [replace(FILL, execution_id="e9")]}, "which the exchange never told"),
    "an order that filled more": ({"orders": {"run-1": replace(ORDER, filled=Decimal(3))}}, "3 filled, its fills"),
    "a fill that nobody was told": ({"events": EVENTS[:1]}, "fill run-1-f1 is in a row or in an event"),
    "a fill that was told twice": ({"events": [*EVENTS, EVENTS[1]]}, "fill run-1-f1 was told 2 times"),
    "an order that was told twice": ({"events": [EVENTS[0], *EVENTS]}, "told as created 2 times"),
    "an end that was not told": ({"orders": {"run-1": replace(ORDER, status="cancelled")}}, "was told 0 times"),
    "a tick that is missing": ({"ticks": {"run": [TICKS[0], TICKS[2]]}}, "ticks of run are missing"),
    "a tick before the last": (
        {"ticks": {"run": [*TICKS[:2], replace(TICKS[2], time=TICKS[1].time)]}}, "do not follow one another",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", AT_EXCHANGE)
def test_fault_at_the_exchange_is_seen(case: str) -> None:
    made, said = AT_EXCHANGE[case]
    assert any(said in problem for problem in problems(KEPT, made()))


@pytest.mark.parametrize("case", IN_BOOKS)
def test_fault_in_the_books_is_seen(case: str) -> None:
    changed, said = IN_BOOKS[case]
    assert any(said in problem for problem in problems(replace(KEPT, **changed), seen()))


def test_order_that_was_refused_for_their_number_may_be_sent_again() -> None:
    assert problems(KEPT, seen(requests=[{**POST, "status": 429, "acted": False}, POST])) == []


def test_exit_that_ended_with_its_entry_may_be_unknown() -> None:
    legs = [order(id="v2", client_order_id="made up", status="canceled", filled_qty="0")]
    assert problems(KEPT, seen(orders=[order(legs=legs), *legs])) == []
