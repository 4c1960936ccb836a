"""Series of the bar store as `weaver data` shows them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weaver.walle.bars.damage import ListedSeries
    from weaver.walle.bars.folder.catalogue import CatalogueEntry
    from weaver.walle.bars.store import WriteOutcome
    from weaver.walle.files.checks.assembly import ReadBars
    from weaver.walle.files.checks.quality import DataWarning


def print_table(series: "Sequence[ListedSeries]") -> None:
    """A row for each."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("symbol", "timeframe", "class", "bars", "first", "last", "missing", "source"):
        table.add_column(name, justify="right" if name in {"bars", "missing"} else "left", overflow="fold")
    for one in series:
        symbol = one.symbol if one.damaged is None else f"{one.symbol} (damaged)"
        known = () if one.entry is None else _cells(one.entry)
        table.add_row(symbol, "" if one.timeframe is None else str(one.timeframe), *known)
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)


def _cells(entry: "CatalogueEntry") -> tuple[str, ...]:
    from weaver.walle.files.columns.times.moment import moment

    span = moment(entry.first), moment(entry.last)
    return entry.instrument.asset_class, f"{entry.rows:,}", *span, f"{entry.missing:,}", Path(entry.source).name


def listed_json(one: "ListedSeries") -> dict[str, object]:
    """The series as an object, with null for what damage leaves unknown."""
    if one.entry is not None:
        return {**_entry_json(one.entry), "damaged": one.damaged}
    names = ("asset_class", "bars", "first", "last", "missing", "content_hash", "source")
    timeframe = None if one.timeframe is None else str(one.timeframe)
    return {"symbol": one.symbol, "timeframe": timeframe, **dict.fromkeys(names), "damaged": one.damaged}


def outcome_json(read: "ReadBars", outcome: "WriteOutcome") -> dict[str, object]:
    """What an import did."""
    return {
        **_entry_json(outcome.entry),
        "written": outcome.written,
        "replaced": outcome.replaced,
        "kept": outcome.kept,
        "notes": list(read.all_notes),
        "warnings": [
            *(warning_json(warning) for warning in read.warnings),
            *({"code": "mended", "message": message} for message in outcome.mended),
        ],
    }


def warning_json(warning: "DataWarning") -> dict[str, str]:
    """Code and message."""
    return {"code": warning.code, "message": warning.message}


def _entry_json(entry: "CatalogueEntry") -> dict[str, object]:
    return {
        "symbol": entry.symbol,
        "timeframe": str(entry.timeframe),
        "asset_class": entry.instrument.asset_class.value,
        "bars": entry.rows,
        "first": _iso(entry.first),
        "last": _iso(entry.last),
        "missing": entry.missing,
        "content_hash": entry.content_hash,
        "source": entry.source,
    }


def _iso(instant: int) -> str:
    from weaver.walle.files.columns.times.moment import moment

    text = moment(instant)
    return f"{text.replace(' ', 'T')}Z" if " " in text else f"{text}T00:00:00Z"
