"""One request at a time made of many: its turn, its thread, its time-out, and what its end means."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal, Protocol, TypeVar

from weaver.model.errors import InputError, NotFound, OverLimit, Unavailable
from weaver.veda.adapters.alpaca.rest.bucket import Priority, TokenBucket
from weaver.veda.adapters.alpaca.rest.failures import AnswerLost, Broken, Declined, NotSent
from weaver.veda.adapters.alpaca.rest.threads import ClientThreads
from weaver.veda.adapters.alpaca.wire.refusals import VenueError
from weaver.veda.exchange.answers import Accepted, Answer, Reason, Refused, Unknown

T = TypeVar("T")
Client = Literal["trading", "stocks", "crypto", "actions"]
Method = Literal["get", "post", "patch", "delete"]
CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
CALL_SECONDS = 20.0
"""How long (wall) a request may take, its turn and further tries after 429 included."""
LOAD_SECONDS = 30.0
"""How much longer the first one may take, in which the SDK is loaded."""
AT_ONCE = 8
PAUSES_SECONDS = (1.0, 4.0, 8.0)
"""After an answer of 429 there is no turn for so long for what is counted with it. It says that the request has not
been looked at, so it is sent again, as often as there are pauses."""
CLOSED = "the adapter was closed"


class Requests(Protocol):
    """What sends a request, and blocks until it is answered."""

    def request(self, client: str, method: str, path: str, data: object) -> object:
        """The answer's JSON; None for an empty one. Raises NotSent, AnswerLost, Declined."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class Calls:
    """Sends requests off the event loop."""

    def __init__(
        self,
        make: Callable[[], Requests],
        trading: TokenBucket,
        data: TokenBucket,
        *,
        may_send: Callable[[], Awaitable[None]],
    ) -> None:
        """trading, data: the turns of requests of either kind. may_send: see `Setup`."""
        self._threads = ClientThreads(make, at_once=AT_ONCE)
        self._trading, self._data = trading, data
        self._may_send = may_send
        self._closed = asyncio.Event()
        self._is_loaded = False

    def close(self) -> None:
        """End what is under way: nobody hears of its answer."""
        self._closed.set()
        for turns in (self._trading, self._data):
            turns.close()
        self._threads.close()

    async def command(
        self, method: Method, path: str, data: object, read: Callable[[object], T], *, priority: Priority
    ) -> Answer[T]:
        """Have the venue do something. `read` raises AnswerLost where its answer says nothing. Raises ReadOnly where
        that is for others to do by now; nothing was sent then."""
        try:
            return Accepted(value=read(await self.send("trading", method, path, data, priority=priority)))
        except NotSent as error:
            reason = Reason.RATE_LIMIT if isinstance(error, NoTurn) else Reason.UNREACHABLE
            return Refused(reason=reason, message=str(error), was_sent=False)
        except AnswerLost as error:
            return Unknown(message=str(error))
        except Declined as declined:
            return Refused(reason=declined.error.reason, message=declined.error.message)

    async def question(
        self, path: str, data: object = None, *, client: Client = "trading", priority: Priority = Priority.QUESTION
    ) -> object:
        """What the venue answers; it is asked once more where the connection broke. Raises Unavailable (OverLimit where
        too many were asked for), NotFound where it says that there is no such thing, InputError where it will not
        answer that."""
        try:
            try:
                return await self.send(client, "get", path, data, priority=priority)
            except Broken:
                return await self.send(client, "get", path, data, priority=priority)
        except NoTurn as error:
            raise OverLimit(f"Alpaca was not asked GET {path}: {error}") from None
        except (NotSent, AnswerLost) as error:
            raise Unavailable(f"Alpaca did not answer GET {path}: {error}") from None
        except Declined as declined:
            raise _question_error(declined.error, path) from None

    async def send(
        self, client: Client, method: Method, path: str, data: object = None, *, priority: Priority
    ) -> object:
        """Raises NotSent, AnswerLost, Declined."""
        if self._closed.is_set():
            raise NotSent(CLOSED)
        sending = _Sending()
        call = asyncio.create_task(self._tried(client, method, path, data, priority, sending))
        closed = asyncio.create_task(self._closed.wait())
        seconds = CALL_SECONDS if self._is_loaded else CALL_SECONDS + LOAD_SECONDS
        try:
            await asyncio.wait({call, closed}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if call.done():
                return call.result()
        finally:
            call.cancel()
            closed.cancel()
        told = CLOSED if self._closed.is_set() else f"none within {seconds:g} s"
        raise AnswerLost(told) if sending.began else NoTurn(f"too many requests a minute: no turn, {told}")

    async def _tried(
        self, client: Client, method: Method, path: str, data: object, priority: Priority, sending: "_Sending"
    ) -> object:
        turns = self._trading if client == "trading" else self._data
        for pause in (*PAUSES_SECONDS, None):
            await turns.turn(priority)
            if method != "get":
                await self._check_may_send()
            sending.began = True
            try:
                found = await self._threads.do(lambda clients: clients.request(client, method, path, data))
            except Declined as declined:
                self._is_loaded = True
                if declined.error.status != 429 or pause is None:
                    raise
                sending.began = False
                turns.pause(pause)
            else:
                self._is_loaded = True
                return found
        raise AssertionError("the last one returns or raises")

    async def _check_may_send(self) -> None:
        """Whoever asked has found so before it waited for its turn, which takes seconds when many ask."""
        try:
            await self._may_send()
        except Unavailable as error:
            raise NotSent(str(error)) from error


class NoTurn(NotSent):
    """Too many requests went before it."""


class _Sending:
    """Whether a request has gone out."""

    began = False


def _question_error(error: VenueError, path: str) -> Exception:
    if error.status == 404 and error.code:  # a 404 without the venue's code is somebody else's, a proxy's say
        return NotFound(f"Alpaca: {error.message}")
    if error.status == 429:
        return OverLimit(f"Alpaca did not answer GET {path}: {error.message}")
    if error.status in {404, 408}:
        return Unavailable(f"Alpaca did not answer GET {path}: {error.message}")
    return InputError(f"Alpaca refused GET {path}: {error.message}")
