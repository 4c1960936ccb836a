"""What the run manager asks of whoever carries runs of a mode out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from weaver.events.payloads import RunCompleted
from weaver.glados.ports import Transaction
from weaver.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A run that went to its end."""

    completed: RunCompleted
    data_hash: str | None
    record: Callable[[Transaction], Awaitable[None]]
    """Writes all that the run leaves behind; in the transaction that makes the run completed, and once more in another
    where that could not be committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A run that failed on its way."""

    error: str
    record: Callable[[Transaction], Awaitable[None]]
    """Writes what it had done; in the transaction that says that it failed."""


class RunContext(Protocol):
    """What a runner tells while it works."""

    @property
    def corr_id(self) -> str:
        """Of the request that started the run."""
        ...

    async def has_worker(self) -> None:
        """The run waits no longer."""
        ...

    async def progress(self, stage: str, fraction: float) -> None:
        """How far the whole is, from 0 to 1. May be called often: few of the calls become events."""
        ...


class Runner(Protocol):
    """Carries out runs of one mode."""

    async def check(self, run: Run) -> None:
        """Raises StrategyError and InputError where the run could not even begin."""
        ...

    async def run(self, run: Run, context: RunContext) -> Outcome | Failure:
        """Go to the run's end, and record nothing before it. Raises WeaverError with the reason where it cannot begin.

        Cancelling the call ends the work within 100 ms; the manager waits a second, then goes on without it.
        """
        ...

    @property
    def workers(self) -> int:
        """How many runs can be worked on at the same time."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether a run could be worked on, as far as is known."""
        ...
