"""A lock between processes: whoever waits is told for whom, and does not wait for ever."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.environment import forget_settings
from tests.shared_data import REPOSITORY
from weaver.model.errors import Unavailable
from weaver.walle.backup import backup
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.file_lock import locked

HOLD = (
    "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
)


@contextmanager
def held_elsewhere(path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process has the lock."""
    path.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield holder
        if holder.poll() is None:
            holder.communicate(b"\n")


def test_lock_that_another_process_keeps_is_given_up_with_its_name(tmp_path: Path) -> None:
    told: list[str] = []
    with held_elsewhere(tmp_path / "lock") as holder:
        who = rf"process {holder.pid} \(.*python.*\)"
        with (
            pytest.raises(
                Unavailable, match=rf"^the store: {who} has been changing it for 0.1 s \(WEAVER_LOCK_SECONDS\)"
            ),
            locked(tmp_path / "lock", what="the store", seconds=0.1, on_wait=told.append),
        ):
            pytest.fail("there is no lock to be had")
    assert len(told) == 1
    assert told[0].startswith(f"waiting for the store, which process {holder.pid} (")


def test_lock_is_had_as_soon_as_it_is_free_and_free_afterwards(tmp_path: Path) -> None:
    path, told = tmp_path / "lock", list[str]()
    with held_elsewhere(path) as holder:

        def free(line: str) -> None:
            told.append(line)
            holder.communicate(b"\n")

        with locked(path, what="the store", seconds=30, on_wait=free):
            assert len(told) == 1
    with locked(path, what="the store", seconds=0):
        pass


def test_wait_for_a_thread_of_this_process_says_so(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    begun, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(path, what="the store", seconds=0):
            begun.set()
            may_end.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait(30)
    with (
        pytest.raises(Unavailable, match="another import or removal here has been changing it for 0 s"),
        locked(path, what="the store", seconds=0),
    ):
        pass
    may_end.set()
    thread.join()


def test_those_who_share_it_do_not_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with (
        locked(path, what="x", seconds=0, shared=True),
        locked(path, what="x", seconds=0, shared=True),
        path.open() as file,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.anyio
async def test_backup_waits_for_who_writes_bars_and_gives_up_without_a_copy(tmp_path: Path) -> None:
    home, told = tmp_path / "home", list[str]()
    (home / "bars").mkdir(parents=True)
    (home / "weaver.db").touch()
    with held_elsewhere(home / "bars" / ".lock"), pytest.raises(Unavailable, match="the bar store: process"):
        await backup(None, home, tmp_path / "copy", lock_seconds=0.1, on_wait=told.append)
    assert len(told) == 1
    assert not (tmp_path / "copy").exists()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_command_line_says_who_has_the_bar_store_and_gives_up_with_a_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = REPOSITORY / "data" / "AAPL_1d.csv"
    forget_settings()
    environment = {**os.environ, "WEAVER_HOME": str(home), "WEAVER_LOCK_SECONDS": "0.2"}
    (home / "bars").mkdir(parents=True)
    with held_elsewhere(home / "bars" / ".lock") as holder:
        done = subprocess.run(
            [sys.executable, "-m", "weaver", "data", "import", str(file)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert any(line.startswith(f"waiting for the bar store, which process {holder.pid} (") for line in lines)
    assert lines[-1].startswith(f"error: the bar store: process {holder.pid} (")
    assert ParquetBarStore(home / "bars").catalogue() == []
