"""The socket that the exchange listens on."""

import socket

import pytest

from weaver.model.errors import InputError
from weaver.rehearsal.server.http_server import listening_socket, url_of


def test_address_is_one_that_this_machine_can_reach() -> None:
    for host in ("127.0.0.1", "0.0.0.0", "localhost"):
        with listening_socket(host, 0) as listening:
            url = url_of(listening)
            assert url == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_port_that_is_taken_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(InputError, match="stop what uses it, or choose another --port"),
            listening_socket("127.0.0.1", port),
        ):
            pass
    with pytest.raises(InputError, match="choose another --host"), listening_socket("no.such.host.invalid", 0):
        pass
