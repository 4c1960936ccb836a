"""What clients and listeners know, held against what the database says."""

from collections import Counter
from collections.abc import Iterator

from tests.kill.api import Api
from tests.kill.journal import Journal, Op
from tests.kill.listeners import Listener
from tests.kill.snapshot import RunRow, Snapshot

INTERRUPTED = "interrupted: the server stopped while it ran"


def acknowledged(journal: Journal, found: Snapshot) -> Iterator[str]:
    """Every acknowledged write is there, and nothing that nobody asked for."""
    of_runs = found.of_runs()
    told = {run_id: Counter(event.type for event in events) for run_id, events in of_runs.items()}
    deleted = {run_id for run_id, types in told.items() if types["run.Deleted"]}
    may_be_deleted = journal.may_have(Op.DELETE)
    asked_to_delete = {request.run_id for request in journal.done(Op.DELETE)}
    for run_id in asked_to_delete - deleted:
        yield f"LOST: the deletion of run {run_id}"
    for run_id in deleted - asked_to_delete:
        if not may_be_deleted[run_id]:
            yield f"run {run_id} was deleted, and nobody asked for it"
    for request in (*journal.done(Op.CREATE), *journal.done(Op.CLONE)):
        if request.made not in found.runs and request.made not in deleted:
            yield f"LOST: run {request.made}, {request.op} {request.name or request.run_id}"
    starts = Counter(request.run_id for request in journal.done(Op.START))
    stops = Counter(request.run_id for request in journal.done(Op.STOP))
    yield from (f"run {run_id} was started {count} times" for run_id, count in starts.items() if count > 1)
    for run_id, run in found.runs.items():
        yield from _steps(run, told.get(run_id, Counter()), starts[run_id], stops[run_id], journal)
    yield from _out_of_nowhere(journal, found)


def _steps(run: RunRow, told: Counter[str], starts: int, stops: int, journal: Journal) -> Iterator[str]:
    if starts and told["run.Started"] != 1:
        yield f"LOST: the start of run {run.id}, which has {told['run.Started']} run.Started"
    if told["run.Started"] and not starts and not journal.may_have(Op.START)[run.id]:
        yield f"run {run.id} was started, and nobody asked for it"
    if stops and run.status != "stopped":
        yield f"LOST: the stop of run {run.id}, which is {run.status}"
    if run.status == "stopped" and not stops and not journal.may_have(Op.STOP)[run.id]:
        yield f"run {run.id} was stopped, and nobody asked for it"


def _out_of_nowhere(journal: Journal, found: Snapshot) -> Iterator[str]:
    """A run that no answer told of must be one whose answer never came."""
    known = {request.made for op in (Op.CREATE, Op.CLONE) for request in journal.done(op)}
    names, clones = journal.unknown_names(), journal.may_have(Op.CLONE)
    for run in found.runs.values():
        if run.id in known:
            continue
        if run.cloned_from is None and run.name in names:
            names.discard(run.name)
        elif run.cloned_from is not None and clones[run.cloned_from]:
            clones[run.cloned_from] -= 1
        else:
            yield f"run {run.id} {run.name!r} is there, and nobody asked for it"


def recovered(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """A restart changes nothing but that what was running has failed, and says so."""
    for run_id, run in before.runs.items():
        now = after.runs.get(run_id)
        if now is None:
            yield f"LOST: run {run_id} at the restart"
        elif run.status != "running":
            if now != run:
                yield f"the restart changed run {run_id}: {run} became {now}"
        elif now.status != "error" or not (now.error or "").startswith(INTERRUPTED):
            yield f"run {run_id} was interrupted, and is {now.status} after the restart: {now.error}"
    yield from (f"run {run_id} came with the restart" for run_id in after.runs.keys() - before.runs.keys())
    for seq, event in before.events.items():
        is_going = before.withheld.get(event.run_id or "") == "deleted" and event.type != "run.Deleted"
        if after.events.get(seq) != event and not is_going:
            yield f"LOST: event {seq} {event.type} at the restart"
    new = [event for seq, event in after.events.items() if seq not in before.events]
    for event in new:
        if event.type != "run.Error":
            yield f"the restart added {event.type} of run {event.run_id}"


def settled(found: Snapshot) -> Iterator[str]:
    """Nothing is left of records that were being written or removed at a kill."""
    yield from (f"rows are left of run {run_id}, whose record is {why}" for run_id, why in found.withheld.items())


def heard(listener: Listener, found: Snapshot) -> Iterator[str]:
    """What a listener has is in the log as it got it, and it has all of the log up to where it is."""
    deleted = {event.run_id for event in found.events.values() if event.type == "run.Deleted"}
    name = type(listener).__name__
    for seq, seen in list(listener.seen.items()):
        event = found.events.get(seq)
        if event is None:
            if seen.payload.get("run_id") not in deleted:  # a deleted run's events go with it
                yield f"{name}: event {seq} {seen.type} is not in the log"
        elif (event.type, event.payload) != (seen.type, seen.payload) or seen.id not in {None, event.id}:
            yield f"{name}: event {seq} is {event}, not {seen}"
    for seq, event in found.events.items():
        if event.run_id in deleted and event.type != "run.Deleted":
            continue  # it may have gone with its run before a slow listener came to it
        if seq <= listener.last and seq not in listener.seen:
            yield f"LOST: {name} never got event {seq} {event.type}"


def over_http(api: Api, found: Snapshot, sample: int = 5) -> Iterator[str]:
    """The API says what the database says; of the newest runs, also what lies beneath them."""
    shown = {item["id"]: item for item in api.pages("/runs")}
    if shown.keys() != found.runs.keys():
        yield f"GET /runs shows {len(shown)} runs, the database has {len(found.runs)}"
    for run_id, run in found.runs.items():
        item = shown.get(run_id)
        if item is not None and (item["status"], item["error"]) != (run.status, run.error):
            yield f"GET /runs shows run {run_id} as {item['status']}, the database as {run.status}"
    of_runs = found.of_runs()
    for run_id in sorted(found.runs)[-sample:]:
        is_completed = found.runs[run_id].status == "completed"
        status = api.call("GET", f"/runs/{run_id}/results").status
        if status != (200 if is_completed else 404):
            yield f"GET /runs/{run_id}/results answers {status}; the run is {found.runs[run_id].status}"
        if is_completed:
            counts = tuple(api.get(f"/runs/{run_id}/{what}")["total"] for what in ("fills", "orders", "events"))
            events = len(of_runs[run_id]) + len(found.kept.get(run_id, ()))
            expected = (len(found.fills.get(run_id, ())), len(found.orders.get(run_id, ())), events)
            if counts != expected:
                yield f"run {run_id}: the API counts {counts} fills, orders and events, the database {expected}"
