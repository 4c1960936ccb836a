"""A run as the record keeps it, and the only way from one of its states to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from weaver.model.errors import IllegalTransition


class RunMode(StrEnum):
    """Where a run's orders go."""

    BACKTEST = "backtest"
    PAPER = "paper"
    LIVE = "live"


class RunStatus(StrEnum):
    """Where a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    ERROR = "error"

    @property
    def is_final(self) -> bool:
        """Nothing can follow."""
        return self in {RunStatus.COMPLETED, RunStatus.STOPPED, RunStatus.ERROR}


class Audit(StrEnum):
    """How much of a run becomes events: its orders, or its ticks and windows too."""

    ORDERS = "orders"
    FULL = "full"


class RunStep(StrEnum):
    """What can happen to a run."""

    START = "start"
    COMPLETE = "complete"
    STOP = "stop"
    FAIL = "fail"


def run_transition(status: RunStatus, step: RunStep) -> RunStatus:
    """The status after `step`. Raises IllegalTransition where a run has no such step."""
    match status, step:
        case RunStatus.PENDING, RunStep.START:
            return RunStatus.RUNNING
        case RunStatus.RUNNING, RunStep.COMPLETE:
            return RunStatus.COMPLETED
        case RunStatus.RUNNING, RunStep.STOP:
            return RunStatus.STOPPED
        case (RunStatus.PENDING | RunStatus.RUNNING, RunStep.FAIL):  # a start can fail before it has begun
            return RunStatus.ERROR
        case _:
            raise IllegalTransition(f"a run that is {status} cannot {step}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: what was asked for, and how it went."""

    id: str
    name: str
    strategy_id: str
    mode: RunMode
    status: RunStatus = RunStatus.PENDING
    symbols: tuple[str, ...]
    timeframe: str | None = None
    """None: the stored bars' own."""
    start_time: datetime | None = None
    end_time: datetime | None = None
    """Inclusive."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """The strategy's parameters."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Those of `RUN_OPTIONS` that were given: every other keyword of `weaver.backtest`, and `audit`."""
    venue: str | None = None
    risk: Mapping[str, Any] | None = None
    on_error: str | None = None
    promotion: Mapping[str, Any] | None = None
    """Gates that differ from the defaults, for a run that is to be made of this one nearer to the market."""
    error: str | None = None
    queued: bool = False
    """Running, and waiting for a worker."""
    halted: str | None = None
    """Running, and why it may not trade at the moment."""
    strategy_source: str = ""
    """The text that runs, pinned when the run was created."""
    source_hash: str | None = None
    data_hash: str | None = None
    """Known once it has run."""
    weaver_version: str = ""
    cloned_from: str | None = None
    promoted_from: str | None = None
    """The run that it was made of, nearer to the market than that one; a clone keeps it."""
    created_at: datetime
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    completed_at: datetime | None = None

    def step(self, step: RunStep, *, at: datetime, error: str | None = None) -> "Run":
        """The run after `step`. Raises IllegalTransition."""
        status = run_transition(self.status, step)
        return replace(
            self,
            status=status,
            error=error if step is RunStep.FAIL else self.error,
            queued=False if status.is_final else self.queued,
            halted=None if status.is_final else self.halted,
            started_at=at if step is RunStep.START else self.started_at,
            stopped_at=at if step in {RunStep.STOP, RunStep.FAIL} else self.stopped_at,
            completed_at=at if step is RunStep.COMPLETE else self.completed_at,
        )
