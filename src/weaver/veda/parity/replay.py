"""A run's record checked: its inputs fed to its strategy once more, and every decision compared, byte for byte."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from weaver.model.errors import RunFailed, StrategyError, WorkerLost
from weaver.veda.parity.readable import action_told, inputs_told
from weaver.veda.ports import Decider, RecordedTick
from weaver.veda.runs.recorded.replaying import ALTERED, Difference, replay

Followed = Callable[[RecordedTick], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDifference:
    """The first decision that is not the recorded one, with what the strategy had been given."""

    number: int
    """Of the tick; 0: the start."""
    time: datetime
    recorded: str
    """In words; `nothing` where there was no action in this place."""
    again: str
    recorded_action: str | None
    """Its canonical text (`model.orders.action_bytes`); None: there is no action in this place."""
    again_action: str | None
    error: str | None
    """Why nothing was decided: the strategy failed at this tick, and had not; or the record was altered."""
    is_altered: bool
    """Whether what is recorded of the tick is not what was written down then."""
    inputs: tuple[str, ...]
    """What the tick brought, a line each, in the order in which it reached the strategy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """How far a run's recorded inputs lead to its recorded decisions."""

    run_id: str
    at: datetime
    """When it was looked at."""
    ticks: int
    """How many were decided the same, the start among them."""
    actions: int
    """How many actions were compared in them."""
    first: datetime | None
    """The run's start; None where the first tick differs."""
    last: datetime | None
    """Of the newest tick that was decided the same."""
    difference: ReplayDifference | None

    @property
    def is_identical(self) -> bool:
        """Whether all decisions are the recorded ones."""
        return self.difference is None


class _Way:
    """How far a replay has come."""

    def __init__(self, followed: Followed) -> None:
        self._followed = followed
        self.ticks = self.actions = 0
        self.first: datetime | None = None
        self.last: datetime | None = None
        self._waiting: dict[int, RecordedTick] = {}

    async def through(self, ticks: AsyncIterator[RecordedTick]) -> AsyncIterator[RecordedTick]:
        """The ticks; those are remembered of which nothing was decided yet."""
        async for tick in ticks:
            self._waiting[tick.number] = tick
            yield tick

    def follow(self, tick: RecordedTick) -> None:
        """It was decided the same."""
        del self._waiting[tick.number]
        self.ticks += 1
        self.actions += len(tick.actions)
        self.first, self.last = self.first or tick.time, tick.time
        self._followed(tick)

    def failed(self, error: str) -> ReplayDifference:
        """At the next one, which it was given, the strategy failed."""
        tick = self._waiting[self.ticks]
        recorded = tick.actions[0] if tick.actions else None
        return ReplayDifference(
            number=tick.number,
            time=tick.time,
            recorded=action_told(recorded),
            again=action_told(None),
            recorded_action=_text(recorded),
            again_action=None,
            error=error,
            is_altered=False,
            inputs=inputs_told(tick.number, tick.inputs),
        )


async def replay_report(
    run_id: str,
    *,
    decider: Decider,
    ticks: AsyncIterator[RecordedTick],
    warmups: Mapping[str, bytes],
    at: datetime,
    followed: Followed,
) -> ReplayReport:
    """Feed a run's recorded ticks to a new decider. `warmups`: the bars before it, by digest; `followed`: is told of
    each tick that was decided the same.

    A strategy that fails where it did not is a difference. Raises DataError where a tick is left out or cannot be read,
    InputError where it cannot have been given, and WorkerLost and TimeoutError, which say nothing of the strategy.
    """
    way = _Way(followed)
    try:
        found = (await replay(decider, way.through(ticks), warmups, way.follow)).difference
        difference = None if found is None else _told(found)
    except (StrategyError, RunFailed) as error:
        if isinstance(error, WorkerLost):
            raise
        difference = way.failed(str(error))
    return ReplayReport(
        run_id=run_id,
        at=at,
        ticks=way.ticks,
        actions=way.actions,
        first=way.first,
        last=way.last,
        difference=difference,
    )


def _told(found: Difference) -> ReplayDifference:
    return ReplayDifference(
        number=found.number,
        time=found.time,
        recorded=action_told(found.recorded),
        again=action_told(found.again),
        recorded_action=_text(found.recorded),
        again_action=_text(found.again),
        error=ALTERED if found.is_altered else None,
        is_altered=found.is_altered,
        inputs=inputs_told(found.number, found.inputs),
    )


def _text(action: bytes | None) -> str | None:
    return None if action is None else action.decode("ascii", errors="replace")
