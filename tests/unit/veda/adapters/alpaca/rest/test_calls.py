"""What the end of a request means: accepted, refused, unknown; an answer, or none."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from weaver.model.errors import InputError, NotFound, OverLimit, ReadOnly, Unavailable
from weaver.veda.adapters.alpaca.rest import calls
from weaver.veda.adapters.alpaca.rest.bucket import Priority, TokenBucket
from weaver.veda.adapters.alpaca.rest.calls import Calls
from weaver.veda.adapters.alpaca.rest.failures import AnswerLost, Broken, Declined, NotSent
from weaver.veda.adapters.alpaca.wire.refusals import VenueError
from weaver.veda.exchange.answers import Accepted, Answer, Reason, Refused, Unknown
from weaver.veda.exchange.setup import always

pytestmark = pytest.mark.anyio
Act = Callable[[], object]


class FakeRequests:
    """Does what it is told, one thing after the other, the last for ever."""

    def __init__(self, *acts: Act) -> None:
        self.acts = list(acts)
        self.count = 0

    def request(self, client: str, method: str, path: str, data: object) -> object:
        self.count += 1
        act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        return act()

    def close(self) -> None:
        """Nothing is open."""


def fails(error: Exception) -> Act:
    def act() -> object:
        raise error

    return act


def says(status: int, message: str = "no", code: int = 1) -> Act:
    return fails(Declined(VenueError(status, code, message)))


def on(requests: FakeRequests, wall: SleepingWall | None = None, **bucket: int) -> Calls:
    wall = wall or SleepingWall()
    turns = TokenBucket(200, seconds=lambda: wall.now().timestamp(), wait=wall.sleep, **bucket)
    return Calls(lambda: requests, turns, turns, may_send=always)


async def commanded(requests: FakeRequests) -> Answer[object]:
    return await on(requests).command("post", "/orders", {}, lambda found: found, priority=Priority.ORDER)


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (lambda: {"id": "x"}, Accepted(value={"id": "x"})),
        (fails(AnswerLost("gone")), Unknown(message="gone")),
        (fails(NotSent("nobody there")), Refused(reason=Reason.UNREACHABLE, message="nobody there", was_sent=False)),
        (
            says(403, "insufficient buying power"),
            Refused(reason=Reason.BUYING_POWER, message="insufficient buying power"),
        ),
        (says(418, "teapot"), Refused(reason=Reason.OTHER, message="teapot")),
    ],
)
async def test_command_answers_with_what_is_known(act: Act, answer: Answer[object]) -> None:
    requests = FakeRequests(act)
    assert await commanded(requests) == answer
    assert requests.count == 1


async def test_429_is_sent_again_as_it_was_not_looked_at() -> None:
    requests = FakeRequests(says(429), says(429), lambda: "done")
    assert await commanded(requests) == Accepted(value="done")
    assert requests.count == 3


async def test_429_again_and_again_is_told() -> None:
    requests, wall = FakeRequests(says(429, "too many requests")), SleepingWall()
    one = on(requests, wall)
    answer = await one.command("post", "/orders", {}, lambda found: found, priority=Priority.ORDER)
    assert answer == Refused(reason=Reason.RATE_LIMIT, message="too many requests")
    assert requests.count == 4
    assert sum(wall.slept) == pytest.approx(1 + 4 + 8, abs=2)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (fails(AnswerLost("gone")), Unavailable),
        (fails(NotSent("nobody there")), Unavailable),
        (says(404, "order not found"), NotFound),
        (says(404, "HTTP 404", code=0), Unavailable),
        (says(408), Unavailable),
        (says(429), OverLimit),
        (says(403, "subscription does not permit querying recent SIP data"), InputError),
        (says(422), InputError),
    ],
)
async def test_question_without_an_answer_raises(act: Act, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        await on(FakeRequests(act)).question("/account")
    assert type(caught.value) is error
    assert "/account" in str(caught.value) or error is NotFound


async def test_question_whose_connection_broke_is_asked_once_more() -> None:
    """A venue closes connections that are idle, and may do so just as one is used again."""
    requests = FakeRequests(fails(Broken("closed")), lambda: "bars")
    assert await on(requests).question("/stocks/bars", client="stocks") == "bars"
    requests = FakeRequests(fails(Broken("closed")))
    with pytest.raises(Unavailable, match="closed"):
        await on(requests).question("/stocks/bars", client="stocks")
    assert requests.count == 2


async def test_command_whose_connection_broke_is_not_sent_again() -> None:
    requests = FakeRequests(fails(Broken("closed")), lambda: "done")
    assert await commanded(requests) == Unknown(message="closed")
    assert requests.count == 1


async def test_call_without_an_answer_is_given_up_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "CALL_SECONDS", 0.1)
    monkeypatch.setattr(calls, "LOAD_SECONDS", 0.1)
    go = threading.Event()
    answer = await commanded(FakeRequests(lambda: go.wait(60)))
    go.set()
    assert isinstance(answer, Unknown)
    assert "none within 0.2 s" in answer.message


async def test_call_that_gets_no_turn_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = FakeRequests(lambda: "done")

    async def never(_seconds: float) -> None:
        await asyncio.Event().wait()

    turns = TokenBucket(200, seconds=lambda: 0.0, wait=never, held=2, kept=0)
    one = Calls(lambda: requests, turns, turns, may_send=always)
    for _ in range(2):
        await one.question("/clock")
    monkeypatch.setattr(calls, "CALL_SECONDS", 0.05)
    answer = await one.command("post", "/orders", {}, lambda found: found, priority=Priority.ORDER)
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.was_sent, requests.count) == (Reason.RATE_LIMIT, False, 2)
    with pytest.raises(OverLimit, match="was not asked GET /account: too many requests a minute"):
        await one.question("/account")
    one.close()


async def test_closing_ends_calls_that_are_under_way_and_lets_none_begin() -> None:
    go = threading.Event()
    requests = FakeRequests(lambda: go.wait(60))
    one = on(requests)
    call = asyncio.create_task(one.command("post", "/orders", {}, lambda found: found, priority=Priority.ORDER))
    question = asyncio.create_task(one.question("/account"))
    while requests.count < 2:
        await asyncio.sleep(0.01)
    one.close()
    assert await call == Unknown(message="the adapter was closed")
    with pytest.raises(Unavailable, match="the adapter was closed"):
        await question
    assert isinstance(await one.command("delete", "/x", None, lambda _found: None, priority=Priority.CANCEL), Refused)
    assert requests.count == 2
    go.set()


async def test_call_that_its_caller_gives_up_is_given_up() -> None:
    go = threading.Event()
    one = on(FakeRequests(lambda: go.wait(60)))
    call = asyncio.create_task(one.question("/account"))
    await asyncio.sleep(0.05)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    go.set()


async def test_order_whose_turn_comes_after_a_takeover_is_not_sent() -> None:
    """It was asked for while the account was still this server's, and had to wait."""
    requests, elapsed, is_taken_over = FakeRequests(dict), 0.0, False

    async def wait(seconds: float) -> None:
        nonlocal elapsed, is_taken_over
        elapsed, is_taken_over = elapsed + seconds, True

    async def may_send() -> None:
        if is_taken_over:
            raise ReadOnly("another one has owned the database")

    turns = TokenBucket(200, seconds=lambda: elapsed, wait=wait, held=1)
    one = Calls(lambda: requests, turns, turns, may_send=may_send)
    first, second = await asyncio.gather(ordered(one), ordered(one), return_exceptions=True)
    assert first == Accepted(value={})
    assert isinstance(second, ReadOnly)
    assert requests.count == 1
    assert await one.question("/clock") == {}


