"""Ways in which a store's files come to harm."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from tests.unit.walle.store_builders import bars, instrument
from weaver.walle.bars.store import ParquetBarStore

Harm = Callable[[Path, Path], None]
"""Does harm to a file; the other one is the same year's of another symbol, of the same length."""


def _written(change: Callable[[bytes], bytes]) -> Harm:
    return lambda file, _other: (file.write_bytes(change(file.read_bytes())), None)[1]


def _flipped(place: float) -> Harm:
    def change(content: bytes) -> bytes:
        at = int(place * (len(content) - 1))
        return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]

    return _written(change)


def _swapped(file: Path, other: Path) -> None:
    mine, others = file.read_bytes(), other.read_bytes()
    file.write_bytes(others)
    other.write_bytes(mine)


def _in_its_place(make: Callable[[Path], object]) -> Harm:
    def harm(file: Path, _other: Path) -> None:
        file.unlink()
        make(file)

    return harm


FILE_HARMS: dict[str, Harm] = {
    "truncated": _written(lambda content: content[: len(content) // 2]),
    "truncated by a byte": _written(lambda content: content[:-1]),
    "longer": _written(lambda content: content + b"\0"),
    "empty": _written(lambda _content: b""),
    "zeroed": _written(lambda content: content[:2000] + bytes(4000) + content[6000:]),
    "all zero": _written(lambda content: bytes(len(content))),
    "footer zeroed": _written(lambda content: content[:-300] + bytes(292) + content[-8:]),
    "bit of the magic": _flipped(0.0),
    "bit of a dictionary": _flipped(0.1),
    "bit of a page": _flipped(0.5),
    "bit at the end of the pages": _flipped(0.8),
    "bit of the end": _flipped(1.0),
    "swapped with another symbol's": _swapped,
    "missing": lambda file, _other: file.unlink(),
    "a folder": _in_its_place(Path.mkdir),
    "a pipe": _in_its_place(os.mkfifo),
    "a link in a circle": _in_its_place(lambda file: file.symlink_to(file)),
}

RECORD_HARMS: dict[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "one brace": lambda path: path.write_text("{"),
    "deep": lambda path: path.write_text("[" * 100_000),
    "deep objects": lambda path: path.write_text('{"a":' * 100_000),
    "empty": lambda path: path.write_text(""),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "null": lambda path: path.write_text("null"),
    "a list": lambda path: path.write_text("[1, 2]"),
    "a number of a million digits": lambda path: path.write_text("1" * 1_000_000),
    "not UTF-8": lambda path: path.write_bytes(path.read_bytes().replace(b"crypto", b"cr\xffpto")),
    "one digit changed": lambda path: path.write_text(path.read_text().replace('"lot": "1E-8"', '"lot": "1E-7"')),
    "a split too many": lambda path: _change(path, actions=[{"ex_date": "2022-01-03", "type": "split", "value": "2"}]),
    "format 1": lambda path: _change(path, format=1, series=5),
    "series of format 1": lambda path: _as_format_1(path, series={"timeframe": "1m"}),
    "files elsewhere": lambda path: _as_format_1_entry(path, folder="../ETHUSD/1m-1"),
    "rows as text": lambda path: _as_format_1_entry(path, rows="many"),
    "negative rows": lambda path: _as_format_1_entry(path, rows=-5),
    "files a text": lambda path: _as_format_1_entry(path, files="2021.parquet"),
    "instants beyond 64 bits": lambda path: _as_format_1_entry(path, last=10**30),
    "half a surrogate pair": lambda path: _as_format_1_entry(path, source="\ud800"),
    "another symbol's": lambda path: shutil.copy(path.parent.parent / "ETHUSD" / "symbol.json", path),
    "missing": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "endless": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
}


def _change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def _as_format_1(path: Path, **fields: object) -> None:
    record = json.loads(path.read_text())
    del record["checksum"]
    path.write_text(json.dumps({**record, "format": 1, **fields}))


def _as_format_1_entry(path: Path, **fields: object) -> None:
    _as_format_1(path, series=[{**json.loads(path.read_text())["series"][0], **fields}])


def two_symbols(root: Path) -> ParquetBarStore:
    """BTCUSD and ETHUSD, minutes of two years."""
    store = ParquetBarStore(root)
    for seed, symbol in enumerate(("BTCUSD", "ETHUSD")):
        store.write(bars(count=3000, symbol=symbol, seed=seed), instrument(symbol), (), "a file")
    return store


def as_written_before(root: Path) -> None:
    """Make a store into what was written before there were checksums: format 1, large row groups, nullable columns."""
    for path in root.glob("*/symbol.json"):
        _as_format_1(path)
        record = json.loads(path.read_text())
        for entry in record["series"]:
            del entry["checks"]
            folder = path.parent / entry["folder"]
            (folder / "series.json").unlink()
            for file in folder.glob("*.parquet"):
                table = parquet.read_table(file)
                schema = pa.schema([field.with_nullable(True) for field in table.schema])
                parquet.write_table(
                    table.cast(schema), file, compression="none", row_group_size=1 << 20, write_statistics=False,
                    use_dictionary=["open", "high", "low", "close", "volume"], store_schema=False,
                    column_encoding=dict.fromkeys(("timestamp", "end"), "DELTA_BINARY_PACKED"),
                )  # fmt: skip
        path.write_text(json.dumps(record))
