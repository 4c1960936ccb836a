"""The bar store: what is in it, what a file would bring, imports and removals."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from fastapi import Path as PathParameter

from weaver.events.factory import EventFactory
from weaver.events.payloads import DataImported
from weaver.glados.api.listing import sorted_by
from weaver.glados.api.paging import PagingDep, SortParameter
from weaver.glados.correlation import CorrelationId
from weaver.glados.errors import responses
from weaver.glados.jobs import Report
from weaver.glados.schemas.base import Identifier, PageOf, Text
from weaver.glados.schemas.data import (
    ColumnResponse,
    DataWarningResponse,
    ImportResponse,
    PreviewErrorResponse,
    PreviewResponse,
    SeriesResponse,
)
from weaver.glados.schemas.jobs import JobResponse
from weaver.glados.services import Services, ServicesDep
from weaver.glados.told import told
from weaver.glados.upload import kept_upload, removed, shown_name
from weaver.model.errors import Conflict, DataError, InputError, Unavailable
from weaver.model.instants import time_of
from weaver.model.instrument import AssetClass
from weaver.model.timeframe import Timeframe
from weaver.walle.bar_store import ParquetBarStore
from weaver.walle.catalogue import CatalogueEntry
from weaver.walle.files import check_symbol, symbol_of
from weaver.walle.importing import import_file, known_class
from weaver.walle.preview import FilePreview, preview
from weaver.walle.time_zone import zone_of

router = APIRouter(tags=["data"])

_ROW = re.compile(r": row (\d+)[ :]")
_COLUMNS = {
    "symbol": lambda entry: entry.symbol,
    "timeframe": lambda entry: entry.timeframe,
    "bars": lambda entry: entry.rows,
    "first": lambda entry: entry.first,
    "last": lambda entry: entry.last,
    "missing": lambda entry: entry.missing,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an uploaded file is to be read."""

    symbol: str
    timeframe: Timeframe | None
    tz: str | None
    asset_class: AssetClass | None


UploadedFile = Annotated[UploadFile, File(description="CSV (also gzip) or Parquet; columns are found by their names.")]
TimeframeField = Annotated[
    Text | None, Form(description="By default read off the data; a multiple of its own resamples.", examples=["1d"])
]
ZoneField = Annotated[Text | None, Form(description="Zone of times that carry none.", examples=["America/New_York"])]
AssetField = Annotated[
    Text | None, Form(description="stock, crypto, fx or future; by default as stored, else guessed from the symbol.")
]


@router.get("/data", responses=responses(400))
async def list_data(
    services: ServicesDep,
    paging: PagingDep,
    symbol: Annotated[Identifier | None, Query(description="Only this symbol's series.")] = None,
    asset_class: Annotated[AssetClass | None, Query(description="Only those of this class.")] = None,
    sort: SortParameter = None,
) -> PageOf[SeriesResponse]:
    """Every stored series. `sort`: symbol (the default), timeframe, bars, first, last or missing."""
    entries = await services.threads.catalogue.do(services.bars.catalogue)
    wanted = [entry for entry in entries if _is_wanted(entry, symbol, asset_class)]
    page = paging.cut(sorted_by(wanted, sort, _COLUMNS))
    return paging.of([SeriesResponse.of(entry) for entry in page.items], page.total)


@router.post("/data/preview", responses=responses(400, 413))
async def preview_data(
    services: ServicesDep,
    file: UploadedFile,
    symbol: Annotated[
        Text | None, Form(description="By default the file's name up to `_<timeframe>`.", examples=["AAPL"])
    ] = None,
    timeframe: TimeframeField = None,
    tz: ZoneField = None,
    asset: AssetField = None,
) -> PreviewResponse:
    """Read a file as an import would, and tell what it found. Nothing is stored; what is wrong with the file is in
    `errors`, with status 200."""
    name = shown_name(file.filename)
    reading = _reading(symbol or symbol_of(Path(name)), timeframe, tz, asset)
    path = await _kept(services, file, name)
    try:
        found = await asyncio.to_thread(_previewed, services.bars, path, reading)
        if found.error is not None and not path.exists():
            raise removed(name)
    finally:
        path.unlink(missing_ok=True)
    return _preview_response(found, reading.symbol, path, name)


@router.post("/data/import", status_code=201, responses=responses(400, 409, 413))
async def import_data(
    services: ServicesDep,
    response: Response,
    file: UploadedFile,
    corr_id: CorrelationId,
    symbol: Annotated[Text, Form(description="What the bars are stored under.", examples=["AAPL"])],
    timeframe: TimeframeField = None,
    tz: ZoneField = None,
    asset: AssetField = None,
    replace: Annotated[bool, Form(description="Drop what was stored of the series before.")] = False,
) -> JobResponse:
    """Store a file's bars: a job, whose state GET /jobs/{id} tells. Bars stored for the same stretch of time are
    replaced, the rest is kept; a file that is refused changes nothing. Then there is an event `data.Imported`."""
    _check_owner(services)
    name = shown_name(file.filename)
    reading = _reading(symbol, timeframe, tz, asset)
    path = await _kept(services, file, name)

    async def work(report: Report) -> Mapping[str, Any]:
        return await _imported(services, path, name, reading, report, keep=not replace, corr_id=corr_id)

    job = services.jobs.submit("data.import", work, corr_id=corr_id, clean_up=partial(path.unlink, missing_ok=True))
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobResponse.of(job)


