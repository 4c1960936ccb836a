"""A run's recorded inputs, fed to its strategy once more: it decides the same, byte for byte, or the first difference
is named. So a strategy's own state comes back after a crash, and so a record is checked."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from weaver.model.errors import DataError
from weaver.veda.ports import Decider, RecordedTick
from weaver.veda.runs.recorded.codec import decode_setup

_NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first action that is not the recorded one."""

    number: int
    """Of the tick; 0: the start."""
    time: datetime
    recorded: bytes | None
    """None: there is no action in this place."""
    again: bytes | None

    def __str__(self) -> str:
        where = "at its start" if self.number == 0 else f"at tick {self.number}"
        return f"{where} ({self.time.isoformat()}) it decided {_told(self.recorded)}, and now {_told(self.again)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How far a replay came."""

    ticks: int
    """How many decided the same, the start among them."""
    difference: Difference | None = None


def warmup_digests(setup: bytes) -> tuple[str, ...]:
    """The digests of the warm-up bars that a setup's strategy needs, each once. Raises DataError."""
    return tuple(dict.fromkeys(one.warmup for one in decode_setup(setup).symbols))


async def replay(decider: Decider, ticks: AsyncIterator[RecordedTick], warmups: Mapping[str, bytes]) -> Replayed:
    """Feed recorded ticks to a new decider, up to the first that it decides otherwise. It then stands where the run
    stood after the last of them.

    `warmups`: the bars of the digests in the setup. Raises DataError where a tick is left out, and what the decider
    raises.
    """
    done = 0
    async for tick in ticks:
        if tick.number != done:
            raise DataError(f"run {tick.run_id}: tick {done} is not recorded, but tick {tick.number} is")
        if tick.number == 0:
            decision = await decider.start(tick.inputs, warmups)
        else:
            decision = await decider.decide(tick.inputs)
        for recorded, again in zip_longest(tick.actions, decision.actions):
            if recorded != again:
                difference = Difference(number=tick.number, time=tick.time, recorded=recorded, again=again)
                return Replayed(ticks=done, difference=difference)
        done += 1
    return Replayed(ticks=done)


def _told(action: bytes | None) -> str:
    return _NOTHING if action is None else action.decode("ascii", errors="replace")
