"""Imports that do not come to their end: the old data stays exactly as it was, and nothing lies about."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.shared_data import REPOSITORY
from tests.unit.walle.store_builders import assert_same, bars, files_below, instrument
from weaver.model.errors import InputError
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars import generation
from weaver.walle.bars.store import ParquetBarStore

ONE_MINUTE = Timeframe.parse("1m")
OLD, NEW = bars("2021-12-31", 3000), bars("2021-12-31T12:00", 3000, seed=5)

Failure = Callable[..., None]


def failing(real: Failure, error: BaseException, *, on_call: int) -> Failure:
    """`real`, which raises at its `on_call`-th call."""
    calls = 0

    def call(*args: object, **options: object) -> None:
        nonlocal calls
        calls += 1
        if calls == on_call:
            raise error
        real(*args, **options)

    return call


STEPS = [(generation, "write_file", 1), (generation, "write_file", 2), *((os, "fsync", call) for call in range(1, 7))]
"""Two files and their record, the new folder, the folder that it is in, and the symbol's record: each is synced."""


@pytest.mark.parametrize(("place", "step", "on_call"), STEPS)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
@pytest.mark.parametrize("is_first", [True, False], ids=["new symbol", "known symbol"])
def test_failure_at_any_step_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: object,
    step: str,
    on_call: int,
    error: BaseException,
    is_first: bool,
) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    if not is_first:
        store.write(OLD, instrument(), None, "old")
    store.write(bars(count=5, symbol="ETHUSD"), instrument("ETHUSD"), None, "another")
    before = files_below(tmp_path / "bars")
    monkeypatch.setattr(place, step, failing(getattr(place, step), error, on_call=on_call))
    with pytest.raises((InputError, KeyboardInterrupt)) as caught:
        store.write(NEW, instrument(), None, "new")
    if isinstance(error, OSError):
        assert "No space left on device; nothing was changed" in str(caught.value)
    assert files_below(tmp_path / "bars") == before
    assert sorted(path.name for path in (tmp_path / "bars").iterdir()) == [
        ".lock",
        *["BTCUSD"] * (not is_first),
        "ETHUSD",
    ]
    monkeypatch.undo()
    store.write(NEW, instrument(), None, "new")
    assert_same(store.read("BTCUSD", ONE_MINUTE, int(NEW.timestamp[0])).bars, NEW)


@pytest.mark.parametrize("on_call", [7, 8])
def test_failure_after_the_change_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_call: int
) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    store.write(OLD, instrument(), None, "old")
    error = OSError(5, "Input/output error")
    monkeypatch.setattr(os, "fsync", failing(os.fsync, error, on_call=on_call))
    with pytest.raises(InputError, match="Input/output error; the change was made all the same"):
        store.write(NEW, instrument(), None, "new")
    assert_same(store.read("BTCUSD", ONE_MINUTE, int(NEW.timestamp[0])).bars, NEW)


CHILD = """
import sys
from pathlib import Path
from tests.unit.walle.store_builders import bars, instrument
from weaver.model.errors import InputError
from weaver.walle.bars.store import ParquetBarStore

store = ParquetBarStore(Path(sys.argv[1]))
new = bars("2022-01-01", 200_000, seed=5)
print("ready", flush=True)
try:
    while True:
        store.write(new, instrument(), None, "new")
        if sys.argv[2] == "once":
            break
except InputError as error:
    print(error)
"""


def child(root: Path, how: str, **options: object) -> "subprocess.Popen[str]":
    repository = REPOSITORY
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root), how],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **options,  # type: ignore[call-overload]
    )  # fmt: skip


def test_real_limit_on_the_size_of_files_is_told_and_changes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "bars"
    ParquetBarStore(root).write(OLD, instrument(), None, "old")
    before = files_below(root)
    limit = 1_000_000
    process = child(root, "once", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "could not be written: File too large; nothing was changed" in out
    assert files_below(root) == before


def half_written(folder: Path) -> dict[str, int]:
    """How many files there are so far in each folder that is being written."""
    counts = {}
    for path in folder.glob(".writing-*"):
        with suppress(FileNotFoundError, NotADirectoryError):  # a finished one is renamed
            counts[path.name] = sum(1 for _ in path.iterdir())
    return counts


def halted(process: "subprocess.Popen[str]", folder: Path, files: int) -> str:
    """Halt a writer in the middle of a series, with `files` of its files there; the name of what it is writing."""
    old = half_written(folder)
    while process.poll() is None:
        if files not in {count for name, count in half_written(folder).items() if name not in old}:
            continue
        process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        found = {name for name, count in half_written(folder).items() if count >= files and name not in old}
        if found:
            return found.pop()
        process.send_signal(signal.SIGCONT)  # it was through by the time it heard
    raise AssertionError(f"the writer ended by itself with {process.returncode}")


@pytest.mark.parametrize("files", [0, 1, 2])
def test_killed_writer_leaves_the_old_or_the_new_data_and_the_next_one_tidies_up(tmp_path: Path, files: int) -> None:
    root = tmp_path / "bars"
    store = ParquetBarStore(root)
    store.write(OLD, instrument(), None, "old")
    for _ in range(2):
        process = child(root, "for ever")
        try:
            name = halted(process, root / "BTCUSD", files)
        finally:
            process.kill()
            process.communicate()
        assert (root / "BTCUSD" / name).is_dir()
        found = store.read("BTCUSD", ONE_MINUTE)
        assert len(found.bars) in {3000, 1440 + 200_000}
        assert found.bars.content_hash() == found.content_hash
    store.write(bars(count=5), instrument(), None, "last", keep=False)
    assert {Path(name).name for name in files_below(root)} == {"symbol.json", "series.json", "2021.parquet"}
    assert len(files_below(root)) == 3
    assert [path.name for path in (root / "BTCUSD").glob(".writing-*")] == []
    assert len(store.read("BTCUSD", ONE_MINUTE).bars) == 5


def test_reader_beside_a_writer_always_sees_a_whole_series(tmp_path: Path) -> None:
    root = tmp_path / "bars"
    store = ParquetBarStore(root)
    store.write(OLD, instrument(), None, "old")
    process = child(root, "for ever")
    try:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(60):
            found = store.read("BTCUSD", ONE_MINUTE)
            assert len(found.bars) in {3000, 1440 + 200_000}
            assert found.bars.content_hash() == found.content_hash
    finally:
        process.kill()
        process.communicate()
