"""Local receivers of notifications, as Apprise's `json://` sends them: one that takes them, and such as misbehave."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FLOOD = b"x" * 1_048_576


class Receiver:
    """What it was sent, in order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.messages: list[dict[str, Any]] = []
        self.came = threading.Condition()

    @property
    def url(self) -> str:
        """Its address as Apprise takes it."""
        return f"json://127.0.0.1:{self.port}/"

    @property
    def titles(self) -> list[str]:
        """Of the messages."""
        return [one["title"] for one in self.messages]

    def wait_for(self, count: int, seconds: float = 60) -> list[dict[str, Any]]:
        """The messages, once there are so many."""
        with self.came:
            if not self.came.wait_for(lambda: len(self.messages) >= count, timeout=seconds):
                raise AssertionError(f"{len(self.messages)} of {count} messages came: {self.titles}")
            return list(self.messages)


@contextmanager
def receiving(behaviour: str = "takes") -> Iterator[Receiver]:
    """behaviour: `takes`, `refuses` (HTTP 500), `hangs` (never answers) or `floods` (answers without end)."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            with receiver.came:
                receiver.messages.append(body)
                receiver.came.notify_all()
            if behaviour == "hangs":
                is_over.wait()
                return
            self.send_response(500 if behaviour == "refuses" else 200)
            if behaviour != "floods":
                self.send_header("Content-Length", "0")
            self.end_headers()
            while behaviour == "floods" and not is_over.is_set():
                try:
                    self.wfile.write(FLOOD)
                except OSError:
                    return

        def log_message(self, format: str, *args: Any) -> None:
            """To nobody."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()
