"""What the run manager asks of whoever carries runs of a mode out.

What a stop, the server's end and its next start mean for a run is its runner's answer: a backtest is cancelled, and has
to be run again; a live run cancels its orders, puts down what it holds, goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from weaver.events.payloads import RunCompleted
from weaver.glados.runs.record import RecordPiece
from weaver.model.run import Run

Record = Sequence[RecordPiece]
"""What a run leaves behind, in the order in which it is written. A backtest's is written in pieces, which nobody is
shown before the transaction that says how it ended. Another run keeps what it does as it goes; what is left to write at
its end is written in that transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A run is to end for good."""

    reason: str
    flatten: bool
    """Its positions are to be closed too."""
    corr_id: str
    """Of the request to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """The server ends: a run is to put down safely what it holds, so that it can go on another time."""


EndRequest = Stop | Suspend


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A run that went to its end."""

    completed: RunCompleted
    data_hash: str | None
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A run that failed on its way."""

    error: str
    record: Record = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A run that was stopped."""

    reason: str
    """How it ended: who stopped it, and what became of what it held."""
    record: Record = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """A run that is put down: its record says `running`, and the next `recover` has it resumed."""


Ended = Outcome | Failure | Stopped | Suspended


class RunContext(Protocol):
    """What a runner hears and tells while it works on a run. What changes the run's record waits until the database
    takes it."""

    @property
    def corr_id(self) -> str:
        """Of the request that started the run; of the recovery that resumed it."""
        ...

    @property
    def is_resumed(self) -> bool:
        """Whether the run is to go on from where an earlier server left it, suspended or crashed."""
        ...

    async def has_worker(self) -> None:
        """The run waits no longer."""
        ...

    async def progress(self, stage: str, fraction: float) -> None:
        """How far the whole is, from 0 to 1. May be called often: few of the calls become events."""
        ...

    async def asked_to_end(self) -> EndRequest:
        """Return when the run is to end early. A stop that the server's end cut short is asked for again."""
        ...

    async def halted(self, reason: str) -> None:
        """The run may not trade until it is `resumed`."""
        ...

    async def resumed(self) -> None:
        """The run goes on, after a restart or a halt."""
        ...


class Runner(Protocol):
    """Carries out runs of one mode."""

    async def check(self, run: Run) -> None:
        """Raises StrategyError and InputError where the run could not even begin."""
        ...

    async def run(self, run: Run, context: RunContext) -> Ended:
        """Work on the run until it ends, or is asked to. Raises WeaverError with the reason where it cannot begin, or
        cannot go on from where it was left.

        What is not over `grace_seconds` after it was asked to end (sooner where the server ends) is cancelled. That
        ends the work within 100 ms; the manager waits a second, then goes on without it.
        """
        ...

    @property
    def grace_seconds(self) -> float:
        """How long a run may take to end by itself once it is asked to. 0: cancelling is how it is ended."""
        ...

    def cut_off(self, stop: Stop) -> Stopped | Failure:
        """What the record says of a run whose work was cancelled for a stop."""
        ...

    def interrupted(self) -> Failure | Suspended:
        """What becomes of a run whose server ended under it, in order or in a crash."""
        ...
