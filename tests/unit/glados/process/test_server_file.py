"""The file that says where the server is."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from weaver.glados.process.server_file import ServerPlace, find_server, published

PLACE = ServerPlace(url="http://127.0.0.1:1", process_id=1)


def test_file_is_there_during_the_block_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    with published(path, PLACE):
        assert find_server(path) == PLACE
        assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == []


def test_file_of_a_later_server_is_left_alone(tmp_path: Path) -> None:
    path, later = tmp_path / "server.json", ServerPlace(url="http://127.0.0.1:2", process_id=2)
    with ExitStack() as later_server:
        with published(path, PLACE):
            later_server.enter_context(published(path, later))
            assert find_server(path) == later
        assert find_server(path) == later
    assert find_server(path) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"url": 1, "process_id": "x"}', b"\xff"])
def test_damaged_file_is_no_server(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "server.json"
    path.write_bytes(content)
    assert find_server(path) is None
