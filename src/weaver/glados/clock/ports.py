"""What keeps time, what says when bars end, and what ticks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class WallClock(Protocol):
    """The time of the world, and waiting in it."""

    def now(self) -> datetime:
        """The time, UTC and aware. It may be stepped, forwards or backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after about that long; a step of the clock makes it neither shorter nor longer."""
        ...


class Schedule(Protocol):
    """When bars end. Instants are ns since the epoch (UTC)."""

    @property
    def spacing(self) -> int:
        """How far apart bar ends usually are (ns); closing hours part them further."""
        ...

    def after(self, instant: int) -> int:
        """The first bar end past `instant`."""
        ...

    def newest(self, count: int, *, after: int, until: int) -> list[int]:
        """The last `count` of the bar ends with after < end ≤ until, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTick:
    """Bars end now."""

    time: datetime
    """The bar end itself, whenever the tick was delivered."""
    is_late: bool = False
    """It was due noticeably before it was delivered: dealing with the last one took long, or the clock was stepped."""
    skipped_after: datetime | None = None
    """Set where too many ticks were missed: those after this time and before `time` are never delivered."""
