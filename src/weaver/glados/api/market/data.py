"""The bar store: what is in it, what a file would bring, imports and removals."""

import dataclasses
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from fastapi import Path as PathParameter

from weaver.events.factory import EventFactory
from weaver.events.payloads import DataImported
from weaver.glados.api.lists.page_text import page_text
from weaver.glados.api.lists.paging import PagingDep, SortParameter
from weaver.glados.api.lists.sorting import sorted_by
from weaver.glados.api.market.owner import check_owner
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.http.upload import kept_upload, shown_name
from weaver.glados.jobs import Report
from weaver.glados.pool.reading import Reading
from weaver.glados.ports import Page
from weaver.glados.schemas.base import Identifier, PageOf, Text
from weaver.glados.schemas.market.data import PreviewResponse, SeriesResponse
from weaver.glados.schemas.market.jobs import JobResponse
from weaver.glados.services import Services
from weaver.model.backtest.options import OPTIONS
from weaver.model.calendar.instants import INSTANT_MIN
from weaver.model.errors import Unavailable
from weaver.model.facts import Facts
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.damage import ListedSeries
from weaver.walle.files.bar_file import check_symbol, symbol_of
from weaver.walle.files.columns.times.time_zone import zone_of
from weaver.walle.files.spelling import Spelling

router = APIRouter(tags=["data"])

_COLUMNS = {
    "symbol": lambda one: one.symbol,
    "timeframe": lambda one: 0 if one.timeframe is None else one.timeframe.nanoseconds,
    "bars": lambda one: 0 if one.entry is None else one.entry.rows,
    "first": lambda one: INSTANT_MIN if one.entry is None else one.entry.first,
    "last": lambda one: INSTANT_MIN if one.entry is None else one.entry.last,
    "missing": lambda one: 0 if one.entry is None else one.entry.missing,
}
LOOK_BYTES_MAX = 256 * 1024 * 1024
"""So many bytes of files that have changed since anybody looked are read for one listing."""


UploadedFile = Annotated[
    UploadFile,
    File(
        description="CSV or JSON (also as gzip, or alone in a zip), Parquet or Feather; columns are found by their "
        "names, or by their shape where there are none."
    ),
]
ActionsFile = Annotated[
    UploadFile | None,
    File(description="The symbol's splits and dividends, as CSV: ex_date,type,value. Without it those stored stay."),
]
TimeframeField = Annotated[
    Text | None, Form(description="By default read off the data; a multiple of its own resamples.", examples=["1d"])
]
ZoneField = Annotated[Text | None, Form(description="Zone of times that carry none.", examples=["America/New_York"])]
AssetField = Annotated[
    Text | None, Form(description="stock, crypto, fx or future; by default as stored, else guessed from the symbol.")
]


def _spelling(
    columns: Annotated[
        Text | None, Form(description=OPTIONS["columns"].about, examples=["close=Kurs,volume=Umsatz"])
    ] = None,
    date_order: Annotated[Text | None, Form(description=OPTIONS["date_order"].about)] = None,
    decimal: Annotated[Text | None, Form(description=OPTIONS["decimal"].about)] = None,
    empty_rows: Annotated[Text | None, Form(description=OPTIONS["empty_rows"].about)] = None,
    price_scale: Annotated[Text | None, Form(description=OPTIONS["price_scale"].about)] = None,
) -> Spelling:
    """What the client says of how the file writes its bars. Raises InputError."""
    return Spelling.parse(
        columns=columns, date_order=date_order, decimal=decimal, empty_rows=empty_rows, price_scale=price_scale
    )


SpellingDep = Annotated[Spelling, Depends(_spelling)]


def _facts(
    tick: Annotated[Text | None, Form(description=OPTIONS["tick"].about)] = None,
    lot: Annotated[Text | None, Form(description=OPTIONS["lot"].about)] = None,
    multiplier: Annotated[Text | None, Form(description=OPTIONS["multiplier"].about)] = None,
    margin: Annotated[Text | None, Form(description=OPTIONS["margin"].about, examples=["13200/12000"])] = None,
    calendar: Annotated[Text | None, Form(description=OPTIONS["calendar"].about, examples=["XLON"])] = None,
) -> Mapping[str, str]:
    """What the client says of the symbol beside its class, by name. Raises InputError."""
    given = {"tick": tick, "lot": lot, "multiplier": multiplier, "margin": margin, "calendar": calendar}
    found = {name: value for name, value in given.items() if value}
    Facts.parse(**found)
    return found


FactsDep = Annotated[Mapping[str, str], Depends(_facts)]


@router.get("/data", response_model=PageOf[SeriesResponse], responses=responses(400))
async def list_data(
    services: ServicesDep,
    paging: PagingDep,
    symbol: Annotated[Identifier | None, Query(description="Only this symbol's series.")] = None,
    asset_class: Annotated[AssetClass | None, Query(description="Only those of this class.")] = None,
    sort: SortParameter = None,
) -> Response:
    """Every stored series, also those that are `damaged`. `sort`: symbol (the default), timeframe, bars, first, last or
    missing."""
    series = await services.threads.catalogue.do(services.bars.listing, bytes_max=LOOK_BYTES_MAX)
    wanted = [one for one in series if _is_wanted(one, symbol, asset_class)]
    page = paging.cut(sorted_by(wanted, sort, _COLUMNS))
    return await page_text(services, Page(items=page.items, total=page.total), SeriesResponse.of_listed, paging)


