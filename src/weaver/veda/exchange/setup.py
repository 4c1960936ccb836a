"""What an adapter is given to live on: time, chance, and its settings."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from weaver.model.run import RunMode


class Wall(Protocol):
    """The time of the world, and waiting in it."""

    def now(self) -> datetime:
        """The time, UTC and aware."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after about that long."""
        ...


async def always() -> None:
    """Nobody else could take the account over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a root hands to the adapter that it makes."""

    mode: RunMode
    wall: Wall
    chance: Callable[[], float]
    """A number from 0 to 1, for jitter."""
    settings: Mapping[str, str] = field(repr=False)
    """The environment variables that the adapter's class names in `settings`, and that are set. Keys are among them."""
    account_id: str | None = None
    """The account that was connected before, for a venue that makes accounts up."""
    may_send: Callable[[], Awaitable[None]] = always
    """Raises ReadOnly where another server has taken the account over: asked last before anything is ordered that had
    to wait for its turn."""
    told: Callable[[str, Mapping[str, object]], None] = lambda _what, _facts: None
    """Is told what happens that no call shows, for the log: a word, and facts. Never a secret."""
