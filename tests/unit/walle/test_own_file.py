"""What Weaver writes for itself never lands in a file that a link leads to."""

import os
from pathlib import Path

import pytest

from weaver.model.errors import InputError
from weaver.walle.database.engines.ownership import FileLock
from weaver.walle.file_lock import locked
from weaver.walle.own_file import open_own


def test_file_is_made_for_its_user_alone_and_keeps_its_content(tmp_path: Path) -> None:
    path = tmp_path / "own"
    with open_own(path) as file:
        file.write(b"kept")
    with open_own(path) as file:
        assert file.read() == b"kept"
    assert path.stat().st_mode & 0o077 == 0


def soft(path: Path, target: Path) -> None:
    path.symlink_to(target)


def hard(path: Path, target: Path) -> None:
    path.hardlink_to(target)


def into_nothing(path: Path, target: Path) -> None:
    path.symlink_to(target.with_name("not-there"))


def pipe(path: Path, _target: Path) -> None:
    os.mkfifo(path)


def folder(path: Path, _target: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [soft, hard, into_nothing, pipe, folder], ids=lambda one: one.__name__)
def test_what_is_no_file_of_its_own_is_refused_and_what_it_leads_to_left_alone(make: object, tmp_path: Path) -> None:
    target, path = tmp_path / "letter", tmp_path / "weaver.db.owner"
    target.write_text("dear all")
    make(path, target)  # type: ignore[operator]
    with pytest.raises(InputError, match=r"weaver\.db\.owner"):
        FileLock(path, "server").take()
    with pytest.raises(InputError, match=r"weaver\.db\.owner"), locked(path, what="it", seconds=0):
        pass
    assert target.read_text() == "dear all"
    assert not (tmp_path / "not-there").exists()


def test_lock_names_its_holder_and_one_process_has_it(tmp_path: Path) -> None:
    path = tmp_path / "home.owner"
    path.write_text("a server with a very long name that was here before")
    first, second = FileLock(path, "one"), FileLock(path, "two")
    assert first.take()
    assert path.read_text() == "one"
    assert not second.take()
    first.release()
    assert second.take()
    second.release()
