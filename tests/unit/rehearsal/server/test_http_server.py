"""The exchange's own socket."""

import socket

import pytest

from weaver.model.errors import InputError
from weaver.rehearsal.server.http_server import listening_socket


def test_small_answers_are_not_held_back() -> None:
    """An answer is its head and its body: with Nagle's algorithm the second waits for the first's acknowledgement."""
    with listening_socket("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        is_at_once = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        accepted.close()
    assert is_at_once


def test_a_port_that_is_taken_is_named() -> None:
    with listening_socket("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        told = f"127.0.0.1:{port} cannot be listened on .*choose another --port"
        with pytest.raises(InputError, match=told), listening_socket("127.0.0.1", port):
            pass
