"""What of the SDK's inside is reached into is there, and does what it is reached for."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import unquote

import pytest

from weaver.model.run import RunMode
from weaver.veda.adapters.alpaca.access import access_of
from weaver.veda.adapters.alpaca.rest.failures import AnswerLost, Broken, Declined, NotSent
from weaver.veda.adapters.alpaca.rest.sdk import SdkClients

HUNG_SECONDS = 60.0


class Answers(BaseHTTPRequestHandler):
    """Answers with the status that the path names, and counts."""

    seen: list[str]
    go_on: threading.Event

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        _, _, status, body = self.path.split("/", 3)
        if status == "hang":
            self.go_on.wait(HUNG_SECONDS)
            return
        self.send_response(int(status))
        self.send_header("Location", "/v2/200/elsewhere")
        self.end_headers()
        self.wfile.write(unquote(body).encode())

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that HTTPServer looks for

    def log_message(self, format: str, *args: object) -> None:
        """Not to the terminal."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    Answers.seen, Answers.go_on = [], threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    Answers.go_on.set()
    server.shutdown()
    server.server_close()


def clients(port: int, *, read_seconds: float = 5.0) -> SdkClients:
    own = {"ALPACA_PAPER_BASE_URL": f"http://127.0.0.1:{port}", "ALPACA_DATA_URL": f"http://127.0.0.1:{port}"}
    keys = {"ALPACA_PAPER_API_KEY": "PKX", "ALPACA_PAPER_API_SECRET": "hidden-secret"}
    return SdkClients(access_of(RunMode.PAPER, own | keys), connect_seconds=1.0, read_seconds=read_seconds)


@pytest.mark.parametrize("client", ["trading", "stocks", "crypto", "actions"])
@pytest.mark.parametrize("status", [429, 504])
def test_nothing_is_ever_sent_again_by_the_sdk(server: HTTPServer, client: str, status: int) -> None:
    with pytest.raises((Declined, AnswerLost)):
        clients(server.server_port).request(client, "post" if client == "trading" else "get", f"/{status}/{{}}", None)
    assert len(Answers.seen) == 1


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_call_that_hangs_is_lost_after_its_time(server: HTTPServer, method: str) -> None:
    began = time.perf_counter()
    with pytest.raises(AnswerLost, match=r"no answer|connection broke"):
        clients(server.server_port, read_seconds=0.2).request("trading", method, "/hang/x", None)
    assert time.perf_counter() - began < HUNG_SECONDS / 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_gateways_error_is_a_lost_answer(server: HTTPServer, status: int) -> None:
    with pytest.raises(AnswerLost, match=f"HTTP {status}"):
        clients(server.server_port).request("trading", "post", f"/{status}/oops", {})


@pytest.mark.parametrize(
    ("body", "message"),
    [('{"code":40310000,"message":"no"}', "no"), ("<html>", "HTTP 403"), ('{"message":"nope"}', "nope")],
)
def test_no_is_declined_whatever_its_body(server: HTTPServer, body: str, message: str) -> None:
    with pytest.raises(Declined, match=message):
        clients(server.server_port).request("trading", "get", f"/403/{body}", None)


def test_answer_that_is_no_json_is_lost_and_an_empty_one_is_none(server: HTTPServer) -> None:
    with pytest.raises(AnswerLost, match="cannot be read"):
        clients(server.server_port).request("trading", "get", "/200/<html>", None)
    assert clients(server.server_port).request("trading", "get", "/200/", None) is None


def test_redirect_is_not_followed(server: HTTPServer) -> None:
    clients(server.server_port).request("trading", "get", "/302/", None)
    assert len(Answers.seen) == 1


def test_port_where_nobody_listens_is_not_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match=f"no connection to 127.0.0.1:{port}") as caught:
        clients(port).request("trading", "post", "/200/{}", {})
    assert "hidden-secret" not in str(caught.value)


def test_connection_that_breaks_after_sending_is_lost_and_not_unsent() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def cut() -> None:
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.close()

        threading.Thread(target=cut, daemon=True).start()
        with pytest.raises(Broken, match="the connection broke"):
            clients(listener.getsockname()[1]).request("trading", "post", "/200/{}", {})
