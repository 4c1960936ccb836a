"""What the messages between the server and a worker say.

To a worker: `check` (a run, before it is kept), `run` (a job), `cancel`.
From it: `ready`, `checked`, `alive` (now and then, while the run's clock moves), `progress`, `orders`, `fills`,
`trades`, `events` (each as often as it takes: a part is decoded in a few milliseconds, so that the server's loop is
never held up), `result` or `error` (before which may come what the run had done), and at last `ended` or `cancelled`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from weaver.events.event import Event
from weaver.glados.pool.errors import error_of
from weaver.glados.pool.protocol import Frame, encoded
from weaver.glados.ports import BacktestJob, BacktestOutcome, BrokenBacktest, RecordedMarket, Row, StoredResult
from weaver.glados.stored.events import event_of
from weaver.glados.stored.rows import KeptRows
from weaver.model.errors import OutOfMemory, WeaverError
from weaver.model.run import Audit, Run, RunMode, RunStatus

PART_ROWS = 800
"""As many as are written to the database in some milliseconds."""
_TIMES = ("start_time", "end_time", "created_at", "started_at", "stopped_at", "completed_at")


def job_message(job: BacktestJob, *, sent_at: datetime) -> bytes:
    """A job, and when it was handed over: a worker has no clock of its own."""
    body = {"run": _run_body(job.run), "corr_id": job.corr_id, "audit": job.audit, "sent_at": sent_at.isoformat()}
    market = job.market
    if market is None:
        return encoded("run", body)
    body["market"] = {"symbols": list(market.bars), "actions": market.actions}
    return encoded("run", body, [market.setup, *market.bars.values()])


def check_message(run: Run) -> bytes:
    """A run whose strategy and parameters are to be tried."""
    return encoded("check", {"run": _run_body(run)})


def job_of(frame: Frame) -> BacktestJob:
    """The job of a message."""
    body, market = frame.body, None
    if "market" in body:
        setup, *bars = frame.blobs
        by_symbol = dict(zip(body["market"]["symbols"], bars, strict=True))
        market = RecordedMarket(setup=setup, bars=by_symbol, actions=body["market"]["actions"])
    return BacktestJob(run=run_of(body["run"]), corr_id=body["corr_id"], audit=Audit(body["audit"]), market=market)


def run_of(body: Mapping[str, Any]) -> Run:
    """The run of a message."""
    times = {name: datetime.fromisoformat(body[name]) for name in _TIMES if body[name] is not None}
    states = {"mode": RunMode(body["mode"]), "status": RunStatus(body["status"])}
    return Run(**{**body, **states, **times, "symbols": tuple(body["symbols"])})


def parts(kind: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """Rows of `orders`, `fills` or `trades`, as messages."""
    several = iter(rows)
    while part := list(islice(several, PART_ROWS)):
        yield encoded(kind, {"rows": len(part)}, [orjson.dumps(part)])


def event_parts(texts: Sequence[str]) -> Iterator[bytes]:
    """Events as messages, from their JSON texts."""
    for start in range(0, len(texts), PART_ROWS):
        yield encoded("events", {}, ["\n".join(texts[start : start + PART_ROWS]).encode()])


def result_message(result: StoredResult, *, stopped: str | None) -> bytes:
    """The result, after all of its parts."""
    body = {
        "stats": result.stats,
        "record": result.record,
        "warnings": result.warnings,
        "positions": result.positions,
        "cash_flows": result.cash_flows,
        "stopped": stopped,
        "blobs": list(result.blobs),
    }
    return encoded("result", body, list(result.blobs.values()))


@dataclass(slots=True)
class OutcomeParts:
    """Gathers what a worker sends of an outcome."""

    rows: dict[str, KeptRows] = field(
        default_factory=lambda: {kind: KeptRows() for kind in ("orders", "fills", "trades")}
    )
    events: list[Event] = field(default_factory=list)

    def take(self, frame: Frame) -> None:
        """Keep a part."""
        if frame.kind == "events":
            self.events += [event_of(orjson.loads(line)) for line in frame.blobs[0].splitlines()]
        else:
            self.rows[frame.kind].take(frame.blobs[0], int(frame.body["rows"]))

    def broken_by(self, error: WeaverError) -> BrokenBacktest:
        """What there is of a run that failed."""
        return BrokenBacktest(error=error, **self.rows, events=self.events)

    def outcome(self, frame: Frame) -> BacktestOutcome:
        """The whole, with the message that ends it."""
        body = frame.body
        result = StoredResult(
            stats=body["stats"],
            record=body["record"],
            warnings=body["warnings"],
            positions=body["positions"],
            cash_flows=body["cash_flows"],
            blobs=dict(zip(body["blobs"], frame.blobs, strict=True)),
        )
        return BacktestOutcome(result=result, **self.rows, events=self.events, stopped=body["stopped"])


def raised(body: Mapping[str, Any], *, memory_max_bytes: int) -> WeaverError:
    """The error that a worker reports, as it is to be raised here."""
    error = error_of(body)
    if not isinstance(error, OutOfMemory):
        return error
    most = f"the {memory_max_bytes // 1024**2:,} MB that a worker may have"
    words = f" ({error})" if str(error) else ""
    return error.reworded(f"the run needed more memory than {most}: give it fewer bars, or workers more memory{words}")


def _run_body(run: Run) -> dict[str, Any]:
    return {one.name: getattr(run, one.name) for one in fields(run)}
