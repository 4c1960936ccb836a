"""Uploads are read in processes that may take so much and no more: nothing that a file does touches the server."""

import asyncio
import gzip
import io
import os
import re
import signal
import struct
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from weaver.glados.limits import Limits
from weaver.glados.pool.file_readers import FileReaders
from weaver.glados.pool.reading import Reading
from weaver.glados.pool.worker_process import WorkerProcess
from weaver.model.errors import DataError, InputError, Unavailable
from weaver.model.market.instrument import AssetClass
from weaver.walle.bars.store import ParquetBarStore

MB = 1024 * 1024
LIMITS = Limits(upload_memory_bytes=150 * MB, upload_seconds=60)
CSV = b"timestamp,open,high,low,close,volume\n" + b"".join(b"2024-01-%02d,1,2,1,2,5\n" % day for day in range(1, 20))


@asynccontextmanager
async def readers(folder: Path, limits: Limits = LIMITS) -> AsyncIterator[FileReaders]:
    command = [
        sys.executable, "-m", "weaver.reader", "--memory", f"{limits.upload_memory_bytes}",
        "--bars", f"{folder / 'bars'}", "--lock", "1",
    ]  # fmt: skip
    found = FileReaders(command, limits=limits)
    try:
        yield found
    finally:
        await found.close()


def reading(folder: Path, content: bytes, name: str = "X_1d.csv") -> Reading:
    path = folder / "upload"
    path.write_bytes(content)
    return Reading(path=path, name=name, symbol="X", timeframe=None, tz=None, asset_class=None)


