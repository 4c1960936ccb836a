"""A message for people, and its kinds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from weaver.model.errors import InputError


class NotificationKind(StrEnum):
    """What a message is about; each can be left out (`NOTIFY_KINDS`)."""

    RUN_ERROR = "run_error"
    RUN_HALTED = "run_halted"
    RUN_STOPPED = "run_stopped"
    LIMIT_BREACHED = "limit_breached"
    KILL_SWITCH = "kill_switch"
    """On and off."""
    FEED = "feed"
    """Stale and restored."""
    PROTECTION = "protection"
    """Lost and restored."""
    ORDER_WARNED = "order_warned"
    """An order is not as whoever placed it would think."""
    DAILY_SUMMARY = "daily_summary"


ALL_KINDS = frozenset(NotificationKind)


class Level(StrEnum):
    """How grave it is, by Apprise's names."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A title and a few plain lines."""

    kind: NotificationKind | None
    """None: of many kinds, or a test."""
    subject: str
    """What it is about: two of one kind and subject within a minute say the same."""
    title: str
    lines: tuple[str, ...]
    at: datetime
    """When it was recorded, UTC."""
    level: Level = Level.INFO

    @property
    def body(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


def kinds_of(text: str) -> frozenset[NotificationKind]:
    """The kinds that a list names, `run_error, kill_switch`; all of them where it names none. Raises InputError."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {str(kind): kind for kind in NotificationKind}
    if wrong := [name for name in names if name not in known]:
        raise InputError(f"NOTIFY_KINDS: {wrong[0]!r} is no kind of notification: there are {', '.join(known)}")
    return frozenset(known[name] for name in names) or ALL_KINDS


def written(time: datetime) -> str:
    """A time as messages have it."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