@router.post("/data/fetch", status_code=201, responses=responses(503))
async def fetch_data() -> JobResponse:
    """Download bars from a venue: 503 as long as none is connected."""
    raise Unavailable("no venue is connected: download the data yourself, then POST /data/import it")


@router.delete("/data/{symbol:path}/{timeframe}", status_code=204, responses=responses(400, 404, 409))
async def delete_data(
    services: ServicesDep,
    symbol: Annotated[Identifier, PathParameter(description="A stored symbol; it may have a slash in it.")],
    timeframe: Annotated[Identifier, PathParameter(description="A stored timeframe of it.")],
) -> None:
    """Remove a series; with its last one, the symbol. A finished run that was made of it can no longer be re-run."""
    _check_owner(services)
    await services.threads.changes.do(services.bars.delete, symbol, Timeframe.parse(timeframe))


def _is_wanted(entry: CatalogueEntry, symbol: str | None, asset_class: AssetClass | None) -> bool:
    return symbol in {None, entry.symbol} and asset_class in {None, entry.instrument.asset_class}


def _check_owner(services: Services) -> None:
    if not services.is_owner():
        raise Conflict("this server is read-only: another one owns the database; ask that one, or stop it")


async def _kept(services: Services, file: UploadFile, name: str) -> Path:
    most = services.facts.limits.upload_bytes_max
    return await services.threads.uploads.do(kept_upload, file.file, name=name, bytes_max=most)


def _reading(symbol: str, timeframe: str | None, tz: str | None, asset: str | None) -> Reading:
    """How a file is to be read. Empty fields count as not given. Raises InputError."""
    check_symbol(symbol)
    if tz:
        zone_of(tz)
    return Reading(
        symbol=symbol,
        timeframe=Timeframe.parse(timeframe) if timeframe else None,
        tz=tz or None,
        asset_class=AssetClass.parse(asset) if asset else None,
    )


async def _imported(
    services: Services,
    path: Path,
    name: str,
    reading: Reading,
    report: Report,
    *,
    keep: bool,
    corr_id: str,
) -> Mapping[str, Any]:
    """The job: read, store, and say so in the log. Raises InputError with the client's name for the file, and
    Unavailable where the file is gone."""
    report("reading", 0.0)
    try:
        imported = await asyncio.to_thread(
            import_file,
            services.bars,
            path,
            symbol=reading.symbol,
            source=name,
            timeframe=reading.timeframe,
            tz=reading.tz,
            asset_class=reading.asset_class,
            keep=keep,
            read_done=lambda: report("storing", 0.7),
        )
    except InputError as error:
        if not path.exists():
            raise removed(name) from error
        family = DataError if isinstance(error, DataError) else InputError
        raise family(str(error).replace(str(path), name)) from error
    notes = [note.replace(str(path), name) for note in imported.read.all_notes]
    entry = imported.outcome.entry
    payload = DataImported(
        symbol=entry.symbol, timeframe=str(entry.timeframe), bars=entry.rows, content_hash=entry.content_hash
    )
    events = EventFactory(producer="data", now=services.now, new_id=services.new_id)
    try:
        await services.log.append([events.event(payload, corr_id=corr_id)])
    except Unavailable as error:
        notes.append(f"the bars are stored, but the event log did not take data.Imported: {error}")
    result: Mapping[str, Any] = ImportResponse.of(imported, notes).model_dump(mode="json")
    return result


def _previewed(store: ParquetBarStore, path: Path, reading: Reading) -> FilePreview:
    return preview(
        path,
        symbol=reading.symbol,
        timeframe=reading.timeframe,
        tz=reading.tz,
        asset_class=reading.asset_class or known_class(store, reading.symbol),
    )


def _preview_response(found: FilePreview, symbol: str, path: Path, name: str) -> PreviewResponse:
    read = found.read
    bars = None if read is None else read.bars
    error = None if found.error is None else told(found.error.replace(str(path), name))
    row = None if error is None else _ROW.search(error)
    return PreviewResponse(
        symbol=symbol,
        asset_class=None if read is None else read.instrument.asset_class,
        timeframe=None if bars is None else str(bars.timeframe),
        time_zone=found.zone,
        bars=0 if bars is None else len(bars),
        first=None if bars is None else time_of(int(bars.timestamp[0])),
        last=None if bars is None else time_of(int(bars.timestamp[-1])),
        columns=[ColumnResponse.model_validate({"name": column, "use": use}) for column, use in found.columns],
        rows=[list(cells) for cells in found.rows],
        notes=[] if read is None else [note.replace(str(path), name) for note in read.all_notes],
        warnings=[] if read is None else [_warning(one.code, one.message) for one in read.warnings],
        errors=[] if error is None else [PreviewErrorResponse(message=error, row=int(row[1]) if row else None)],
    )


def _warning(code: str, message: str) -> DataWarningResponse:
    return DataWarningResponse(code=code, message=message)
