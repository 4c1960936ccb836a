"""A web server that answers as it is told, and misbehaves where it is told."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Question = Callable[[str, Mapping[str, str]], tuple[int, Any]]
"""Given a path (`/api.binance.com/api/v3/time`) and the query: the status, and what is sent as JSON."""
HTML = b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


class StandIn:
    """What was asked of it, and what goes wrong.

    faults: by a part of the path and query, what happens to its next requests, one after another: `limited` (429),
    `limited 7` (with Retry-After), `denied` (401), `down` (503), `html`, `empty`, `truncated`, `cut` (the connection
    breaks), `slow` (the answer takes half a second) or `fine`.
    """

    def __init__(self, answer: Question) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.faults: dict[str, list[str]] = {}
        self.delay = 0.0
        """Of each answer, in seconds."""
        self.port = 0
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, part: str) -> list[dict[str, str]]:
        """The queries of requests with that in their path."""
        return [query for path, query in self.asked if part in path]

    def fault(self, path: str) -> str:
        for part, faults in self.faults.items():
            if part in path and faults:
                return faults.pop(0)
        return "fine"


@contextmanager
def standing_in(answer: Question) -> Iterator[StandIn]:
    stand_in = StandIn(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            stand_in.asked.append((parts.path, query))
            fault = stand_in.fault(self.path)
            if stand_in.delay or fault == "slow":
                stand_in.over.wait(max(stand_in.delay, 0.5 if fault == "slow" else 0))
            self._answer(fault, *stand_in.answer(parts.path, query))

        def do_POST(self) -> None:
            self.do_GET()

        def _answer(self, fault: str, status: int, found: Any) -> None:
            body = found.encode() if isinstance(found, str) else json.dumps(found).encode()
            headers = {"Content-Type": "application/json"}
            said = len(body)
            match fault.split():
                case ["limited", *seconds]:
                    status, body = 429, b'{"code": -1003, "msg": "Too many requests"}'
                    headers |= {"Retry-After": seconds[0]} if seconds else {}
                case ["denied"]:
                    status, body = 401, b'{"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}'
                case ["down"]:
                    status, body = 503, HTML
                case ["html"]:
                    body, headers["Content-Type"] = HTML, "text/html"
                case ["empty"]:
                    body = b""
                case ["truncated"]:
                    body = body[: len(body) // 2]
                case ["cut"]:
                    body = body[: len(body) // 2]
                case _:
                    pass
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(said if fault == "cut" else len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or fault == "cut"

        def log_message(self, format: str, *args: Any) -> None:
            """To nobody."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_what: object) -> None:
            """A client that was killed is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    stand_in.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
