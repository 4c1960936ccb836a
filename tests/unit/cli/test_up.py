"""`weaver up`, as a process."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from tests.unit.cli.server_process import PATIENCE_SECONDS, ServerProcess, server, weaver
from weaver.main import WEB

TOKEN = "0123456789-not-to-be-seen"


def test_first_start_with_the_demo_shows_something_and_the_next_adds_nothing(tmp_path: Path) -> None:
    home, token = tmp_path / "home", {"SECURITY_API_TOKEN": TOKEN}

    def runs(running: ServerProcess) -> list[tuple[str, str]]:
        return [(one["name"], one["status"]) for one in running.get("/api/v1/runs", **{"X-API-Key": TOKEN})[1]["items"]]

    with server(home, "--demo", environment=token) as running:
        assert "Importing the sample data" in running.told
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := runs(running)) != [("demo sma-crossover AAPL", "completed")]:
            assert time.monotonic() < deadline, (found, running.log())
            time.sleep(0.1)
        series = running.get("/api/v1/data", **{"X-API-Key": TOKEN})[1]["items"]
        assert {one["symbol"] for one in series} == {"AAPL", "EURUSD", "IBM", "MSFT", "SYNTHUSD"}
        assert running.stop() == 0
    with server(home, "--demo", environment=token) as running:
        assert "mporting" not in running.told
        assert runs(running) == [("demo sma-crossover AAPL", "completed")]
        assert running.stop() == 0


def test_up_serves_on_an_embedded_file_and_stops_in_order(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with server(home) as running:
        assert "storage sqlite; no token is needed" in running.told
        status, health = running.get("/api/v1/healthz")
        assert (status, health["status"], health["storage"], health["read_only"]) == (200, "ok", "sqlite", False)
        assert ('<div id="root">' if (WEB / "index.html").is_file() else "no web app") in running.get("/")[1]
        place = json.loads((home / "server.json").read_text())
        assert place == {"url": running.url, "process_id": running.process.pid}
        assert (home / "server.json").stat().st_mode & 0o077 == 0
        assert running.stop() == 0
    assert not (home / "server.json").exists()
    assert (home / "weaver.db").is_file()


def test_what_the_server_makes_is_its_users_alone_and_uploads_of_a_killed_one_go(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "uploads").mkdir(parents=True, mode=0o700)
    left = home / "uploads" / "weaver-upload-1"
    left.touch()
    with server(home) as running:
        assert {"weaver.db", "weaver.db-wal", "server.json", "strategies"} <= {path.name for path in home.iterdir()}
        assert [path for path in home.rglob("*") if path.stat().st_mode & 0o077] == []
        assert not left.exists()
        assert running.stop() == 0


def test_ctrl_c_stops_it_too_and_memory_keeps_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with server(home, environment={"DB_URL": "memory", "WEAVER_LOG_FORMAT": "json"}) as running:
        health = running.get("/api/v1/healthz")[1]
        assert (health["storage"], health["durable"]) == ("memory", False)
        assert running.stop(signal.SIGINT) == 0
        assert [json.loads(line)["event"] for line in running.log().splitlines()][-1] == "stopping"
    assert not list(home.glob("weaver.db*"))


def test_second_server_on_the_same_file_is_read_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with server(home) as first:
        with server(home) as second:
            assert second.get("/api/v1/healthz")[1]["read_only"] is True
            assert json.loads((home / "server.json").read_text())["url"] == first.url
            assert second.stop() == 0
        assert first.get("/api/v1/healthz")[1]["read_only"] is False
        assert (home / "server.json").exists()
        assert first.stop() == 0


def test_token_is_asked_for_and_never_shown(tmp_path: Path) -> None:
    with server(tmp_path / "home", environment={"SECURITY_API_TOKEN": TOKEN}) as running:
        assert "a token is needed" in running.told
        assert running.get("/api/v1/healthz")[0] == 200
        assert running.get("/api/v1/settings")[0] == 401
        assert running.get("/api/v1/settings", **{"X-API-Key": TOKEN + "x"})[0] == 401
        status, settings = running.get("/api/v1/settings", **{"X-API-Key": TOKEN})
        assert status == 200
        values = {item["name"]: item["value"] for item in settings["items"]}
        assert (values["SECURITY_API_TOKEN"], values["DB_URL"], values["WEAVER_UPLOAD_MAX_MB"]) == (True, False, 512)
        assert running.stop() == 0
        assert TOKEN not in running.told + running.log() + json.dumps(settings)


def test_open_stream_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with server(tmp_path / "home") as running, socket.create_connection(_address(running.url)) as stream:
        stream.sendall(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in stream.recv(65536)
        assert running.stop() == 0


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return host, int(port)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SERVER_HOST": "0.0.0.0"}, "set SECURITY_API_TOKEN"),
        ({"DB_URL": "mysql://user:hidden@host/db"}, "DB_URL"),
        ({"WEAVER_ALLOWED_HOSTS": "https://x y,*"}, "WEAVER_ALLOWED_HOSTS: 'https://x y' is no host"),
        ({"WEAVER_ALLOWED_ORIGINS": "desk.example"}, "WEAVER_ALLOWED_ORIGINS: 'desk.example' is no origin"),
        ({"SECURITY_API_TOKEN": "tok\n"}, "SECURITY_API_TOKEN cannot be used: no client can send it"),
        ({"SERVER_HOST": "192.0.2.1", "SECURITY_API_TOKEN": TOKEN}, "192.0.2.1 is no address of this machine"),
    ],
)
def test_unusable_settings_are_one_line_and_exit_code_2(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    code, stdout, stderr = weaver(tmp_path / "home", "up", "--no-open", "--port", "0", environment=environment)
    assert (code, stdout, len(stderr.splitlines())) == (2, "", 1), stderr
    assert said in stderr
    assert "hidden" not in stderr
    assert TOKEN not in stderr


def run_script(home: Path, text: str) -> tuple[int, str]:
    """Exit code and standard error of a script that serves."""
    done = subprocess.run(
        [sys.executable, "-c", dedent(text)], env={**os.environ, "WEAVER_HOME": str(home), "DB_URL": "memory"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_thread_that_reads_on_for_nobody_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    code, stderr = run_script(tmp_path, """
        import asyncio, os, signal, time
        from weaver import main
        from weaver.server.parts import Parts as Usual
        from weaver.config import Settings
        from weaver.glados.process.stop_signals import Stopping

        class Parts(Usual):
            def stopping(self):
                return Stopping(seconds=5)

        def ready(running):
            asyncio.get_running_loop().run_in_executor(None, time.sleep, 10_000)
            os.kill(os.getpid(), signal.SIGTERM)

        main.serve(Settings(server_port=0), parts=Parts(), on_ready=ready)
    """)  # fmt: skip
    assert code == 0, stderr


def test_part_that_does_not_stop_is_left_behind_with_a_word(tmp_path: Path) -> None:
    code, stderr = run_script(tmp_path, """
        import asyncio, os, signal
        from weaver import main
        from weaver.server.parts import Parts as Usual
        from weaver.config import Settings
        from weaver.glados.process.stop_signals import Stopping

        async def hang(self):
            await asyncio.Event().wait()

        class Parts(Usual):
            def stopping(self):
                return Stopping(seconds=1.5)

        main.RunManager.shutdown = hang
        main.serve(Settings(server_port=0), parts=Parts(), on_ready=lambda _: os.kill(os.getpid(), signal.SIGTERM))
    """)  # fmt: skip
    assert code == 1
    assert "error: not everything stopped within 1.5 s" in stderr


def begun_upload(running: ServerProcess) -> socket.socket:
    """A request whose body never comes."""
    host, _, port = running.url.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
    head = f"POST /api/v1/data/preview HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n"
    connection.sendall(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n".encode())
    time.sleep(0.5)  # it is being read
    return connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_while_it_stops_cut_requests_off_in_a_line_each(tmp_path: Path, number: signal.Signals) -> None:
    with server(tmp_path / "home") as running, begun_upload(running) as upload:
        while running.process.poll() is None:  # up to the very end of the process
            running.process.send_signal(number)
            time.sleep(0.005)
        assert (running.process.returncode, running.log().count("request cut off")) == (0, 1), running.log()
        assert "Traceback" not in running.log()
        assert upload.recv(1000).startswith(b"HTTP/1.1 503 ")


def test_request_that_outlasts_the_patience_of_a_stop_is_cut_off_in_a_line(tmp_path: Path) -> None:
    with server(tmp_path / "home") as running, begun_upload(running):
        assert running.stop() == 0
        assert running.log().count("request cut off") == 1
        assert "Traceback" not in running.log()
