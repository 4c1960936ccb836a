"""A plain client of the exchange's sockets of market data."""

import json
from contextlib import ExitStack
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.rehearsals.served_market import KEY, SECRET

IEX = "/v2/iex"


class DataSocket:
    """Speaks JSON on a socket of market data, `root` being where the exchange is."""

    def __init__(self, root: str, path: str = IEX, *, keys: tuple[str, str] = (KEY, SECRET), **options: Any) -> None:
        self._key, self._secret = keys
        self._open = ExitStack()
        self.socket: ClientConnection = self._open.enter_context(connect(f"{root}{path}", **options))

    def __enter__(self) -> "DataSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    def say(self, **message: object) -> None:
        self.socket.send(json.dumps(message))

    def hear(self) -> Any:
        return json.loads(self.socket.recv(timeout=60))

    def enter(self, **subscriptions: list[str]) -> "DataSocket":
        """Authenticate, and subscribe."""
        assert self.hear() == [{"T": "success", "msg": "connected"}]
        self.say(action="auth", key=self._key, secret=self._secret)
        assert self.hear() == [{"T": "success", "msg": "authenticated"}]
        self.say(action="subscribe", **subscriptions)
        assert self.hear()[0]["T"] == "subscription"
        return self
