"""One run's ticks: what becomes of an entry whose tick the database does not take for a while."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from tests.unit.veda.live_builders import NOON, live_order
from tests.virtual_wall import VirtualWall
from weaver.model.errors import Unavailable
from weaver.veda.ports import Decision
from weaver.veda.runs.live_run import LiveRun
from weaver.veda.runs.news import News
from weaver.veda.runs.translating import Asked
from weaver.veda.trading.intents import Intent, Place

ENTRY, EXIT = live_order("run-1"), live_order("run-2", "sell", number=2, reduces=True)


@dataclass
class Scene:
    """A strategy that wants an entry and an exit at its start; the database is away for so many tries."""

    away: int
    wall: VirtualWall = field(default_factory=lambda: VirtualWall(NOON))
    setup: bytes = b"{}"
    warmups: Mapping[str, bytes] = field(default_factory=dict)
    carried_out: list[Sequence[Intent]] = field(default_factory=list)

    async def new(self, _run_id: str) -> "Scene":
        return self

    async def start(self, _setup: bytes, _warmups: Mapping[str, bytes]) -> Decision:
        return Decision(actions=(), journal=())

    def asked(self, _actions: Sequence[object], _time: int) -> Asked:
        return Asked(intents=(Place(order=ENTRY), Place(order=EXIT)), requests=(), windows=(), stop_reason=None)

    async def carry_out(self, intents: Sequence[Intent], **_given: object) -> Mapping[str, Any]:
        if self.away:
            self.away -= 1
            raise Unavailable("the database is away")
        self.carried_out.append(intents)
        return {}

    async def ticks(self, _run_id: str, after: int = 0) -> Any:
        for found in ():
            yield found

    def begin(self, *, is_still: bool) -> list[Any]:
        """What was carried out, with the venue's time that of the wall, or one that stands still."""

        def now() -> datetime:
            return NOON if is_still else self.wall.now()

        async def nothing(*_: object) -> None: ...

        run = LiveRun(
            "run", prepared=self, deciders=self, orders=self, store=self, ticks=self, windows=self, translator=self,
            news=News("run"), wall=self.wall, now=now, start=0, corr_id="c", halted=nothing, resumed=nothing,
        )  # type: ignore[arg-type]  # fmt: skip
        asyncio.run(run.begin())
        (intents,) = self.carried_out
        return [(one.order.id, one.order.cancel_asked) for one in intents if isinstance(one, Place)]


LATE = "not sent within 10 s: the database was away when it was decided"


@pytest.mark.parametrize(
    ("away", "is_still", "told"),
    [
        (0, False, None),
        (4, False, None),  # 0.2 + 0.5 + 1 + 2 seconds
        (6, False, LATE),  # and 5, and 5
        (500, True, None),  # a replay's time stands still: its entry is that of the backtest
    ],
)
def test_entry_that_is_late_by_the_venues_time_is_kept_and_not_sent(
    away: int, is_still: bool, told: str | None
) -> None:
    assert Scene(away).begin(is_still=is_still) == [("run-1", told), ("run-2", None)]
