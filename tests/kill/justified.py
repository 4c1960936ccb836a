"""What the events say, taken literally: a run's status, its record, and where its requests went.

Nothing here comes from Weaver: it is the specification written down a second time.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.kill.snapshot import Logged, RunRow, Snapshot

CHILDREN = {
    "strategy.FetchWindow": "backtest.FetchWindow",
    "strategy.PlaceRequest": "backtest.PlaceOrder",
    "strategy.CancelRequest": "backtest.CancelOrder",
    "strategy.ReplaceRequest": "backtest.ReplaceOrder",
}
_OF_THE_RECORD = ("strategy.", "backtest.", "orders.")
"""What a backtest did enters the log right before it is completed or has failed with its strategy."""
_INTERRUPTED = "interrupted: the server stopped while it ran"
_IN_A_CALLBACK = ", in on_"
"""A run's error has it where its own strategy failed on its way."""
_FILLED = ("orders.Filled", "orders.PartiallyFilled")


def status_of(types: Sequence[str]) -> str | None:
    """The status that a run's events, in their order, lead to. None: they make no sense."""
    status: str | None = "nothing"
    for type_ in types:
        match status, type_:
            case "nothing", "run.Created":
                status = "pending"
            case "pending", "run.Started":
                status = "running"
            case "pending" | "running", "run.Error":
                status = "error"
            case "running", "run.Stopped":
                status = "stopped"
            case "running", "run.Completed":
                status = "completed"
            case "running", "run.Progress" | "run.StopRequested":
                pass
            case "running", _ if type_.startswith(_OF_THE_RECORD):
                pass
            case "pending" | "completed" | "stopped" | "error", "run.Deleted":
                status = "deleted"
            case _:
                return None
    return status


def problems(found: Snapshot) -> Iterator[str]:
    """Everything that the database says of runs and does not say in its events, or the other way round."""
    of_runs = found.of_runs()
    yield from _doubled(found)
    for run_id, events in of_runs.items():
        types = [event.type for event in events]
        is_going = found.withheld.get(run_id) == "deleted" and types.count("run.Deleted") == 1
        if run_id not in found.runs and types != ["run.Deleted"] and not is_going:
            yield f"run {run_id} is not there, but its events are: {types[:5]}"
    for run in found.runs.values():
        yield from _of_run(run, of_runs.get(run.id, []), found)
    for table in (found.orders, found.fills, found.trades, found.kept):
        yield from (f"rows are left of run {run_id}, which is not there" for run_id in table.keys() - found.runs.keys())


def _doubled(found: Snapshot) -> Iterator[str]:
    everything = [*found.events.values(), *(event for events in found.kept.values() for event in events)]
    ids = Counter(event.id for event in everything)
    yield from (f"event {id_} is there {count} times" for id_, count in ids.items() if count > 1)


def _of_run(run: RunRow, events: Sequence[Logged], found: Snapshot) -> Iterator[str]:
    types = [event.type for event in events]
    status = status_of(types)
    if status != run.status:
        yield f"run {run.id} is {run.status}; its events say {status}: {_short(types)}"
        return
    has_result = run.id in found.results or run.id in found.kept
    if run.status == "completed":
        yield from _of_completed(run, events, found)
    elif run.status == "error" and _IN_A_CALLBACK in str(run.error):
        if has_result or run.id not in found.orders:
            yield f"run {run.id} broke off, and has a result, or nothing of what it had done: {_short(types)}"
        yield from _of_way(run, events, found)
    else:
        # While a record is written, and where its server died meanwhile, there are events of it and no more.
        may_have_told = run.status == "running" or str(run.error).startswith(_INTERRUPTED)
        done = [] if may_have_told else [type_ for type_ in types if type_.startswith(_OF_THE_RECORD)]
        if done or has_result or run.id in found.orders or run.id in found.fills or run.id in found.trades:
            yield f"run {run.id} is {run.status} and has a record: {_short(done)}"
    errors = [event.payload["error"] for event in events if event.type == "run.Error"]
    if errors != ([] if run.error is None else [run.error]):
        yield f"run {run.id} has the error {run.error!r}; its events say {errors}"
    if run.queued and run.status != "running":
        yield f"run {run.id} is {run.status} and queued"


def _of_completed(run: RunRow, log: Sequence[Logged], found: Snapshot) -> Iterator[str]:
    if run.id not in found.results:
        yield f"run {run.id} is completed and has no result"
    events = [*log, *found.kept.get(run.id, [])]
    yield from _of_way(run, events, found)
    fills = [event for event in events if event.type in _FILLED]
    orders = [event for event in events if event.type == "orders.Created"]
    (said,) = (event.payload for event in log if event.type == "run.Completed")
    counts = (len(orders), len(fills), found.trades.get(run.id, 0))
    if (said["orders"], said["fills"], said["trades"]) != counts:
        yield f"run {run.id}: run.Completed says {said}, the record {counts}"


def _of_way(run: RunRow, events: Sequence[Logged], found: Snapshot) -> Iterator[str]:
    """Its orders and fills, as its events and its rows have them, and its requests."""
    fills = [event.payload["fill_id"] for event in events if event.type in _FILLED]
    orders = [event.payload["order_id"] for event in events if event.type == "orders.Created"]
    for what, told, rows in (("fills", fills, found.fills), ("orders", orders, found.orders)):
        if len(told) != len(set(told)) or set(told) != rows.get(run.id, set()):
            yield f"run {run.id} has {len(rows.get(run.id, ()))} {what}; its events tell of {len(told)}"
    yield from _of_requests(run, events)


def _of_requests(run: RunRow, events: Sequence[Logged]) -> Iterator[str]:
    """Each request has exactly one child, which says the same; and no child is without its request."""
    requests = {event.id: event for event in events if event.type in CHILDREN}
    children = [event for event in events if event.type.startswith(("backtest.", "live."))]
    answered = Counter(child.causation_id for child in children)
    if set(answered) != set(requests) or any(count != 1 for count in answered.values()):
        yield f"run {run.id}: {len(requests)} requests have {len(children)} children, of {len(answered)} of them"
    for child in children:
        parent = requests.get(child.causation_id or "")
        if parent is not None and (
            child.type != CHILDREN[parent.type] or child.corr_id != parent.corr_id or child.payload != parent.payload
        ):
            yield f"run {run.id}: {child.type} {child.id} does not say what its request says"


def _short(types: Sequence[str]) -> str:
    return ", ".join(types if len(types) < 12 else [*types[:6], f"… {len(types) - 12} more …", *types[-6:]])
