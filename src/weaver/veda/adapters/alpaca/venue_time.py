"""The time that counts at the venue: the machine's, or, of an exchange on this machine, that exchange's own.

A local exchange's time goes at another pace, stands still, or jumps. It is taken from `/v2/clock`: each sample says
where it stands, and two in a row how fast it goes; what streams and orders are stamped with moves it on in between.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from weaver.model.errors import WeaverError
from weaver.veda.exchange.setup import Wall

SAMPLE_SECONDS, SAMPLE_SECONDS_MAX = 1.0, 10.0
"""How long (wall) whoever waits goes without asking for the time: longer, the longer it stood still or went evenly."""
STANDING = 0.5
"""Slower than this, the exchange's time is moved by its control: a jump of it is no skew. On hold each request still
takes it a millisecond on, so that dozens of them in a row look like a slow pace."""
WALKING, EVENLY = 2.0, 0.1
"""Faster than this a busy machine's delays are minutes of the venue's; and where its pace varies by a greater share,
its control moves it. Whatever such a clock shows is its time, and no skew."""
JUMPY = 2.0
"""Two paces that differ by more are jumps, of which none says how time goes on."""
EVEN_SECONDS, UNEVEN = 0.5, 0.05
"""How far a running clock may be from where it was expected: so much, and this share of what has passed."""
OFF_SECONDS = 300.0
"""How long (wall) a clock that jumped while it ran counts as off; then its time is taken for the venue's."""
LEARN_SECONDS, SAMPLES_TO_LEARN = 0.2, 3
PACED_SECONDS = 0.1
"""Samples that lie closer together say nothing of a pace."""


class VenueTime:
    """`ask` asks the venue for its time and answers by calling `sample`."""

    def __init__(self, wall: Wall, *, is_own: bool, ask: Callable[[], Awaitable[object]]) -> None:
        self._wall, self._is_own, self._ask = wall, is_own, ask
        self._venue = self._at = wall.now()
        self._paces = [1.0, 1.0]
        self._samples = 0
        self._paced = (self._venue, self._at)
        """The sample from which on the pace is measured: the venue's time, and the wall's."""
        self._off_since: datetime | None = None
        self._every = SAMPLE_SECONDS
        self._looked = self._at
        self._is_asking = False
        self._elapsed, self._counted = 0.0, (self._venue, self._at)

    def now(self) -> datetime:
        """The venue's time, as far as it is known."""
        if not self._is_own:
            return self._wall.now()
        return self._venue + (self._wall.now() - self._at) * self._pace

    @property
    def _pace(self) -> float:
        """How many of the venue's seconds pass in one of the wall's, as far as anybody can tell: rather too few."""
        slowest, fastest = min(self._paces), max(self._paces)
        return slowest if fastest <= JUMPY * slowest else min(slowest, 1.0)

    def elapsed(self) -> float:
        """Seconds for rate limits, from some instant on: the venue's, or the wall's where these go faster, for a time
        that stands still would never allow another request."""
        venue, wall = self.now(), self._wall.now()
        steps = (venue - self._counted[0]).total_seconds(), (wall - self._counted[1]).total_seconds()
        self._elapsed += max(0.0, *steps)
        self._counted = venue, wall
        return self._elapsed

    def observe(self, stamp: datetime) -> None:
        """Something at the venue happened then, so its time is that at least."""
        if self._is_own and stamp > self.now():
            self._venue, self._at, self._every = stamp, self._wall.now(), SAMPLE_SECONDS
            self._off_since = None

    def sample(self, time: datetime, *, asked: datetime, answered: datetime) -> float:
        """The venue said what time it is, between two instants of the wall. Returns by how many seconds it is ahead."""
        between = asked + (answered - asked) / 2
        if not self._is_own:
            return (time - between).total_seconds()
        ahead = (time - self.now()).total_seconds() if self._samples else 0.0
        if between < self._at:  # an answer that was overtaken
            return ahead
        if self._samples < SAMPLES_TO_LEARN or not self._is_worlds_pace():
            self._follow(time, between, ahead)
            return 0.0
        if not self._is_off(ahead, time, between):
            self._follow(time, between, ahead)
        return ahead

    def _is_worlds_pace(self) -> bool:
        slowest, fastest = min(self._paces), max(self._paces)
        return slowest >= STANDING and fastest <= WALKING and fastest - slowest <= EVENLY * fastest

    def _is_off(self, ahead: float, time: datetime, at: datetime) -> bool:
        """Whether a clock that runs is off, rather than somewhat faster or slower than was thought. It counts as off
        until something is stamped with its time, or it has been so for long."""
        passed = abs((time - self._venue).total_seconds())
        if abs(ahead) <= EVEN_SECONDS * max(1.0, self._pace) + UNEVEN * min(passed, abs(passed - abs(ahead))):
            self._off_since = None
            return False
        self._off_since = self._off_since or at
        return (at - self._off_since).total_seconds() < OFF_SECONDS

    def _follow(self, time: datetime, at: datetime, ahead: float) -> None:
        passed = (at - self._paced[1]).total_seconds()
        if self._samples and passed >= PACED_SECONDS:
            self._paces = [self._paces[1], max(0.0, (time - self._paced[0]).total_seconds() / passed)]
        if not self._samples or passed >= PACED_SECONDS:
            self._paced = time, at
        self._every = SAMPLE_SECONDS if abs(ahead) > EVEN_SECONDS else min(2 * self._every, SAMPLE_SECONDS_MAX)
        self._venue, self._at, self._off_since = time, at, None
        self._samples += 1

    async def learn(self) -> None:
        """Ask for the time, and for its pace where it is a time of its own. Raises what asking raises."""
        await self._ask()
        for _ in range(SAMPLES_TO_LEARN - 1 if self._is_own else 0):
            await self._wall.sleep(LEARN_SECONDS)
            await self._ask()

    async def sleep(self, seconds: float) -> None:
        """Return after so long by the venue's time."""
        if not self._is_own:
            await self._wall.sleep(seconds)
            return
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            pace = self._pace
            due = left / pace if pace > STANDING else self._every
            await self._wall.sleep(min(due, self._every))
            await self.freshen()

    async def freshen(self, *, at_once: bool = False) -> None:
        """Ask for the time, unless (and not `at_once`) it was asked for lately, or is being asked for. Where asking
        fails, what is known stays."""
        is_fresh = self._is_asking or (self._wall.now() - self._looked).total_seconds() < self._every
        if not self._is_own or (is_fresh and not at_once):
            return
        self._is_asking, self._looked = True, self._wall.now()
        try:
            await self._ask()
        except WeaverError:
            self._every = SAMPLE_SECONDS_MAX
        finally:
            self._is_asking = False
