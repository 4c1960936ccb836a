"""The checks of the kill tests find what they are for: each is shown one fault."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kill import checks, justified
from tests.kill.journal import Journal, Op
from tests.kill.listeners import Poller, Seen
from tests.kill.server import Server
from tests.kill.snapshot import Logged, RunRow, Snapshot

STARTED = ("run.Created", "run.Started")
TRADED = (
    "strategy.PlaceRequest", "backtest.PlaceOrder", "orders.Created", "orders.PartiallyFilled", "orders.Filled",
    "run.Completed",
)  # fmt: skip
PAYLOADS = {
    "orders.Created": {"order_id": "o1"}, "orders.PartiallyFilled": {"fill_id": "f1"},
    "orders.Filled": {"fill_id": "f2"}, "run.Completed": {"orders": 1, "fills": 2, "trades": 0},
    "run.Error": {"error": "it broke"},
}  # fmt: skip


def logged(types: Sequence[str]) -> dict[int, Logged]:
    """The events of run r, each caused by the one before."""
    return {
        seq: Logged(
            seq=seq, id=f"e{seq}", type=type_, run_id="r", corr_id="c", causation_id=f"e{seq - 1}",
            payload={"run_id": "r", **PAYLOADS.get(type_, {})},
        )
        for seq, type_ in enumerate(types, 1)
    }  # fmt: skip


def store(status: str, types: Sequence[str], error: str | None = None) -> Snapshot:
    """A store with one run; a completed one has one order, two fills and a result."""
    is_done = status == "completed"
    run = RunRow(id="r", name="a", status=status, error=error, queued=False, cloned_from=None)
    return Snapshot(
        events=logged(types), runs={"r": run}, orders={"r": {"o1"}} if is_done else {},
        fills={"r": {"f1", "f2"}} if is_done else {}, trades={}, results={"r"} if is_done else set(), kept={},
        offsets={},
    )  # fmt: skip


COMPLETED = store("completed", [*STARTED, *TRADED])
WHY = "kill_trader.py line 9, in on_bar: ValueError: asked to fail"


def broken(types: Sequence[str]) -> Snapshot:
    """A store with one run whose strategy failed, with one order and two fills."""
    found = store("error", [*STARTED, *types], WHY)
    events = {
        seq: replace(event, payload={"run_id": "r", "error": WHY}) if event.type == "run.Error" else event
        for seq, event in found.events.items()
    }
    return replace(found, events=events, orders={"r": {"o1"}}, fills={"r": {"f1", "f2"}})


BROKEN_WAY = (*TRADED[:-1], "run.Error")
BROKEN = broken(BROKEN_WAY)


def journal(*done: tuple[Op, str | None]) -> Journal:
    """Acknowledged requests; a creation names the run that it made."""
    found = Journal()
    for op, run_id in done:
        made = run_id if op is Op.CREATE else None
        request = found.ask(op, run_id=None if made else run_id, name="a")
        found.answered(request, {Op.CREATE: 201, Op.DELETE: 204}.get(op, 200), made)
    return found


@pytest.mark.parametrize(
    ("status", "types", "error"),
    [
        ("pending", ["run.Created"], None),
        ("error", [*STARTED, "run.Progress", "run.Error"], "it broke"),
        ("stopped", [*STARTED, "run.StopRequested", "run.Stopped"], None),
        ("completed", [*STARTED, *TRADED], None),
    ],
)
def test_true_record_raises_no_problem(status: str, types: list[str], error: str | None) -> None:
    assert not list(justified.problems(store(status, types, error)))


def test_true_record_of_a_run_that_broke_off_raises_no_problem() -> None:
    assert not list(justified.problems(BROKEN))


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (replace(BROKEN, results={"r"}), "broke off, and has a result"),
        (replace(BROKEN, orders={}, fills={}), "or nothing of what it had done"),
        (replace(BROKEN, fills={"r": {"f1"}}), "1 fills; its events tell of 2"),
        (broken([type_ for type_ in BROKEN_WAY if "PlaceOrder" not in type_]), "have 0 children"),
        (store("running", ["run.Created"]), "is running; its events say pending"),
        (store("stopped", [*STARTED, "run.Stopped", "run.Stopped"]), "its events say None"),
        (store("stopped", [*STARTED, "run.Stopped", "run.StopRequested"]), "its events say None"),
        (store("error", [*STARTED, "orders.Created", "run.Error"], "it broke"), "and has a record"),
        (store("error", [*STARTED, "run.Error"], "something else"), "its events say ['it broke']"),
        (replace(COMPLETED, results=set()), "has no result"),
        (replace(COMPLETED, fills={"r": {"f1"}}), "1 fills; its events tell of 2"),
        (replace(COMPLETED, trades={"r": 1}), "run.Completed says"),
        (store("completed", [*STARTED, *(type_ for type_ in TRADED if "PlaceOrder" not in type_)]), "have 0 children"),
        (store("completed", [*STARTED, *TRADED[:2], *TRADED[1:]]), "have 2 children"),
        (replace(COMPLETED, kept={"r": [COMPLETED.events[1]]}), "event e1 is there 2 times"),
        (replace(COMPLETED, runs={}), "is not there, but its events are"),
    ],
)
def test_false_record_is_found(found: Snapshot, problem: str) -> None:
    assert any(problem in told for told in justified.problems(found)), list(justified.problems(found))


@pytest.mark.parametrize(
    ("asked", "found", "problem"),
    [
        ([(Op.CREATE, "other")], COMPLETED, "LOST: run other"),
        ([(Op.CREATE, "r"), (Op.START, "r")], store("pending", ["run.Created"]), "LOST: the start"),
        ([(Op.CREATE, "r"), (Op.START, "r"), (Op.STOP, "r")], store("running", STARTED), "LOST: the stop"),
        ([(Op.CREATE, "r"), (Op.DELETE, "r")], store("pending", ["run.Created"]), "LOST: the deletion"),
        ([(Op.CREATE, "r"), (Op.START, "r"), (Op.START, "r")], COMPLETED, "was started 2 times"),
        ([(Op.CREATE, "r")], COMPLETED, "was started, and nobody asked for it"),
        ([], store("pending", ["run.Created"]), "is there, and nobody asked for it"),
    ],
)
def test_lost_or_invented_write_is_found(asked: list[tuple[Op, str]], found: Snapshot, problem: str) -> None:
    told = list(checks.acknowledged(journal(*asked), found))
    assert any(problem in one for one in told), told


def test_write_without_an_answer_may_be_there_or_not() -> None:
    unknown = journal()
    unknown.ask(Op.CREATE, name="a")
    empty = replace(store("pending", []), runs={})
    assert not list(checks.acknowledged(unknown, store("pending", ["run.Created"])))
    assert not list(checks.acknowledged(unknown, empty))


def test_restart_may_only_fail_what_was_running() -> None:
    before, interrupted = store("running", STARTED), f"{checks.INTERRUPTED}; clone it"
    after = store("error", [*STARTED, "run.Error"], interrupted)
    assert not list(checks.recovered(before, after))
    assert "is running after the restart" in next(iter(checks.recovered(before, before)))
    assert "changed run r" in next(iter(checks.recovered(COMPLETED, replace(COMPLETED, runs=after.runs))))
    assert "LOST: event 3" in next(iter(checks.recovered(after, replace(after, events=before.events))))


def test_listener_that_misses_or_invents_an_event_is_found(server: Server) -> None:
    found, poller = store("running", STARTED), Poller(server)
    for seq, event in found.events.items():
        poller.keep(seq, Seen(type=event.type, payload=event.payload, id=event.id))
    assert not [*checks.heard(poller, found), *poller.problems]
    extra = replace(found, events=logged([*STARTED, "run.Progress"]))
    poller.last = 3
    assert list(checks.heard(poller, extra)) == ["LOST: Poller never got event 3 run.Progress"]
    poller.keep(2, Seen(type="run.Started", payload={"run_id": "other"}, id="e2"))
    assert poller.problems == ["event 2 run.Started came after event 3"]
    assert "event 2 is" in next(iter(checks.heard(poller, found)))


def test_listener_may_miss_what_goes_with_a_deleted_run_but_not_that_it_was_deleted(server: Server) -> None:
    found, poller = store("error", [*STARTED, "run.Error", "run.Deleted"]), Poller(server)
    poller.last = found.newest
    (problem,) = checks.heard(poller, found)
    assert problem == f"LOST: Poller never got event {found.newest} run.Deleted"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """One that is never started."""
    return Server(tmp_path / "home", None)
