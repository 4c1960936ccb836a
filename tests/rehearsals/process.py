"""The exchange as `weaver simulate-exchange` serves it, in a process of its own, with the clients of the SDK."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Queue

import httpx
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.trading.client import TradingClient
from alpaca.trading.stream import TradingStream

PATIENCE_SECONDS = 60


class Process:
    """One that runs, and the clients of it."""

    def __init__(self, ready: Mapping[str, str]) -> None:
        self.url = ready["url"]
        self.keys = {"api_key": ready["key"], "secret_key": ready["secret"]}
        self.trading = TradingClient(**self.keys, paper=True, url_override=self.url)
        self.stocks = StockHistoricalDataClient(**self.keys, url_override=self.url)
        self.updates: Queue[tuple[str, str | None]] = Queue()

    def control(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        answer = httpx.post(f"{self.url}/_control/{path}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert isinstance(found, dict)
        return found

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Have the SDK's stream put updates into the queue."""
        address = self.url.replace("http", "ws", 1) + "/stream"
        stream = TradingStream(**self.keys, paper=True, url_override=address)

        async def on_update(update: object) -> None:
            self.updates.put((update.event, update.price))  # type: ignore[attr-defined]

        stream.subscribe_trade_updates(on_update)
        thread = threading.Thread(target=stream.run, daemon=True)
        thread.start()
        self._wait_for_listener()
        yield
        stream.stop()
        thread.join(PATIENCE_SECONDS)

    def _wait_for_listener(self) -> None:
        for _ in range(200):
            state = httpx.get(f"{self.url}/_control/state").json()
            if any(one["subscribed"] for one in state["connections"]):
                return
            threading.Event().wait(0.02)
        raise AssertionError("nobody listens")

    def next_updates(self, count: int) -> list[tuple[str, str | None]]:
        return [self.updates.get(timeout=PATIENCE_SECONDS) for _ in range(count)]


@contextmanager
def exchange(*options: str) -> Iterator[Process]:
    command = [sys.executable, "-m", "weaver", "simulate-exchange", "--port", "0", "--rate", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        try:
            yield Process(json.loads(line))
        finally:
            process.terminate()
            _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, errors) == (0, "")