def written(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd", **options)
    return sink.getvalue()


def repeated_rows(count: int) -> bytes:
    """Millions of the same row in some kilobytes."""
    zero = pa.array(np.zeros(count, dtype=np.int8))
    price = pa.DictionaryArray.from_arrays(zero, pa.array([1.0]))
    time = pa.DictionaryArray.from_arrays(zero, pa.array([1_262_304_000_000_000_000], pa.timestamp("ns", "UTC")))
    columns = {"timestamp": time, **dict.fromkeys(("open", "high", "low", "close", "volume"), price)}
    return written(pa.table(columns), row_group_size=count)


def repeated_strings(rows: int) -> bytes:
    """A gigabyte of times, written once."""
    ones = pa.array(np.ones(rows))
    times = pa.array(["x" * 100_000] * rows).dictionary_encode()
    return written(pa.table({"timestamp": times, **dict.fromkeys(("open", "high", "low", "close"), ones)}))


def packed_pages(rows: int) -> bytes:
    """Plain zeros, which zstd packs into nothing."""
    zeros = pa.array(np.zeros(rows))
    names = ("timestamp", "open", "high", "low", "close")
    return written(pa.table(dict.fromkeys(names, zeros)), use_dictionary=False, row_group_size=rows)


def endless_line(size: int) -> bytes:
    return b"timestamp,open,high,low,close\n2024-01-01," + b"1" * size


def many_columns(count: int) -> bytes:
    names = [f"c{number}" for number in range(count)]
    line = b",".join([b"2024-01-02", *[b"1"] * (count + 4)])
    return ",".join(["timestamp", "open", "high", "low", "close", *names]).encode() + b"\n" + line + b"\n"


def lying_footer() -> bytes:
    """A footer that says it is two gigabytes long."""
    content = written(pa.table({"timestamp": [1]}))
    return content[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1"


def damaged_footer() -> bytes:
    content = bytearray(written(pa.table({"timestamp": pa.array(range(100)), "open": np.ones(100)})))
    length = struct.unpack("<I", content[-8:-4])[0]
    content[-8 - length : -8] = bytes((byte ^ 0x5A) for byte in content[-8 - length : -8])
    return bytes(content)


def nested() -> bytes:
    deep = pa.array([[[[1.0]]]] * 3)
    return written(pa.table({"timestamp": deep, **dict.fromkeys(("open", "high", "low", "close"), deep)}))


def many_row_groups(count: int) -> bytes:
    names = ("timestamp", "open", "high", "low", "close")
    return written(pa.table({name: np.ones(count) for name in names}), row_group_size=1)


TOO_LARGE = (
    r"X_1d.csv: it unpacks to more than can be read in 150 MB of memory \(WEAVER_UPLOAD_MEMORY_MB\).*: split it, or"
)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "repeated rows": (lambda: repeated_rows(10_000_000), TOO_LARGE),
    "repeated strings": (lambda: repeated_strings(3_000), TOO_LARGE),
    "packed pages": (lambda: packed_pages(5_000_000), TOO_LARGE),
    "an endless line": (lambda: endless_line(10 * MB), "."),
    "100,000 columns": (lambda: many_columns(100_000), "."),
    "a footer that lies": (lying_footer, "not a whole Parquet file"),
    "a damaged footer": (damaged_footer, "not a whole Parquet file|cannot be read"),
    "nested columns": (nested, "X_1d.csv: column|X_1d.csv: the time column"),
    "many row groups": (lambda: many_row_groups(1_000), "X_1d.csv"),
    "gzip in gzip": (lambda: gzip.compress(gzip.compress(CSV)), "X_1d.csv"),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def resident() -> Iterator[Callable[[], float]]:
    def found() -> float:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024

    yield found


@pytest.mark.anyio
async def test_what_is_wrong_with_a_file_comes_from_its_reader_with_its_place(tmp_path: Path) -> None:
    rows = CSV.splitlines(keepends=True)
    twice = b"".join([*rows[:4], rows[3]])
    async with readers(tmp_path) as found:
        with pytest.raises(DataError) as raised:
            await found.store(reading(tmp_path, twice), keep=True, read_done=lambda: None)
        assert raised.value.facts == {"file": "X_1d.csv", "row": 4, "line": 5}
        assert (
            str(raised.value) == "X_1d.csv: row 4 (line 5): time 2024-01-03 stands there twice: leave one of the rows"
        )
        [error] = (await found.preview(reading(tmp_path, twice))).errors
        assert (error.row, error.message) == (4, str(raised.value))


@pytest.mark.anyio
async def test_hostile_file_is_an_error_that_says_what_to_do_and_its_reader_reads_on(
    tmp_path: Path, resident: Callable[[], float]
) -> None:
    contents = {what: made() for what, (made, _) in HOSTILE.items()}
    async with readers(tmp_path) as found:
        before = resident()
        for what, content in contents.items():
            said = HOSTILE[what][1]
            with pytest.raises(InputError, match=said) as caught:
                await found.store(reading(tmp_path, content), keep=True, read_done=lambda: None)
            assert len(str(caught.value)) < 500, what
            assert str(tmp_path) not in str(caught.value), what
        [error] = (await found.preview(reading(tmp_path, contents["repeated rows"]))).errors
        assert re.match(TOO_LARGE, error.message)
        grown = resident() - before
        shown = await found.preview(reading(tmp_path, CSV))
        assert (shown.bars, shown.errors) == (19, [])
        done = await found.store(reading(tmp_path, CSV), keep=True, read_done=lambda: None)
    assert done.written == 19
    assert grown < 50, "the process that asks holds nothing of what the files hold"
    assert ParquetBarStore(tmp_path / "bars").find("X") is not None


@pytest.mark.anyio
async def test_reader_that_dies_or_takes_too_long_fails_its_own_file_only(tmp_path: Path) -> None:
    async with readers(tmp_path, Limits(upload_memory_bytes=150 * MB, upload_seconds=2)) as found:
        process = await stopped(found, tmp_path)
        task = asyncio.create_task(found.store(reading(tmp_path, CSV), keep=True, read_done=lambda: None))
        while process.is_idle:
            await asyncio.sleep(0)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match="send it again"):
            await task
        await stopped(found, tmp_path)
        with pytest.raises(DataError, match=r"reading it took over 2 s \(WEAVER_UPLOAD_SECONDS\): split it, or use"):
            await found.store(reading(tmp_path, CSV), keep=True, read_done=lambda: None)


async def stopped(found: FileReaders, folder: Path) -> WorkerProcess:
    """The process that will read next, which does nothing any more."""
    assert (await found.preview(reading(folder, CSV))).bars == 19
    [process] = found.processes
    os.kill(process.pid, signal.SIGSTOP)
    return process


@pytest.mark.anyio
async def test_look_at_a_file_waits_only_so_long_for_its_turn(tmp_path: Path) -> None:
    async with readers(tmp_path, Limits(wait_seconds=0.1, upload_seconds=60)) as found:
        async with found.process(1), found.process(1):
            with pytest.raises(Unavailable, match=r"other files have been read for 0.1 s: try again later"):
                await found.preview(reading(tmp_path, CSV))
        assert (await found.preview(reading(tmp_path, CSV))).bars == 19


@pytest.mark.anyio
async def test_what_is_wrong_with_a_file_is_said_as_in_the_process_itself(tmp_path: Path) -> None:
    async with readers(tmp_path) as found:
        gone = reading(tmp_path, CSV)
        gone.path.unlink()
        with pytest.raises(Unavailable, match=r"X_1d\.csv: it was removed"):
            await found.store(gone, keep=True, read_done=lambda: None)
        with pytest.raises(DataError, match=r"^X_1d.csv: row 2 \(line 3\): high 1.0 is below low 2.0$"):
            await found.store(
                reading(tmp_path, b"timestamp,open,high,low,close\n2024-01-01,1,2,1,2\n2024-01-02,2,1,2,2\n"),
                keep=True, read_done=lambda: None,
            )  # fmt: skip
        done = await found.store(reading(tmp_path, CSV), keep=True, read_done=lambda: None)
        assert (done.written, done.series.bars) == (19, 19)
        other = replace(reading(tmp_path, CSV), asset_class=AssetClass.FX)
        with pytest.raises(InputError, match=r"X is in the bar store as .*, not fx"):
            await found.store(other, keep=True, read_done=lambda: None)


@pytest.mark.anyio
async def test_reading_is_told_when_it_is_over_and_a_cancelled_one_leaves_no_process(tmp_path: Path) -> None:
    read = asyncio.Event()
    async with readers(tmp_path) as found:
        await found.store(reading(tmp_path, CSV), keep=True, read_done=read.set)
        assert read.is_set()
        process = await stopped(found, tmp_path)
        task = asyncio.create_task(found.store(reading(tmp_path, CSV), keep=True, read_done=lambda: None))
        await asyncio.sleep(0)
        while process.is_idle:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert not process.is_alive
