"""`weaver data`: bring market data in, see what there is, and how good it is."""

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from weaver.cli.arguments.spelling import Columns, DateOrder, Decimal, EmptyRows, PriceScale
from weaver.cli.data_export import export_data
from weaver.cli.data_facts import Calendar, Lot, Margin, Multiplier, Tick, show_facts
from weaver.cli.screen.json_answer import show_json
from weaver.cli.screen.progress import ProgressBar
from weaver.cli.screen.series import listed_json, outcome_json, print_table, warning_json
from weaver.config import settings
from weaver.model.errors import Damaged, InputError, WeaverError
from weaver.model.facts import NO_FACTS, Facts
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.spelling import AS_WRITTEN, Spelling

if TYPE_CHECKING:
    from weaver.cli.arguments.import_corporate_actions import PendingCorporateActions
    from weaver.walle.bars.damage import ListedSeries
    from weaver.walle.bars.folder.catalogue import CatalogueEntry
    from weaver.walle.bars.importing import Imported
    from weaver.walle.bars.store import ParquetBarStore, WriteOutcome
    from weaver.walle.files.checks.assembly import ReadBars
    from weaver.walle.files.checks.quality import DataWarning

app = typer.Typer(help="Import market data, list it, check it, export it.", no_args_is_help=True, rich_markup_mode=None)
app.command("export")(export_data)
app.command("facts")(show_facts)

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="CSV, JSON, Parquet or Feather; SYMBOL_actions.csv: splits and dividends."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
Symbol = Annotated[str | None, typer.Option("--symbol", help="By default the file's column of symbols, or its name.")]
Frame = Annotated[
    str | None, typer.Option("--timeframe", help="By default read off the data; 1h, 1d, 1w, 1mo … resample.")
]
Zone = Annotated[str | None, typer.Option("--tz", help="Zone of times that carry none, as America/New_York.")]
Asset = Annotated[
    str | None, typer.Option("--asset", help="stock, crypto, fx or future; by default guessed from symbol and bars.")
]
CorporateActionFiles = Annotated[
    list[str] | None,
    typer.Option("--actions", metavar="[SYMBOL=]FILE", help="Splits and dividends: ex_date,type,value."),
]
Replace = Annotated[bool, typer.Option("--replace", help="Drop what was stored of the series before.")]
Wanted = Annotated[list[str] | None, typer.Argument(metavar="[SYMBOL...]", help="All symbols by default.")]
Fetched = Annotated[
    list[str], typer.Argument(metavar="SYMBOL...", help="As the source spells them: AAPL, BTC/USD, BRK-B.")
]
LOOK_BYTES_MAX = 256 * 1024 * 1024
"""So many bytes `data list` reads to find damage; `data check` reads all."""
T = TypeVar("T")


