"""How many messages a channel gets: of a burst the first few, and then one that counts the rest."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from weaver.veda.notifications.notification import Level, Notification, written

KIND_A_MINUTE, ALL_AN_HOUR = 5, 30
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COUNTS_APART = timedelta(minutes=10)
"""Between two messages that count, while the hour's are used up: what is grave is not held back for longer."""
OLD = HOUR
"""What is older is not sent one by one: it was recorded while nothing could be sent."""
OLD_SETTLES = timedelta(seconds=5)
"""So long after the last old one no more is expected."""


@dataclass(slots=True, kw_only=True)
class _Counted:
    """Messages of one kind that were not sent one by one."""

    count: int = 0
    first: datetime
    last: datetime
    title: str


@dataclass(slots=True)
class _Count:
    """Those that wait to be told of in one message."""

    kinds: dict[str, _Counted] = field(default_factory=dict)
    changed: datetime | None = None
    """When the last one came."""
    begun: datetime | None = None

    def add(self, one: Notification, at: datetime) -> None:
        known = self.kinds.setdefault(str(one.kind), _Counted(first=one.at, last=one.at, title=one.title))
        known.count += 1
        known.last, known.title = one.at, one.title
        self.begun, self.changed = self.begun or at, at

    def message(self, title: str, at: datetime) -> Notification:
        """All of them. Afterwards nothing is counted."""
        total, lines = sum(one.count for one in self.kinds.values()), tuple(_lines(self.kinds.items()))
        self.kinds, self.begun, self.changed = {}, None, None
        return Notification(
            kind=None, subject="count", title=f"Weaver: {total} {title}", lines=lines, at=at, level=Level.WARNING
        )


def _lines(kinds: Iterable[tuple[str, _Counted]]) -> Iterable[str]:
    for kind, one in kinds:
        yield f"{kind.replace('_', ' ')}: {one.count}, from {written(one.first)} to {written(one.last)}"
        yield f"  the last: {one.title}"
    yield "Look: /settings, and the events of /api/v1/events"


class Limiter:
    """One channel's. What it is offered is counted by when it was recorded, so that a channel that lags behind is
    limited as one that does not."""

    def __init__(self) -> None:
        self._sent: deque[datetime] = deque()
        self._of_kind: dict[str, deque[datetime]] = {}
        self._said: dict[tuple[str, str], datetime] = {}
        self._held, self._old = _Count(), _Count()
        self._counted_at: datetime | None = None

    def offer(self, one: Notification, now: datetime) -> bool:
        """Whether to send it now. If not it is counted, and told of by `due` later."""
        if now - one.at > OLD:
            self._old.add(one, now)
            return False
        if self._is_repeated(one) or not self._has_room(one):
            self._held.add(one, one.at)
            return False
        self._sent.append(one.at)
        self._of_kind.setdefault(str(one.kind), deque()).append(one.at)
        return True

    def due(self, now: datetime) -> Notification | None:
        """The message that counts what was held back, once its time has come."""
        if self._old.changed is not None and now - self._old.changed >= OLD_SETTLES:
            return self._old.message("notifications from over an hour ago, when nothing could be sent", now)
        if self._held.begun is None or now - self._held.begun < MINUTE:
            return None
        _drop(self._sent, now - HOUR)
        if len(self._sent) >= ALL_AN_HOUR and self._counted_at and now - self._counted_at < COUNTS_APART:
            return None
        self._counted_at = now
        self._sent.append(now)
        return self._held.message("more notifications", now)

    def _is_repeated(self, one: Notification) -> bool:
        self._said = {what: at for what, at in self._said.items() if one.at - at < MINUTE}
        what = (str(one.kind), one.subject)
        if what in self._said:
            return True
        self._said[what] = one.at
        return False

    def _has_room(self, one: Notification) -> bool:
        of_kind = self._of_kind.setdefault(str(one.kind), deque())
        _drop(of_kind, one.at - MINUTE)
        _drop(self._sent, one.at - HOUR)
        return len(of_kind) < KIND_A_MINUTE and len(self._sent) < ALL_AN_HOUR


def _drop(times: deque[datetime], until: datetime) -> None:
    while times and times[0] <= until:
        times.popleft()
