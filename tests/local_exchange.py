"""`weaver simulate-exchange` as a process of its own, with its control."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

STOP_SECONDS = 10


class LocalExchange:
    """Where it is, its keys, and its control."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self.url, self.key, self.secret = url, key, secret

    async def post(self, what: str, body: Mapping[str, object]) -> Any:
        """`POST /_control/…`."""
        return await self._control("POST", what, json=body)

    async def get(self, what: str, **query: str) -> Any:
        """`GET /_control/…`."""
        return await self._control("GET", what, params=query)

    async def fault(self, kind: str, **said: object) -> Any:
        """Set a fault."""
        return await self.post("faults", {"kind": kind, **said})

    async def end(self, fault: Mapping[str, object]) -> None:
        """Take one away, as `fault` answered it."""
        await self._control("DELETE", f"faults/{fault['id']}")

    async def clear_faults(self) -> None:
        """Take all faults away."""
        await self._control("DELETE", "faults")

    async def _control(self, method: str, what: str, **options: Any) -> Any:
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.request(method, f"{self.url}/_control/{what}", **options)
        assert answer.is_success, f"{what}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@contextmanager
def local_exchange(*options: str) -> Iterator[LocalExchange]:
    """Start one on a free port, and end it."""
    command = [sys.executable, "-m", "weaver", "simulate-exchange", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ready"] is True
        yield LocalExchange(ready["url"], ready["key"], ready["secret"])
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
