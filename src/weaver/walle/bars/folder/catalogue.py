"""What the bar store knows about a symbol, and how that is written down."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from weaver.model.calendar.instants import INSTANT_MAX, INSTANT_MIN
from weaver.model.errors import Damaged, WeaverError
from weaver.model.facts import contract_json, contract_of
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.ratio import ratio_text
from weaver.walle.bars.folder.checksums import FileChecks

FORMAT = 2
"""1: records without checksums, of themselves and of their files."""
_FOLDER = re.compile(r"\w+-[1-9]\d*")
_FILE = re.compile(r"\w+\.parquet")
_HASH = re.compile(r"[0-9a-f]{64}")
_KEPT_LENGTH = 4096
"""Records of so many bytes or fewer, as nearly all are, are kept for as long as they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One stored series. first, last: start stamps (ns); missing: bars that the calendar expects and are not there."""

    symbol: str
    timeframe: Timeframe
    instrument: Instrument
    source: str
    content_hash: str
    first: int
    last: int
    rows: int
    missing: int
    folder: str
    """Name of the folder, beside the symbol's record, that holds the files."""
    files: tuple[str, ...]
    """Their names, in order of time."""
    checks: tuple[FileChecks, ...] | None
    """Their checksums; None as long as a store of before has not been given any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolRecord:
    """All that is stored under one symbol; the file of it is what makes a change valid."""

    instrument: Instrument
    actions: tuple[CorporateAction, ...]
    series: Mapping[Timeframe, CatalogueEntry]

    def to_json(self) -> str:
        """The record as text; decimals are strings."""
        record = {
            "format": FORMAT,
            "instrument": _instrument_json(self.instrument),
            "actions": [corporate_action_json(action) for action in self.actions],
            "series": [_entry_json(self.series[timeframe]) for timeframe in sorted(self.series)],
        }
        return json.dumps({**record, "checksum": _checksum(record)}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, *, place: Path) -> "SymbolRecord":
        """The record that `text` holds. Raises Damaged naming `place` if it is not one, or not as it was written."""
        try:
            return (_record_again if len(text) <= _KEPT_LENGTH else _record)(text)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, WeaverError) as error:
            raise Damaged(f"{place} is not a record of the bar store as it was written") from error
        except RecursionError as error:
            raise Damaged(f"{place} is not a record of the bar store: it nests too deeply") from error


def _record(text: str | bytes) -> SymbolRecord:
    record = json.loads(text)
    _check_sum(record)
    instrument = _instrument(record["instrument"])
    entries = [_entry(entry, instrument) for entry in record["series"]]
    return SymbolRecord(
        instrument=instrument,
        actions=tuple(corporate_action_of(action) for action in record["actions"]),
        series={entry.timeframe: entry for entry in entries},
    )


_record_again = lru_cache(maxsize=2048)(_record)
"""A store is listed before it is read, and listed again: what the very same text says need not be found out anew."""


def _checksum(record: Mapping[str, object]) -> str:
    """SHA-256 (hex) of what a record says, however it is spelt."""
    return hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _check_sum(record: dict[str, object]) -> None:
    """Raises ValueError for a record that has changed since it was written. Those of format 1 cannot show it."""
    checksum = record.pop("checksum", None)
    if checksum is None and record["format"] == 1:
        json.dumps(record, ensure_ascii=False).encode()  # half a surrogate pair is no text that could be answered
        return
    if checksum != _checksum(record):
        raise ValueError("changed")
    if record["format"] != FORMAT:
        raise ValueError("of a newer Weaver")


def _instrument_json(instrument: Instrument) -> dict[str, str | bool]:
    return {
        "symbol": instrument.symbol,
        "asset_class": instrument.asset_class.value,
        "tick": str(instrument.tick),
        "tick_given": instrument.tick_given,
        "lot": str(instrument.lot),
        "minimum": str(instrument.minimum),
        "quote_currency": instrument.quote_currency,
        **contract_json(instrument),
    }


def _instrument(record: Mapping[str, Any]) -> Instrument:
    asset_class, tick = AssetClass(record["asset_class"]), Decimal(record["tick"])
    return Instrument(
        symbol=record["symbol"],
        asset_class=asset_class,
        tick=tick,
        # Before this was written down nobody could give a tick.
        tick_given=record.get("tick_given", not Instrument.is_default_tick(tick, asset_class)),
        lot=Decimal(record["lot"]),
        minimum=Decimal(record["minimum"]),
        quote_currency=record["quote_currency"],
        **contract_of(record),
    )


def corporate_action_json(action: CorporateAction) -> dict[str, str]:
    """The action as a row of an actions file."""
    kind, value = _kind_and_value(action)
    return {"ex_date": action.ex_date.isoformat(), "type": kind, "value": value}


def _kind_and_value(action: CorporateAction) -> tuple[str, str]:
    match action:
        case Split():
            return "split", ratio_text(action.ratio)
        case Dividend():
            return "dividend", format(action.amount, "f")
        case Delisting():
            return "delisting", format(action.value, "f")


def corporate_action_of(record: Mapping[str, str]) -> CorporateAction:
    """The action that a row tells. Raises ValueError, KeyError or ArithmeticError where it tells none."""
    ex_date, value = date.fromisoformat(record["ex_date"]), record["value"]
    match record["type"]:
        case "split":
            return Split(ex_date=ex_date, ratio=value)
        case "dividend":
            return Dividend(ex_date=ex_date, amount=Decimal(value))
        case "delisting":
            return Delisting(ex_date=ex_date, value=Decimal(value))
        case kind:
            raise ValueError(kind)


def _entry_json(entry: CatalogueEntry) -> dict[str, object]:
    return {
        "timeframe": str(entry.timeframe),
        "source": entry.source,
        "content_hash": entry.content_hash,
        "first": entry.first,
        "last": entry.last,
        "rows": entry.rows,
        "missing": entry.missing,
        "folder": entry.folder,
        "files": list(entry.files),
        "checks": None if entry.checks is None else [one.to_json() for one in entry.checks],
    }


def _entry(record: Mapping[str, Any], instrument: Instrument) -> CatalogueEntry:
    checks = record.get("checks")
    entry = CatalogueEntry(
        symbol=instrument.symbol,
        instrument=instrument,
        timeframe=Timeframe.parse(record["timeframe"]),
        source=str(record["source"]),
        content_hash=str(record["content_hash"]),
        first=int(record["first"]),
        last=int(record["last"]),
        rows=int(record["rows"]),
        missing=int(record["missing"]),
        folder=str(record["folder"]),
        files=tuple(record["files"]),
        checks=None if checks is None else tuple(FileChecks.from_json(one) for one in checks),
    )
    _check_entry(entry)
    return entry


def _check_entry(entry: CatalogueEntry) -> None:
    """Raises ValueError for one that names files elsewhere, or contradicts itself."""
    if not _FOLDER.fullmatch(entry.folder) or not entry.files:
        raise ValueError("not a folder of the series")
    if not all(_FILE.fullmatch(name) for name in entry.files):
        raise ValueError("not files of the series")
    if not _HASH.fullmatch(entry.content_hash) or entry.rows <= 0 or entry.missing < 0:
        raise ValueError("numbers that cannot be")
    if not INSTANT_MIN <= entry.first <= entry.last <= INSTANT_MAX:
        raise ValueError("instants that cannot be")
    if entry.checks is not None and (
        len(entry.checks) != len(entry.files) or sum(sum(one.rows) for one in entry.checks) != entry.rows
    ):
        raise ValueError("checksums of other files")
