"""A server that answers what a test says, and notes what it was asked."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any


class Asked:
    """Requests, as (method, path, body)."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = {"/healthz": {"storage": "memory"}, **answers}
        self.requests: list[tuple[str, str, Any]] = []


@contextmanager
def answering(
    home: Path, answers: Mapping[str, Any], *, refused: Mapping[str, tuple[int, Any]] | None = None
) -> Iterator[Asked]:
    """It runs on this home; `answers`: by path, after /api/v1; `refused`: with what status instead."""
    asked = Asked(answers)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length, path = int(self.headers.get("Content-Length") or 0), self.path.removeprefix("/api/v1")
            body = json.loads(self.rfile.read(length)) if length else None
            if path != "/healthz":
                asked.requests.append((self.command, path, body))
            status, found = (refused or {}).get(path) or (200, asked.answers[path])
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = _answer  # noqa: N815 - as the library calls it
        do_POST = _answer  # noqa: N815 - the same
        do_PUT = _answer  # noqa: N815 - the same
        do_PATCH = _answer  # noqa: N815 - the same
        do_DELETE = _answer  # noqa: N815 - the same

        def log_message(self, format: str, *args: Any) -> None:
            """To nobody."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    home.mkdir(parents=True, exist_ok=True)
    place = {"url": f"http://127.0.0.1:{server.server_address[1]}", "process_id": 1}
    (home / "server.json").write_text(json.dumps(place))
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
