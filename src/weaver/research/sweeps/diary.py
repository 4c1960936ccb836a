"""What a sweep has found out and writes down as it goes."""

import time
from collections.abc import Callable, Mapping

from weaver.greta.sweep.trials import Outcome
from weaver.research.sweeps.kept import outcome_kept
from weaver.walle.trials.store import KeptSweep, KeptTrial, TrialStore

KEEP_SECONDS = 1.0
"""So often trials that have ended are written down."""


class Diary:
    """Writes down trials that have ended, many at a time; `store` is where, None: nowhere."""

    def __init__(self, store: TrialStore | None, row: KeptSweep, *, resume: bool) -> None:
        """Write down that a sweep begins; `resume`: or goes on where it was left off."""
        self._store, self._id = store, row.id
        self._waiting: list[KeptTrial] = []
        self.known: Mapping[int, Outcome] = {}
        """The trials that are not to be run again, by number."""
        if store is not None:
            store.begin(row, anew=not resume)
            self.known = {kept.number: outcome_kept(kept) for kept in store.trials(row.id)}
        self._written = time.monotonic()

    def add(self, make: Callable[[], KeptTrial]) -> None:
        """A trial has ended."""
        if self._store is None:
            return
        self._waiting.append(make())
        if time.monotonic() - self._written > KEEP_SECONDS:
            self.write()

    def write(self) -> None:
        """Write down what has not been."""
        if self._store is not None and self._waiting:
            self._store.keep(self._id, self._waiting)
            self._waiting = []
        self._written = time.monotonic()

    def finish(self) -> None:
        """The last trial has ended."""
        if self._store is not None:
            self._store.finish(self._id)
