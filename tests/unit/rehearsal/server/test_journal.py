"""What is written down."""

from tests.rehearsals.by_hand import HandClock, at
from weaver.rehearsal.server.journal import KEPT, Journal


def test_entries_are_numbered_and_asked_for_by_number() -> None:
    journal = Journal(HandClock(at("2024-03-12T14:30:00+00:00")))
    journal.request("GET", "/v2/clock", client_order_id=None, status=200, acted=True, fault=None)
    journal.message("/stream", "in", {"action": "listen"})
    assert [(entry["n"], entry["kind"], entry["method"]) for entry in journal.after(0)] == [
        (1, "request", "GET"), (2, "message", "in"),
    ]  # fmt: skip
    assert [entry["body"] for entry in journal.after(1)] == [{"action": "listen"}]
    assert journal.after(2) == journal.after(99) == []


def test_oldest_entries_are_forgotten() -> None:
    journal = Journal(HandClock(0))
    for number in range(KEPT + 10):
        journal.message("/stream", "out", number)
    assert len(journal.after(0)) == KEPT
    assert journal.after(0)[0]["n"] == 11
    assert [entry["body"] for entry in journal.after(KEPT + 8)] == [KEPT + 8, KEPT + 9]
