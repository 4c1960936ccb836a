"""Stored bars as a file that anybody can read, `weaver data import` among them."""

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from weaver.model.errors import InputError
from weaver.model.market.bars import Bars, Int64
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import DAY
from weaver.walle.bars.folder.catalogue import corporate_action_json

ENDINGS = (".csv", ".csv.gz", ".parquet", ".feather")
COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    bars: Path
    actions: Path | None
    """Splits and dividends beside the bars; None: there are none."""


def export_bars(bars: Bars, actions: Sequence[CorporateAction], path: Path, *, replace: bool = False) -> Exported:
    """Write bars, and their splits and dividends beside them, each file wholly or not at all.

    The ending says the kind: one of `ENDINGS`. Times are dates where all bars begin at midnight, else instants in UTC;
    numbers have the fewest digits that read back as the same. replace: a file that is there is written over. Raises
    InputError.
    """
    ending = next((one for one in sorted(ENDINGS, key=len, reverse=True) if path.name.lower().endswith(one)), None)
    if ending is None:
        raise InputError(f"{path}: its ending must say what it is: {', '.join(ENDINGS)}")
    beside = path.with_name(f"{path.name[: -len(ending)]}_actions.csv") if actions else None
    for one in (path, beside):
        if one is not None and one.exists() and not replace:
            raise InputError(f"{one}: is there already: name another file, or write over it with --replace")
    _write(path, _content(bars, ending))
    if beside is not None:
        rows = [corporate_action_json(action) for action in actions]
        _write(
            beside, _csv(("ex_date", "type", "value"), [(row["ex_date"], row["type"], row["value"]) for row in rows])
        )
    return Exported(bars=path, actions=beside)


def _content(bars: Bars, ending: str) -> bytes:
    if ending in {".parquet", ".feather"}:
        return _binary(bars, ending)
    numbers = zip(*(getattr(bars, name).tolist() for name in COLUMNS[1:]), strict=True)
    rows = ((time, *map(_number, row)) for time, row in zip(_times(bars.timestamp), numbers, strict=True))
    text = _csv(COLUMNS, rows)
    return gzip.compress(text, mtime=0) if ending.endswith(".gz") else text


def _binary(bars: Bars, ending: str) -> bytes:
    import pyarrow as pa
    from pyarrow import feather, parquet

    zone = None if (bars.timestamp % DAY == 0).all() else "UTC"
    times = pa.array(bars.timestamp, pa.timestamp("ns", zone))
    table = pa.table({"timestamp": times, **{name: pa.array(getattr(bars, name)) for name in COLUMNS[1:]}})
    target = io.BytesIO()
    if ending == ".parquet":
        parquet.write_table(table, target)
    else:
        feather.write_feather(table, target)
    return target.getvalue()


def _times(stamps: Int64) -> Iterator[str]:
    if (stamps % DAY == 0).all():
        return iter(np.datetime_as_string(stamps.view("datetime64[ns]"), unit="D").tolist())
    texts = np.datetime_as_string(stamps.view("datetime64[ns]"), unit="s").tolist()
    return (f"{text}Z" for text in texts)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _csv(header: Sequence[str], rows: object) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)  # type: ignore[arg-type]
    return target.getvalue().encode()


def _write(path: Path, content: bytes) -> None:
    """Raises InputError where it cannot be written; what was there stays until all is."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
