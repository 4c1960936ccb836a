"""What notifications need of others."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from weaver.model.run import Run
from weaver.veda.notifications.notification import Notification

FindRun = Callable[[str], Awaitable[Run | None]]
"""A run by its id; None: there is none. Raises Unavailable."""


class Sender(Protocol):
    """Sends messages to whatever a URL stands for. It takes bounded time, and its texts have nothing of a URL."""

    async def send(self, url: str, one: Notification) -> str | None:
        """None once it was taken; else why it was not, in a few words."""
        ...

    async def usable(self, urls: Sequence[str]) -> Sequence[bool]:
        """Of each URL, whether it can be sent to at all, by its text. Raises Unavailable where nobody can say."""
        ...
