"""Uploads: kept under a name of ours."""

import errno
import io
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from weaver.glados.http.upload import kept_upload, remove_leftovers, shown_name
from weaver.model.errors import Unavailable


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("AAPL_1d.csv", "AAPL_1d.csv"),
        ("C:\\Users\\me\\a b.csv", "a b.csv"),
        ("../../etc/passwd", "passwd"),
        ("\x00\x1b[31m.csv", "[31m.csv"),
        ("", "the file"),
        (None, "the file"),
        ("folder/", "the file"),
        ("n" * 500, "n" * 100),
    ],
)
def test_name_is_shown_without_folders_and_controls(given: str | None, shown: str) -> None:
    assert shown_name(given) == shown


def test_folder_that_takes_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(Unavailable, match=r"uploads cannot be kept in .*/gone: No such file or directory: see to that"):
        kept_upload(io.BytesIO(b"a"), name="x.csv", bytes_max=10)


class FullDisk(io.BytesIO):
    """A file whose copy does not fit."""

    def __init__(self, number: int) -> None:
        super().__init__(b"some text")
        self._number = number

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > 2:
            raise OSError(self._number, "no room")
        return super().read(size)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_told_with_its_folder_and_nothing_is_left(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(Unavailable) as caught:
        kept_upload(FullDisk(number), name="x.csv", bytes_max=10)
    assert str(caught.value) == f"there is no room for uploads in {tmp_path}: make some, then try again"
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_a_killed_server_go_and_other_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = kept_upload(io.BytesIO(b"1"), name="x.csv", bytes_max=10)
    (tmp_path / "mine.csv").touch()
    (tmp_path / "weaver-upload-folder").mkdir()
    with capture_logs() as logs:
        remove_leftovers(tmp_path)
    assert not left.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "weaver-upload-folder"]
    assert [entry["log_level"] for entry in logs] == ["warning"]


def test_upload_of_just_the_limit_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = kept_upload(io.BytesIO(b"1234567890"), name="x.csv", bytes_max=10)
    assert path.read_bytes() == b"1234567890"
    assert path.parent == tmp_path