@router.post("/data/preview", responses=responses(400, 413))
async def preview_data(
    services: ServicesDep,
    file: UploadedFile,
    spelling: SpellingDep,
    facts: FactsDep,
    symbol: Annotated[
        Text | None,
        Form(description="By default the one of the file's column of symbols, or its name.", examples=["AAPL"]),
    ] = None,
    timeframe: TimeframeField = None,
    tz: ZoneField = None,
    asset: AssetField = None,
    actions: ActionsFile = None,
) -> PreviewResponse:
    """Read a file as an import would, and tell what it found. Nothing is stored; what is wrong with the file is in
    `errors`, with status 200."""
    name = shown_name(file.filename)
    reading = _reading(name, symbol or symbol_of(Path(name)), timeframe, tz, asset)
    reading = dataclasses.replace(reading, is_asked=bool(symbol), spelling=spelling, facts=facts)
    reading = await _kept(services, file, actions, reading)
    try:
        return await services.reader.preview(reading)
    finally:
        _remove(reading)


@router.post("/data/import", status_code=201, responses=responses(400, 409, 413))
async def import_data(
    services: ServicesDep,
    response: Response,
    file: UploadedFile,
    corr_id: CorrelationId,
    spelling: SpellingDep,
    facts: FactsDep,
    symbol: Annotated[
        Text, Form(description="What the bars are stored under; of several in the file, whose.", examples=["AAPL"])
    ],
    timeframe: TimeframeField = None,
    tz: ZoneField = None,
    asset: AssetField = None,
    actions: ActionsFile = None,
    replace: Annotated[bool, Form(description="Drop what was stored of the series before.")] = False,
) -> JobResponse:
    """Store a file's bars: a job, whose state GET /jobs/{id} tells. Bars stored for the same stretch of time are
    replaced, the rest is kept; a file that is refused changes nothing. Then there is an event `data.Imported`."""
    check_owner(services)
    reading = _reading(shown_name(file.filename), symbol, timeframe, tz, asset)
    reading = dataclasses.replace(reading, spelling=spelling, facts=facts)
    reading = await _kept(services, file, actions, reading)

    async def work(report: Report) -> Mapping[str, Any]:
        return await _imported(services, reading, report, keep=not replace, corr_id=corr_id)

    job = services.jobs.submit("data.import", work, corr_id=corr_id, clean_up=partial(_remove, reading))
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobResponse.of(job)


@router.delete("/data/{symbol:path}/{timeframe}", status_code=204, responses=responses(400, 404, 409))
async def delete_data(
    services: ServicesDep,
    symbol: Annotated[Identifier, PathParameter(description="A stored symbol; it may have a slash in it.")],
    timeframe: Annotated[Identifier, PathParameter(description="A stored timeframe of it.")],
) -> None:
    """Remove a series; with its last one, the symbol. A finished run that was made of it can no longer be re-run."""
    check_owner(services)
    await services.threads.changes.do(services.bars.delete, symbol, Timeframe.parse(timeframe))


def _is_wanted(one: ListedSeries, symbol: str | None, asset_class: AssetClass | None) -> bool:
    known = None if one.entry is None else one.entry.instrument.asset_class
    return symbol in {None, one.symbol} and asset_class in {None, known}


async def _kept(services: Services, file: UploadFile, actions: UploadFile | None, reading: Reading) -> Reading:
    """The reading of the files where they are kept."""
    most = services.facts.limits.upload_bytes_max
    path = await services.threads.uploads.do(kept_upload, file.file, name=reading.name, bytes_max=most)
    reading = dataclasses.replace(reading, path=path)
    if actions is None:
        return reading
    name = shown_name(actions.filename)
    try:
        kept = await services.threads.uploads.do(kept_upload, actions.file, name=name, bytes_max=most)
    except BaseException:
        _remove(reading)
        raise
    return dataclasses.replace(reading, actions=kept, actions_name=name)


def _remove(reading: Reading) -> None:
    for path in (reading.path, reading.actions):
        if path is not None:
            path.unlink(missing_ok=True)


def _reading(name: str, symbol: str, timeframe: str | None, tz: str | None, asset: str | None) -> Reading:
    """How a file is to be read, wherever it will be kept. Empty fields count as not given. Raises InputError."""
    check_symbol(symbol)
    if tz:
        zone_of(tz)
    return Reading(
        path=Path(),
        name=name,
        symbol=symbol,
        timeframe=Timeframe.parse(timeframe) if timeframe else None,
        tz=tz or None,
        asset_class=AssetClass.parse(asset) if asset else None,
    )


async def _imported(
    services: Services, reading: Reading, report: Report, *, keep: bool, corr_id: str
) -> Mapping[str, Any]:
    """The job: read, store, and say so in the log. Raises InputError with the client's name for the file, and
    Unavailable where the file is gone."""
    report("reading", 0.0)
    done = await services.reader.store(reading, keep=keep, read_done=lambda: report("storing", 0.7))
    series, notes = done.series, done.notes
    payload = DataImported(
        symbol=series.symbol, timeframe=series.timeframe, bars=series.bars, content_hash=series.content_hash
    )
    events = EventFactory(producer="data", now=services.now, new_id=services.new_id)
    try:
        await services.log.append([events.event(payload, corr_id=corr_id)])
    except Unavailable as error:
        notes = [*notes, f"the bars are stored, but the event log did not take data.Imported: {error}"]
    result: Mapping[str, Any] = done.model_copy(update={"notes": notes}).model_dump(mode="json")
    return result
