"""A server in the background: of a session of its own, and told of where it does not come up."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.cli.terminal import Terminal
from weaver.cli.background import starting
from weaver.cli.background.starting import server_to_use
from weaver.cli.kept.server_client import running_server
from weaver.config import settings
from weaver.glados.process.server_file import find_server
from weaver.model.errors import InputError, Unavailable


@pytest.fixture
def ended() -> Iterator[None]:
    """The server that a test started is gone afterwards."""
    yield
    place = find_server(settings().server_file)
    if place is not None:
        os.kill(place.process_id, signal.SIGKILL)
        os.waitpid(place.process_id, 0)


def test_server_is_started_once_and_outlives_a_ctrl_c(weaver_home: Path, terminal: Terminal, ended: None) -> None:
    terminal.set(SERVER_PORT="0")
    client, is_new = server_to_use(settings())
    assert is_new
    place = find_server(settings().server_file)
    assert place is not None
    assert os.getsid(place.process_id) == place.process_id != os.getsid(0)
    assert client.get("healthz")["status"] in {"ok", "degraded"}
    log = weaver_home / "server.log"
    assert "is ready" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    again, is_new = server_to_use(settings())
    assert (again.url, is_new) == (client.url, False)


def test_usual_port_that_is_taken_is_left_alone(
    terminal: Terminal, ended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        usual = SimpleNamespace(server_host="127.0.0.1", server_port=taken, model_fields_set=set())
        assert starting._port(usual) == ["--port", "0"]  # type: ignore[arg-type]
        chosen = SimpleNamespace(server_host="127.0.0.1", server_port=taken, model_fields_set={"server_port"})
        assert starting._port(chosen) == []  # type: ignore[arg-type] # it says itself what is wrong
    assert starting._port(usual) == []  # type: ignore[arg-type]


def test_server_that_does_not_come_up_is_told_with_its_last_words(weaver_home: Path, terminal: Terminal) -> None:
    terminal.set(SERVER_HOST="0.0.0.0", SERVER_PORT="0")  # without a token it refuses that
    with pytest.raises(
        Unavailable, match=r"the server ended with exit code 2. Its last words: error: .*SECURITY_API_TOKEN"
    ):
        server_to_use(settings())
    assert running_server(settings()) is None


def test_server_that_says_nothing_is_given_up(
    weaver_home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(silent))
    monkeypatch.setattr(starting, "READY_SECONDS", 0.3)
    terminal.set(SERVER_PORT="0")
    with pytest.raises(Unavailable, match=r"did not answer within 0.3 s|ended with exit code -15"):
        server_to_use(settings())


def test_log_of_before_is_kept_and_one_that_cannot_be_written_is_told(
    weaver_home: Path, terminal: Terminal, ended: None
) -> None:
    weaver_home.mkdir()
    (weaver_home / "server.log").write_text("of before")
    terminal.set(SERVER_PORT="0")
    server_to_use(settings())
    assert (weaver_home / "server.log.1").read_text() == "of before"


def test_home_that_is_no_folder_is_told(weaver_home: Path, terminal: Terminal) -> None:
    weaver_home.write_text("a file")
    with pytest.raises(InputError, match=r"server\.log: cannot be written: .*set WEAVER_HOME"):
        server_to_use(settings())
