"""What one channel does with what it is offered, in virtual time."""

import pytest
import structlog

from tests.unit.veda.notifications.told import FakeSender, after, message
from tests.virtual_wall import VirtualWall
from weaver.veda.notifications.channel import Channel
from weaver.veda.notifications.notification import NotificationKind

pytestmark = pytest.mark.anyio
SECRET = "json://user:hunter2secret@desk.example/token"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Told:
    """A channel on a fake sender."""

    def __init__(self, *refusals: str | None) -> None:
        """refusals: what is answered in turn; afterwards all is taken."""
        answers = list(refusals)
        self.sender = FakeSender(lambda _url: answers.pop(0) if answers else None)
        self.wall, self.ends = VirtualWall(), list[tuple[int, bool]]()
        self.channel = Channel(
            2, SECRET, sender=self.sender, now=self.wall.now, wait=self.wall.sleep,
            told=lambda number, is_sent: self.ends.append((number, is_sent)),
        )  # fmt: skip

    @property
    def seconds(self) -> float:
        return (self.wall.now() - after(0)).total_seconds()


async def test_message_that_is_taken_is_sent_once() -> None:
    told = Told()
    await told.channel.take(message())
    assert told.sender.titles(SECRET) == ["title 0"]
    assert (told.channel.sent, told.channel.failed, told.channel.last_failure, told.ends) == (1, 0, None, [(2, True)])


async def test_refused_message_is_tried_again_with_longer_and_longer_waits() -> None:
    told = Told("HTTP 503", "HTTP 503")
    await told.channel.take(message())
    assert (told.sender.titles(SECRET), told.seconds) == (["title 0"] * 3, 12.0)
    assert (told.channel.is_failing, told.ends) == (False, [(2, True)])


async def test_message_is_given_up_after_four_tries_and_the_next_gets_one() -> None:
    told = Told(*["HTTP 500"] * 5)
    with structlog.testing.capture_logs() as logged:
        await told.channel.take(message(1))
        assert (len(told.sender.sent), told.seconds) == (4, 42.0)
        await told.channel.take(message(2))
        assert (len(told.sender.sent), told.seconds) == (5, 42.0)
    assert (told.channel.is_failing, told.channel.failed) == (True, 2)
    assert told.channel.last_failure is not None
    assert (told.channel.last_failure.reason, told.channel.last_failure.at) == ("HTTP 500", after(42))
    assert told.ends == [(2, False)] * 2
    assert [one["channel"] for one in logged] == [2, 2]
    assert "hunter2" not in str(logged)
    await told.channel.take(message(3))
    assert not told.channel.is_failing


async def test_what_is_held_back_is_told_as_a_count_when_it_is_due() -> None:
    told = Told()
    for number in range(8):
        await told.channel.take(message(number))
    await told.channel.tell_count()
    assert len(told.sender.sent) == 5
    await told.wall.sleep(61)
    await told.channel.tell_count()
    await told.channel.tell_count()
    assert told.sender.titles(SECRET)[5:] == ["Weaver: 3 more notifications"]


async def test_test_message_is_sent_past_all_limits_and_once() -> None:
    told = Told()
    for number in range(8):
        await told.channel.take(message(number, kind=NotificationKind.FEED))
    assert (await told.channel.test()).reason is None
    assert told.sender.titles(SECRET)[-1] == "Weaver: a test"
    failing = Told("HTTP 401")
    trial = await failing.channel.test()
    assert (trial.number, trial.scheme, trial.reason) == (2, "json", "HTTP 401")
    assert (len(failing.sender.sent), failing.channel.is_failing) == (1, True)
