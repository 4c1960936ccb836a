"""How near to the market a run is, and from where to where one may go."""

from enum import StrEnum

from weaver.model.errors import Conflict
from weaver.model.run import Run, RunMode, RunStatus


class Stage(StrEnum):
    """In their order."""

    BACKTEST = "backtest"
    REPLAY = "replay"
    """A paper run on stored bars."""
    PAPER = "paper"
    LIVE = "live"

    @classmethod
    def of(cls, mode: RunMode, *, is_replay: bool) -> "Stage":
        """Of a run of a mode; `is_replay`: its venue is its own, on stored bars."""
        return cls.REPLAY if is_replay and mode is RunMode.PAPER else cls(mode)

    @property
    def number(self) -> int:
        """0, 1, 2 …"""
        return list(Stage).index(self)


def check_step(run: Run, stage: Stage, to: Stage) -> None:
    """Raises Conflict where a run of a stage cannot be promoted to another, with the reason."""
    if stage is Stage.LIVE:
        raise Conflict(f"run {run.name!r} is live: there is nothing to promote it to")
    if to.number <= stage.number:
        raise Conflict(f"run {run.name!r} is a {stage} already: it is promoted to a later stage only; clone it")
    check_status(run)


def check_status(run: Run) -> None:
    """Raises Conflict where nobody can tell yet, or any more, what a run is worth."""
    if run.status is RunStatus.PENDING:
        raise Conflict(f"run {run.name!r} is pending: start it first, that it can show something")
    if run.status is RunStatus.ERROR:
        raise Conflict(f"run {run.name!r} ended in an error, and is not promoted: {run.error}")
    if run.mode is RunMode.BACKTEST and run.status is not RunStatus.COMPLETED:
        raise Conflict(f"run {run.name!r} is {run.status}: of backtests only a completed one is promoted")
