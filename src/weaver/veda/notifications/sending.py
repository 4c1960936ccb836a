"""Messages go out by a process of their own each: what a receiver does, hang or send without end, ends with that one.

A process costs about a second of a processor, at a low priority, and there are few of them an hour; the server
itself never loads Apprise.
"""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from typing import Any

from weaver.model.errors import Unavailable
from weaver.veda.notifications.notification import Notification

SECONDS = 25.0
"""For one message, the start of its process among it."""
LOAD_FACTOR = 3
"""How many times as long the first process has, while nothing of Apprise is in the system's memory."""


class ProcessSender:
    """See `Sender`."""

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str], seconds: float = SECONDS) -> None:
        """command: starts a process that reads what to do, as JSON, and answers with JSON (`weaver.messenger`)."""
        self._command, self._environment, self._seconds = command, environment, seconds

    async def send(self, url: str, one: Notification) -> str | None:
        """See `Sender`."""
        asked = {"url": url, "title": one.title, "body": one.body, "level": str(one.level)}
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._asked({"send": asked})
        except TimeoutError:
            return f"it has not answered within {self._seconds:g} s"
        except Unavailable as error:
            return str(error)
        return None if answer["ok"] else str(answer["reason"])

    async def usable(self, urls: Sequence[str]) -> Sequence[bool]:
        """See `Sender`."""
        seconds = self._seconds * LOAD_FACTOR
        try:
            async with asyncio.timeout(seconds):
                answer = await self._asked({"usable": list(urls)})
        except TimeoutError:
            raise Unavailable(f"Apprise was not loaded within {seconds:g} s: try again") from None
        return [bool(one) for one in answer["usable"]]

    async def _asked(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a process answers. Raises Unavailable where it ends without an answer."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=dict(self._environment)
            )
        except OSError as error:
            raise Unavailable(f"no process can be started: {error.strerror}") from None
        try:
            said, _ = await process.communicate(json.dumps(request).encode())  # not in its arguments, which all can see
            answer: Mapping[str, Any] = json.loads(said)
        except ValueError:
            raise Unavailable("its process ended without an answer: it may have sent more than fits") from None
        else:
            return answer
        finally:
            await _ended(process)


async def _ended(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