async def test_order_is_not_sent_while_nobody_can_say_whose_the_account_is() -> None:
    requests = FakeRequests(dict)

    async def may_send() -> None:
        raise Unavailable("the database is away")

    turns = TokenBucket(200, seconds=lambda: 0.0, wait=asyncio.sleep)
    answer = await ordered(Calls(lambda: requests, turns, turns, may_send=may_send))
    assert answer == Refused(reason=Reason.UNREACHABLE, message="the database is away", was_sent=False)
    assert requests.count == 0


async def ordered(one: Calls) -> Answer[object]:
    return await one.command("post", "/orders", {}, lambda found: found, priority=Priority.ORDER)


async def test_what_is_asked_of_data_takes_no_turn_of_trading() -> None:
    """Alpaca counts them apart; so where data is over its limit, an order goes all the same."""
    wall = SleepingWall()
    requests = FakeRequests(says(429), lambda: "bars", lambda: "done")
    trading, data = (
        TokenBucket(200, seconds=lambda: wall.now().timestamp(), wait=wall.sleep, held=2, kept=0) for _ in range(2)
    )
    one = Calls(lambda: requests, trading, data, may_send=always)
    assert await one.question("/stocks/bars", client="stocks") == "bars"
    slept = len(wall.slept)
    assert slept > 0
    assert await ordered(one) == Accepted(value="done")
    assert len(wall.slept) == slept
