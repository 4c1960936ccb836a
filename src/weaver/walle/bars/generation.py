"""Writing a series: a new generation of its files, then the record that makes it valid."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from weaver.model.calendar.sessions import calendar_of
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.folder.bar_files import parts_of, write_file
from weaver.walle.bars.folder.catalogue import CatalogueEntry, SymbolRecord
from weaver.walle.bars.folder.checksums import checks_of
from weaver.walle.bars.folder.symbol_folder import SERIES_RECORD, WRITING, SymbolFolder, remove, sync, write_text
from weaver.walle.bars.mending import Mended
from weaver.walle.bars.merging import updated
from weaver.walle.files.checks.gaps import missing_bars


def write_series(
    folder: SymbolFolder,
    bars: Bars,
    instrument: Instrument,
    source: str,
    found: Mended,
    actions: tuple[CorporateAction, ...] | None,
) -> CatalogueEntry:
    """Write a generation, then the record that names it."""
    temporary = Path(tempfile.mkdtemp(prefix=WRITING, dir=folder.path))
    name = folder.next_generation(bars.timeframe)
    entry = _written(temporary, bars, instrument, source, name)
    record = updated(found.record, entry, instrument, actions)
    describe(folder, replace(record, series={entry.timeframe: entry}), temporary)
    if found.is_new:
        folder.announce()
    temporary.rename(folder.path / name)
    sync(folder.path)
    try:
        folder.commit(record)
    except BaseException:
        if folder.record_or_none() != record:
            remove(folder.path / name)
        raise
    return entry


def rewrite(
    folder: SymbolFolder, record: SymbolRecord, instrument: Instrument, changed: Mapping[Timeframe, Bars]
) -> None:
    """Give a symbol other facts, and some of its series other bars, all valid in one step."""
    series = {timeframe: replace(entry, instrument=instrument) for timeframe, entry in record.series.items()}
    after, written = replace(record, instrument=instrument, series=series), list[str]()
    try:
        for timeframe, bars in changed.items():
            temporary = Path(tempfile.mkdtemp(prefix=WRITING, dir=folder.path))
            name = folder.next_generation(timeframe)
            series[timeframe] = _written(temporary, bars, instrument, record.series[timeframe].source, name)
            describe(folder, replace(after, series={timeframe: series[timeframe]}), temporary)
            temporary.rename(folder.path / name)
            written.append(name)
        for timeframe in series.keys() - changed.keys():
            described = folder.path / series[timeframe].folder
            describe(folder, replace(after, series={timeframe: series[timeframe]}), described)
        sync(folder.path)
        folder.commit(after)
    except BaseException:
        if folder.record_or_none() != after:
            for name in written:
                remove(folder.path / name)
        raise


def describe(folder: SymbolFolder, record: SymbolRecord, generation: Path) -> None:
    """Have a generation's own record in it, from which a lost one of the symbol can be put together."""
    temporary = folder.path / f"{WRITING}{SERIES_RECORD}"
    write_text(temporary, record.to_json())
    temporary.replace(generation / SERIES_RECORD)
    sync(generation)


def _written(folder: Path, bars: Bars, instrument: Instrument, source: str, name: str) -> CatalogueEntry:
    """Write the bars into `folder`, which will be called `name`; its entry in the catalogue, with the checksums."""
    parts = parts_of(bars)
    for file, part in parts:
        write_file(folder / file, part)
        sync(folder / file)
    return CatalogueEntry(
        symbol=bars.symbol,
        timeframe=bars.timeframe,
        instrument=instrument,
        source=source,
        content_hash=bars.content_hash(),
        first=int(bars.timestamp[0]),
        last=int(bars.timestamp[-1]),
        rows=len(bars),
        missing=missing_bars(bars, calendar_of(instrument)),
        folder=name,
        files=tuple(file for file, _part in parts),
        checks=tuple(checks_of(folder / file) for file, _part in parts),
    )