@app.command("import")
def import_files(
    files: Files,
    symbol: Symbol = None,
    timeframe: Frame = None,
    tz: Zone = None,
    asset: Asset = None,
    tick: Tick = None,
    lot: Lot = None,
    multiplier: Multiplier = None,
    margin: Margin = None,
    calendar: Calendar = None,
    columns: Columns = None,
    date_order: DateOrder = None,
    decimal: Decimal = None,
    empty_rows: EmptyRows = None,
    price_scale: PriceScale = None,
    actions: CorporateActionFiles = None,
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Read files into the bar store. What is stored for the same stretch of time is replaced, the rest is kept."""
    import_data(
        _store(),
        files,
        symbol=symbol,
        timeframe=None if timeframe is None else Timeframe.parse(timeframe),
        tz=tz,
        facts=Facts.parse(asset=asset, tick=tick, lot=lot, multiplier=multiplier, margin=margin, calendar=calendar),
        spelling=Spelling.parse(
            columns=columns, date_order=date_order, decimal=decimal, empty_rows=empty_rows, price_scale=price_scale
        ),
        actions=actions or [],
        keep=not replace,
        as_json=as_json,
    )


@app.command("list")
def list_data(as_json: AsJson = False) -> None:
    """Show what is in the bar store."""
    with ProgressBar("Listing"):
        series = _store().listing(bytes_max=LOOK_BYTES_MAX)
    if as_json:
        show_json({"items": [listed_json(one) for one in series]})
    elif series:
        print_table(series)
        for message in dict.fromkeys(one.damaged for one in series if one.damaged is not None):
            typer.echo(f"warning: {message} [damaged]", err=True)
    else:
        typer.echo("Nothing here yet. Try: weaver data import FILE.csv")


@app.command()
def check(symbols: Wanted = None, as_json: AsJson = False) -> None:
    """Read what is stored and tell what may be wrong with it: damage, gaps, fillers, splits nobody told of."""
    store = _store()
    series = _wanted(store, symbols)
    found = [(one, _check(store, one)) for one in _progress(series, "Checking")]
    if as_json:
        items = [{**listed_json(one), "warnings": [warning_json(each) for each in some]} for one, some in found]
        show_json({"items": items})
    else:
        for one, warnings in found:
            for warning in warnings:
                typer.echo(f"{warning.message} [{warning.code}]")
            if not warnings and one.entry is not None:
                typer.echo(f"{one.symbol} {one.timeframe}: {one.entry.rows:,} bars, fine")
    if any(warning.code == "damaged" for _, warnings in found for warning in warnings):
        raise typer.Exit(2)


@app.command()
def fetch(
    symbols: Fetched,
    timeframe: Annotated[str, typer.Option("--timeframe", help="1m, 5m, 1h, 1d, 1w, 1mo …")] = "1d",
    start: Annotated[
        str | None, typer.Option("--from", metavar="D", help="By default ten years of days, one year of minutes.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help="Inclusive; by default now.")] = None,
    source: Annotated[
        str,
        typer.Option(
            "--source",
            help="alpaca (with keys), ccxt (public candles of a crypto exchange), or yfinance (unofficial, for "
            "personal use).",
        ),
    ] = "alpaca",
    exchange: Annotated[str | None, typer.Option("--exchange", help="Of ccxt: binance, kraken, coinbase …")] = None,
    as_json: AsJson = False,
) -> None:
    """Download bars, splits and dividends into the bar store, prices as they were traded. What is cut short goes on
    where it was: run the same command again."""
    from weaver.cli.arguments.fetching import fetched

    asked = Timeframe.parse(timeframe)
    with ProgressBar("Fetching") as progress:
        found = fetched(
            _store(), symbols, asked, start=start, end=end, source=source, exchange=exchange, progress=progress
        )
    done = [one.outcome for one in found if not isinstance(one.outcome, WeaverError)]
    if as_json:
        show_json({"items": [outcome_json(one.read, one.outcome) for one in done]})
    else:
        for one in done:
            _tell(one.read, one.outcome, None, actions=len(_store().actions(one.read.bars.symbol)))
    _report([one.outcome for one in found if isinstance(one.outcome, WeaverError)])


def import_data(
    store: "ParquetBarStore",
    files: Sequence[Path],
    *,
    symbol: str | None = None,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    facts: Facts = NO_FACTS,
    spelling: Spelling = AS_WRITTEN,
    actions: Sequence[str] = (),
    keep: bool = True,
    as_json: bool = False,
) -> None:
    """Import each file on its own: one that is refused (told on stderr, exit code 2) does not hold up the others."""
    from weaver.cli.arguments.import_corporate_actions import SUFFIX, PendingCorporateActions
    from weaver.walle.bars.importing import import_part
    from weaver.walle.files.bar_file import read_parts

    bar_files = [path for path in files if not path.stem.lower().endswith(SUFFIX)]
    action_files = [path for path in files if path not in bar_files]
    pending = PendingCorporateActions.read(action_files, actions, is_only=len(bar_files) == 1)
    if symbol is not None and len(bar_files) > 1:
        raise InputError(f"--symbol {symbol} goes with one file, not {len(bar_files)}: import them one by one")
    errors: list[WeaverError] = []
    outcomes: list[Imported] = []
    for path in _progress(bar_files, "Importing"):
        try:
            parts = read_parts(path, asked=[] if symbol is None else [symbol], spelling=spelling)
        except WeaverError as error:
            errors.append(error)
            continue
        is_only = len(bar_files) == len(parts) == 1
        for part in parts:
            try:
                imported = import_part(
                    store, part, source=str(path), timeframe=timeframe, tz=tz, facts=facts, keep=keep,
                    actions=partial(pending.take, part.symbol, is_only=is_only),
                )  # fmt: skip
            except WeaverError as error:
                errors.append(error)
                continue
            outcomes.append(imported)
            if not as_json:
                _tell(imported.read, imported.outcome, path, actions=len(store.actions(part.symbol)))
    errors += _import_actions(pending, store, as_json=as_json)
    if as_json:
        show_json({"items": [outcome_json(one.read, one.outcome) for one in outcomes]})
    _report(errors)


def _import_actions(
    pending: "PendingCorporateActions", store: "ParquetBarStore", *, as_json: bool
) -> list[WeaverError]:
    """Actions of symbols whose bars are in the store already."""
    errors: list[WeaverError] = []
    for outcome in pending.store(store):
        if isinstance(outcome, WeaverError):
            errors.append(outcome)
        elif not as_json:
            typer.echo(f"{outcome[0]}: {outcome[1]} splits and dividends")
    return errors


def _report(errors: Sequence[WeaverError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    for error in errors:
        typer.echo(f"error: {error}", err=True)
    if errors:
        raise typer.Exit(2)


def _tell(read: "ReadBars", outcome: "WriteOutcome", path: Path | None, *, actions: int) -> None:
    """path: the file that it came from, if it came from one."""
    entry = outcome.entry
    line = f"{entry.symbol} {entry.timeframe}: {outcome.written:,} bars, {_span(read)} ({entry.instrument.asset_class})"
    if outcome.replaced or outcome.kept:
        line += f"; {outcome.replaced:,} stored before were replaced, {outcome.kept:,} kept"
    if actions:
        line += f"; {actions} splits and dividends"
    typer.echo(line)
    for note in read.all_notes:
        typer.echo(f"  note: {note}", err=True)
    for message in outcome.mended:
        typer.echo(f"  warning: {message} [mended]", err=True)
    for warning in read.warnings:
        typer.echo(f"  warning: {warning.message} [{warning.code}]", err=True)
    if path is not None and not actions:
        _tell_of_actions_beside(path)


def _tell_of_actions_beside(path: Path) -> None:
    from weaver.walle.files.bar_file import symbol_of

    beside = path.parent / f"{symbol_of(path)}_actions.csv"
    if beside.is_file():
        typer.echo(f"  note: {beside} lies beside it: with prices as traded, import it too", err=True)


def _span(read: "ReadBars") -> str:
    from weaver.walle.files.columns.times.moment import moment

    return f"{moment(read.bars.timestamp[0])} to {moment(read.bars.timestamp[-1])}"


def _check(store: "ParquetBarStore", one: "ListedSeries") -> "tuple[DataWarning, ...]":
    from weaver.model.calendar.sessions import calendar_of
    from weaver.walle.files.checks.corporate_action_quality import check_corporate_actions
    from weaver.walle.files.checks.quality import DataWarning, check_bars

    try:
        if one.entry is None or one.timeframe is None:
            raise Damaged(str(one.damaged))
        stored = store.read(one.symbol, one.timeframe)
        if stored.bars.content_hash() != stored.content_hash:
            raise Damaged(f"{one.symbol} {one.timeframe}: not the bars that were imported: import them again")
    except Damaged as error:
        return (DataWarning(code="damaged", message=str(error)),)
    no_checksums = _checksums_added(store, one.entry)
    asset_class = stored.instrument.asset_class
    calendar = calendar_of(stored.instrument)
    return (
        *check_bars(stored.bars, calendar, asset_class),
        *check_corporate_actions(stored.bars, calendar, asset_class, stored.actions),
        *no_checksums,
    )


def _checksums_added(store: "ParquetBarStore", entry: "CatalogueEntry") -> "tuple[DataWarning, ...]":
    """Give a series of an earlier Weaver its checksums; where nothing can be written, say so."""
    from weaver.walle.files.checks.quality import DataWarning

    try:
        if entry.checks is None:
            store.add_checksums(entry)
    except InputError as error:
        message = f"{entry.symbol} {entry.timeframe}: has no checksums, and is read the slow way: {error}"
        return (DataWarning(code="no_checksums", message=message),)
    return ()


def _wanted(store: "ParquetBarStore", symbols: Sequence[str] | None) -> "list[ListedSeries]":
    series = store.listing()
    unknown = set(symbols or []) - {one.symbol for one in series}
    if unknown:
        raise InputError(f"{', '.join(sorted(unknown))}: not in the bar store; see `weaver data list`")
    return [one for one in series if not symbols or one.symbol in symbols]


def _store() -> "ParquetBarStore":
    from weaver.walle.bars.store import ParquetBarStore

    found = settings()
    return ParquetBarStore(found.bars_folder, lock_seconds=found.lock_seconds, on_wait=_tell_waiting)


def _tell_waiting(text: str) -> None:
    typer.echo(text, err=True)


def _progress(items: Sequence[T], what: str) -> Iterator[T]:
    """The items, with how far that is on stderr while they are worked on."""
    if sys.stderr is None or not sys.stderr.isatty():
        with ProgressBar(what) as progress:
            for number, item in enumerate(items):
                progress(what, number / len(items) if len(items) > 1 else None)
                yield item
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=what, console=Console(stderr=True), transient=True)
