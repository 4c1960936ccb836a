"""What a live run needs of its account and of its feed."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from weaver.events.payloads import Payload
from weaver.model.orders.actions import FetchWindow
from weaver.veda.inputs import InputBar, LateBar, WindowBars, WindowFailed
from weaver.veda.ports import RecordedTick
from weaver.veda.risk.refusal import Refusal
from weaver.veda.trading.intents import Intent


class Tick(Protocol):
    """An instant at which bars of the run closed, and these."""

    @property
    def time(self) -> int: ...
    @property
    def bars(self) -> Sequence[InputBar]: ...


class TickSource(Protocol):
    """The ticks of one run."""

    async def next(self) -> Tick | None:
        """The next, when it is decided; None when there are no more (a replay has ended)."""
        ...

    def take_late(self) -> tuple[LateBar, ...]:
        """Bars that came after their ticks, since this was last called."""
        ...


class WindowSource(Protocol):
    """Answers requests for history."""

    async def answer(self, request: FetchWindow, asked: int) -> WindowBars | WindowFailed:
        """The newest bars that had closed at an instant (ns). Raises nothing."""
        ...


class CarriesOut(Protocol):
    """Where a run's orders go."""

    async def carry_out(
        self,
        intents: Sequence[Intent],
        *,
        corr_id: str | None = None,
        tick: RecordedTick | None = None,
        says: Sequence[Payload] = (),
        blobs: Sequence[bytes] = (),
    ) -> Mapping[str, Refusal]:
        """See `Trader.carry_out`."""
        ...
