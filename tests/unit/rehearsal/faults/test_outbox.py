"""The order in which updates go out."""

from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.faults.outbox import Outbox, Update
from weaver.rehearsal.venue.ids import SeededIds


def update(event: str, symbol: str = "AAPL") -> Update:
    return {"event": event, "order": {"symbol": symbol, "client_order_id": "c", "side": "buy", "id": "i"}}


def outbox(*faults: dict[str, object]) -> tuple[Outbox, list[str]]:
    sent: list[str] = []
    held = Faults(SeededIds(1))
    for fault in faults:
        held.add(fault)
    return Outbox(lambda one: sent.append(str(one["event"])), held), sent


def test_updates_wait_while_requests_are_answered() -> None:
    box, sent = outbox()
    box.hold(), box.hold()
    box.publish(update("new"))
    box.release()
    assert sent == []
    box.publish(update("fill"))
    box.release()
    assert sent == ["new", "fill"]


def test_fault_strikes_what_it_matches_as_often_as_it_says() -> None:
    box, sent = outbox(
        {"kind": "lose_update", "event": "fill", "times": 2}, {"kind": "duplicate_update", "symbol": "MSFT"}
    )
    for event in ("new", "fill", "fill", "fill"):
        box.publish(update(event))
    box.publish(update("canceled", "MSFT"))
    assert sent == ["new", "fill", "canceled", "canceled"]


def test_update_is_overtaken_by_the_next() -> None:
    box, sent = outbox({"kind": "reorder_updates"})
    for event in ("new", "partial_fill", "fill"):
        box.publish(update(event))
    assert sent == ["partial_fill", "new", "fill"]


def test_acknowledgement_is_struck_only_where_it_is_named() -> None:
    events = ("pending_new", "new", "fill")
    for kind, expected in (
        ("lose_update", ["pending_new", "fill"]),
        ("duplicate_update", ["pending_new", "new", "new", "fill"]),
        ("reorder_updates", ["pending_new", "fill", "new"]),
    ):
        box, sent = outbox({"kind": kind})
        for event in events:
            box.publish(update(event))
        assert sent == expected
    box, sent = outbox({"kind": "lose_update", "match": {"event": "pending_new"}})
    for event in events:
        box.publish(update(event))
    assert sent == ["new", "fill"]
