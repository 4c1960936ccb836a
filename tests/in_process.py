"""What has processes of its own in a server, in the test's process: deciders, and workers of backtests."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from weaver.decider import LiveDecider
from weaver.glados.pool.messages import OutcomeParts, job_message
from weaver.glados.pool.protocol import Frame, decoded, taken_apart
from weaver.glados.ports import BacktestJob, BacktestOutcome, BrokenBacktest, Progress
from weaver.model.errors import StrategyError
from weaver.worker import do

SENT_AT = datetime(2026, 1, 2, tzinfo=UTC)


class InProcessDeciders:
    """Deciders without processes."""

    def get_ready(self) -> None: ...

    async def new(self, run_id: str) -> LiveDecider:
        return LiveDecider()

    async def close(self) -> None: ...


class PoolInProcess:
    """A worker's own code, spoken to by frames as a worker is."""

    def __init__(self) -> None:
        self.jobs: list[BacktestJob] = []

    async def run(
        self, job: BacktestJob, *, started: Callable[[], Awaitable[None]], progress: Progress
    ) -> BacktestOutcome | BrokenBacktest:
        self.jobs.append(job)
        await started()
        said: list[bytes] = []
        try:
            do(_frame(job_message(job, sent_at=SENT_AT)), said.append)
        except StrategyError as error:
            return _parts(said).broken_by(error)
        frames = [_frame(one) for one in said]
        for frame in frames:
            if frame.kind == "progress":
                await progress(str(frame.body["stage"]), float(frame.body["fraction"]))
        return _parts(said).outcome(next(frame for frame in frames if frame.kind == "result"))


def _frame(message: bytes) -> Frame:
    return decoded(*taken_apart(message))


def _parts(said: list[bytes]) -> OutcomeParts:
    parts = OutcomeParts()
    for frame in map(_frame, said):
        if frame.kind in {"orders", "fills", "trades", "events"}:
            parts.take(frame)
    return parts
