"""Reading an uploaded file, in whatever process: what it would bring, or into the bar store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from weaver.glados.http.upload import removed
from weaver.glados.schemas.market.data import (
    ColumnResponse,
    DataWarningResponse,
    ImportResponse,
    PreviewErrorResponse,
    PreviewResponse,
)
from weaver.model.calendar.instants import time_of
from weaver.model.errors import DataError, InputError
from weaver.model.facts import Facts
from weaver.model.fit_text import fit_to_send
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.importing import import_file
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.files.corporate_actions_file import read_corporate_actions
from weaver.walle.files.preview import FilePreview, preview
from weaver.walle.files.spelling import AS_WRITTEN, Spelling

_COLUMNS_MAX = 500
"""A look shows no more of them, beside those that are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file, what it is called for its client, and how it is to be read."""

    path: Path
    name: str
    symbol: str
    timeframe: Timeframe | None
    tz: str | None
    asset_class: AssetClass | None
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else was said of the symbol, as `Facts.parse` takes it."""
    spelling: Spelling = AS_WRITTEN
    is_asked: bool = True
    """The client named the symbol; else it is what the bars are called where no column says it."""
    actions: Path | None = None
    """A file of the symbol's splits and dividends; None: those that are stored stay."""
    actions_name: str = ""

    def read_actions(self, symbol: str) -> tuple[CorporateAction, ...] | None:
        """The symbol's splits and dividends; None: no file has them. Raises InputError."""
        return None if self.actions is None else read_corporate_actions(self.actions, symbol=symbol)

    def to_json(self) -> dict[str, Any]:
        """As another process can be told of it."""
        return {
            "path": str(self.path),
            "name": self.name,
            "symbol": self.symbol,
            "timeframe": None if self.timeframe is None else str(self.timeframe),
            "tz": self.tz,
            "asset_class": self.asset_class,
            "facts": {**self.facts},
            "spelling": self.spelling.to_json(),
            "is_asked": self.is_asked,
            "actions": None if self.actions is None else str(self.actions),
            "actions_name": self.actions_name,
        }

    @property
    def said(self) -> Facts:
        """All that was said of the symbol. Raises InputError."""
        return Facts.parse(asset=self.asset_class, **self.facts)

    @classmethod
    def of_json(cls, given: Mapping[str, Any]) -> "Reading":
        """What `to_json` told."""
        return cls(
            path=Path(given["path"]),
            name=given["name"],
            symbol=given["symbol"],
            timeframe=None if given["timeframe"] is None else Timeframe.parse(given["timeframe"]),
            tz=given["tz"],
            asset_class=None if given["asset_class"] is None else AssetClass(given["asset_class"]),
            facts=given["facts"],
            spelling=Spelling.parse(**given["spelling"]),
            is_asked=given["is_asked"],
            actions=None if given["actions"] is None else Path(given["actions"]),
            actions_name=given["actions_name"],
        )


def previewed(store: ParquetBarStore, reading: Reading) -> PreviewResponse:
    """What a file would bring. What is wrong with it is told in the answer; raises Unavailable where it is gone."""
    found = preview(
        reading.path,
        symbol=reading.symbol if reading.is_asked else None,
        otherwise=reading.symbol,
        timeframe=reading.timeframe,
        tz=reading.tz,
        spelling=reading.spelling,
        facts_of=lambda symbol: _known(store, reading, symbol),
    )
    if found.error is not None and not reading.path.exists():
        raise removed(reading.name)
    if found.read is not None:
        try:
            reading.read_actions(found.read.bars.symbol)
        except InputError as error:
            found = replace(found, error=error)
    return _response(found, reading)


def _known(store: ParquetBarStore, reading: Reading, symbol: str) -> Facts:
    stored = store.known_instrument(symbol)
    return reading.said if stored is None else reading.said.over(Facts.of(stored))


def imported(
    store: ParquetBarStore, reading: Reading, *, keep: bool, read_done: Callable[[], None] = lambda: None
) -> ImportResponse:
    """Store a file's bars, wholly or not at all. read_done: is called between reading and storing.

    Raises InputError with the client's name for the file, and Unavailable where the file is gone.
    """
    try:
        done = import_file(
            store,
            reading.path,
            symbol=reading.symbol,
            source=reading.name,
            timeframe=reading.timeframe,
            tz=reading.tz,
            facts=reading.said,
            spelling=reading.spelling,
            actions=lambda: reading.read_actions(reading.symbol),
            keep=keep,
            read_done=read_done,
        )
    except InputError as error:
        if not reading.path.exists():
            raise removed(reading.name) from error
        file = {"file": reading.name} if error.facts.get("file") == str(reading.path) else {}
        raise error.reworded(_named(str(error), reading), **file) from error
    return ImportResponse.of(done, [_named(note, reading) for note in done.read.all_notes])


def _named(text: str, reading: Reading) -> str:
    if reading.actions is not None:
        text = text.replace(str(reading.actions), reading.actions_name)
    return text.replace(str(reading.path), reading.name)


def _response(found: FilePreview, reading: Reading) -> PreviewResponse:
    read = found.read
    bars = None if read is None else read.bars
    columns = [one for number, one in enumerate(found.columns) if one[1] or number < _COLUMNS_MAX]
    return PreviewResponse(
        symbol=reading.symbol if bars is None else bars.symbol,
        asset_class=None if read is None else read.instrument.asset_class,
        timeframe=None if bars is None else str(bars.timeframe),
        time_zone=found.zone,
        bars=0 if bars is None else len(bars),
        first=None if bars is None else time_of(int(bars.timestamp[0])),
        last=None if bars is None else time_of(int(bars.timestamp[-1])),
        columns=[ColumnResponse.model_validate({"name": column, "use": use}) for column, use in columns],
        rows=[list(cells[:_COLUMNS_MAX]) for cells in found.rows],
        notes=[] if read is None else [_named(note, reading) for note in read.all_notes],
        warnings=[] if read is None else [DataWarningResponse(code=w.code, message=w.message) for w in read.warnings],
        errors=[] if found.error is None else [_error(found.error, reading)],
    )


def _error(error: InputError, reading: Reading) -> PreviewErrorResponse:
    row = error.row if isinstance(error, DataError) else None
    return PreviewErrorResponse(message=fit_to_send(_named(str(error), reading)), row=row)
