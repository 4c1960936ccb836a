"""A file is written whole or not at all."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from weaver.greta.report.whole_file import check_writable, write_whole
from weaver.model.errors import InputError


def failing(error: BaseException) -> Iterator[str]:
    yield "half"
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("x"), OSError(28, "No space left on device")])
@pytest.mark.parametrize("before", [None, "old"])
def test_failure_in_the_middle_leaves_what_was_there(tmp_path: Path, error: BaseException, before: str | None) -> None:
    path = tmp_path / "out.json"
    if before is not None:
        path.write_text(before)
    with pytest.raises((KeyboardInterrupt, ValueError, InputError)) as caught:
        write_whole(path, failing(error))
    if isinstance(error, OSError):
        assert str(caught.value) == f"{path}: could not be written: No space left on device; nothing was changed"
    assert [file.read_text() for file in tmp_path.iterdir()] == ([] if before is None else [before])


def test_text_is_utf8_and_replaces_the_old_one_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    path.write_text("old")
    path.chmod(0o640)
    write_whole(path, ["ä", "€"])
    assert path.read_bytes() == "ä€".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", ["new"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_device_is_written_to_and_stays_one() -> None:
    write_whole(Path(os.devnull), ["gone"])
    assert not Path(os.devnull).is_file()


def test_folder_or_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is a folder; name a file in it"):
        check_writable(tmp_path)
    with pytest.raises(InputError, match=r"there is no folder .*nowhere; make it first"):
        write_whole(tmp_path / "nowhere" / "out.json", [""])
