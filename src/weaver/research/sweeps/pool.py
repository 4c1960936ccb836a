"""Who runs the trials of a sweep: this process, or others beside it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from weaver.greta.sweep.space import Point
from weaver.greta.sweep.trials import Outcome
from weaver.research.sweeps.runner import TrialRunner

Numbered = tuple[int, Point]


class TrialPool(Protocol):
    """Runs trials, in whatever order and place."""

    def run(self, trials: Sequence[Numbered]) -> Iterator[Outcome]:
        """The outcome of each, as they come in. A trial that fails, or ends its process, is an outcome with an error.
        Whoever stops taking them stops the trials."""

    def close(self) -> None:
        """Let go of all that was begun."""


class OwnProcess:
    """Runs them here, one after the other."""

    def __init__(self, runner: TrialRunner) -> None:
        self._runner = runner

    def run(self, trials: Sequence[Numbered]) -> Iterator[Outcome]:
        """See `TrialPool`."""
        for number, point in trials:
            yield self._runner.run(number, point)

    def close(self) -> None:
        """See `TrialPool`."""
