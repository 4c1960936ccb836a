"""What the HTTP API asks of whatever creates, starts and ends runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from weaver.model.run import Run, RunMode


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run as it is asked for; its shape has been checked, its meaning has not."""

    name: str | None = None
    """None: the manager makes one."""
    strategy_id: str
    mode: RunMode
    symbols: tuple[str, ...]
    timeframe: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    """Inclusive."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """The strategy's parameters."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Those of `RUN_OPTIONS` that were given, as JSON values; amounts are decimal strings."""
    venue: str | None = None
    risk: Mapping[str, Any] | None = None
    on_error: str | None = None
    promotion: Mapping[str, Any] | None = None
    """Gates that differ from the defaults, for a run that is to be made of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A run is promoted though it has not shown enough."""

    reason: str
    gates: tuple[str, ...]
    """Those that are not met, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy the runs' workers are at this moment."""

    running: int
    """Runs that have something working for them."""
    queued: int
    """Backtests that wait for a worker."""
    workers: int
    """Backtests that can be worked on at the same time."""
    is_ready: bool
    """False where no backtest could be worked on: the pool is closed, or its processes cannot be started."""


class RunManager(Protocol):
    """Creates, starts, stops, clones, promotes and deletes runs; `corr_id` goes into every event that a request sets in
    motion.

    Raises NotFound for an unknown run, Conflict where its status does not allow the request, InputError (or
    StrategyError) for what cannot be used, and Unavailable where a database or venue is missing.
    """

    async def create(self, new: NewRun, *, corr_id: str) -> Run:
        """A pending run with its strategy's source pinned. An unknown strategy is an InputError, not NotFound."""
        ...

    async def preview(self, new: NewRun) -> Run:
        """The run that `create` would make, checked as it checks it; it is not kept."""
        ...

    async def start(self, run_id: str, *, confirm: str | None, corr_id: str) -> Run:
        """Start a pending run and answer at once. `confirm`: the run's name, which a live run demands."""
        ...

    async def stop(self, run_id: str, *, flatten: bool, corr_id: str) -> Run:
        """Stop a running run (`flatten`: and close its positions) and return it when it is stopped; still running where
        that takes longer than ten seconds. Of one that is over, `flatten` closes what it has left."""
        ...

    async def clone(self, run_id: str, *, corr_id: str) -> Run:
        """A new pending run with the same settings and the same source."""
        ...

    async def promote(self, after: Run, *, override: Override | None, corr_id: str) -> Run:
        """A new pending run, `promoted_from` another one. after: that one, under its own id, with the settings that the
        new one is to have."""
        ...

    async def delete(self, run_id: str, *, corr_id: str) -> None:
        """Remove a run with its whole record. Conflict while it is running, or still holds something at its venue."""
        ...

    @property
    def load(self) -> Load:
        """How busy the workers are."""
        ...
