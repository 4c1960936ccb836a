"""Uploads: kept under a name of ours."""

import io
from pathlib import Path

import pytest

from weaver.glados.upload import kept_upload, shown_name
from weaver.model.errors import InputError


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


def test_disk_that_takes_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(InputError, match=r"x.csv: cannot be kept while it is read: No such file"):
        kept_upload(io.BytesIO(b"a"), name="x.csv", bytes_max=10)


def test_upload_of_just_the_limit_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = kept_upload(io.BytesIO(b"1234567890"), name="x.csv", bytes_max=10)
    assert path.read_bytes() == b"1234567890"
    assert path.parent == tmp_path
