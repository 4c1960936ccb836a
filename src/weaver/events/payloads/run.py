"""A run's life."""

from weaver.events.payloads.base import OfRun


class RunCreated(OfRun):
    type = "run.Created"
    name: str
    strategy_id: str
    mode: str


class RunStarted(OfRun):
    type = "run.Started"
    queued: bool = False
    """Waiting for a worker."""


class RunStopRequested(OfRun):
    type = "run.StopRequested"
    flatten: bool = False


class RunStopped(OfRun):
    type = "run.Stopped"
    reason: str


class RunCompleted(OfRun):
    type = "run.Completed"
    final_equity: float | None = None
    total_return: float | None = None
    orders: int
    fills: int
    trades: int
    warnings: int = 0


class RunError(OfRun):
    type = "run.Error"
    error: str


class RunProgress(OfRun):
    type = "run.Progress"
    stage: str
    fraction: float
    """0 to 1."""


class RunResumed(OfRun):
    type = "run.Resumed"


class RunHalted(OfRun):
    type = "run.Halted"
    reason: str


class RunPromoted(OfRun):
    """Another run was made of it, nearer to the market."""

    type = "run.Promoted"
    to: str
    """The other one's mode."""
    promoted_id: str
    override: str | None = None
    """Why it was done though gates were not met."""
    gates: tuple[str, ...] = ()
    """Those that were not met, by name."""


class RunDeleted(OfRun):
    type = "run.Deleted"
