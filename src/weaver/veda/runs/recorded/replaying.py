"""A run's recorded inputs, fed to its strategy once more: it decides the same, byte for byte, or the first difference
is named. So a strategy's own state comes back after a crash, and so a record is checked."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile, zip_longest

from weaver.model.errors import DataError, InputError, WeaverError
from weaver.veda.ports import Decider, Decision, RecordedTick
from weaver.veda.runs.recorded.codec import decode_setup

TICKS_AT_ONCE = 200
"""So many are handed to the decider before the first of their decisions is looked at."""
ALTERED = "the record is not what was written down then: its bytes were changed since"
_NOTHING = "nothing"
Followed = Callable[[RecordedTick], None]
"""Told of each tick that was decided the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first action that is not the recorded one."""

    number: int
    """Of the tick; 0: the start."""
    time: datetime
    recorded: bytes | None
    """None: there is no action in this place."""
    again: bytes | None
    inputs: bytes
    """What it was given at that tick."""
    is_altered: bool = False
    """Whether that is not what was written down then: nothing was decided of it."""

    def __str__(self) -> str:
        if self.is_altered:
            return altered_told(self.number, self.time)
        where = _where(self.number, self.time)
        return f"{where} it decided {_told(self.recorded)}, and now {_told(self.again)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How far a replay came."""

    ticks: int
    """How many decided the same, the start among them."""
    difference: Difference | None = None


def altered_told(number: int, time: datetime) -> str:
    """That what is recorded of a tick is not what was written down then."""
    return f"{_where(number, time)} {ALTERED}"


def warmup_digests(setup: bytes) -> tuple[str, ...]:
    """The digests of the warm-up bars that a setup's strategy needs, each once. Raises DataError."""
    return tuple(dict.fromkeys(one.warmup for one in decode_setup(setup).symbols))


async def replay(
    decider: Decider,
    ticks: AsyncIterator[RecordedTick],
    warmups: Mapping[str, bytes],
    followed: Followed = lambda _tick: None,
) -> Replayed:
    """Feed recorded ticks to a new decider, up to the first that it decides otherwise. It then stands where the run
    stood after the last of them.

    `warmups`: the bars of the digests in the setup. A tick whose inputs were altered is a difference. Raises DataError
    where a tick is left out, InputError, which names it, where one cannot have been given, and what the decider raises.
    """
    done = 0
    async for some in _together(ticks):
        whole = list(takewhile(lambda tick: not tick.is_altered, some))
        decisions, error = await _decided(decider, whole, warmups) if whole else ([], None)
        for tick, decision in zip(whole, decisions, strict=False):
            if tick.actions != decision.actions:
                return Replayed(ticks=done, difference=_difference(tick, decision))
            done += 1
            followed(tick)
        if error is not None:
            raise _placed(error, whole[len(decisions)])
        if len(whole) < len(some):
            return Replayed(ticks=done, difference=_altered(some[len(whole)]))
    return Replayed(ticks=done)


async def _together(ticks: AsyncIterator[RecordedTick]) -> AsyncIterator[Sequence[RecordedTick]]:
    """Many at a time; the start by itself. Raises DataError where one is left out."""
    some, number = list[RecordedTick](), 0
    async for tick in ticks:
        if tick.number != number:
            raise DataError(f"run {tick.run_id}: tick {number} is not recorded, but tick {tick.number} is")
        some.append(tick)
        number += 1
        if tick.number == 0 or len(some) == TICKS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


async def _decided(
    decider: Decider, ticks: Sequence[RecordedTick], warmups: Mapping[str, bytes]
) -> tuple[Sequence[Decision], Exception | None]:
    """What it decides, up to where it fails."""
    if ticks[0].number == 0:
        return [await decider.start(ticks[0].inputs, warmups)], None
    decisions: list[Decision] = []
    try:
        async for decision in decider.decide_all([tick.inputs for tick in ticks]):
            decisions.append(decision)  # noqa: PERF401 - those before an error are wanted too
    except (WeaverError, TimeoutError) as error:
        return decisions, error
    return decisions, None


def _placed(error: Exception, tick: RecordedTick) -> Exception:
    """With the tick whose record is at fault; what the strategy or its process is at fault with stays as it is."""
    if not isinstance(error, InputError):
        return error
    where = f"tick {tick.number} ({tick.time.isoformat()})"
    return error.reworded(f"what is recorded of {where} is not what a run was given: {error}")


def _difference(tick: RecordedTick, decision: Decision) -> Difference:
    pairs = zip_longest(tick.actions, decision.actions)
    recorded, again = next((recorded, again) for recorded, again in pairs if recorded != again)
    return Difference(number=tick.number, time=tick.time, recorded=recorded, again=again, inputs=tick.inputs)


def _altered(tick: RecordedTick) -> Difference:
    recorded = tick.actions[0] if tick.actions else None
    return Difference(
        number=tick.number, time=tick.time, recorded=recorded, again=None, inputs=tick.inputs, is_altered=True
    )


def _where(number: int, time: datetime) -> str:
    return f"{'at its start' if number == 0 else f'at tick {number}'} ({time.isoformat()})"


def _told(action: bytes | None) -> str:
    return _NOTHING if action is None else action.decode("ascii", errors="replace")
