"""`weaver data export`: stored bars as a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.config import settings
from weaver.model.errors import InputError, NotFound
from weaver.model.market.timeframe import Timeframe

if TYPE_CHECKING:
    from weaver.walle.bars.store import ParquetBarStore


def export_data(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Whose bars.")],
    timeframe: Annotated[
        str | None, typer.Option("--timeframe", help="By default the only stored one; a coarser one is put together.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help=".csv, .csv.gz, .parquet or .feather; by default SYMBOL_T.csv."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")] = False,
) -> None:
    """Write a stored series, and its splits and dividends beside it, as files that anybody can read."""
    from weaver.walle.bars.exporting import export_bars
    from weaver.walle.bars.store import ParquetBarStore

    store = ParquetBarStore(settings().bars_folder)
    asked = _only_timeframe(store, symbol) if timeframe is None else Timeframe.parse(timeframe)
    stored = store.read(symbol, asked)
    path = Path(f"{symbol.replace('/', '_')}_{asked}.csv") if to is None else to
    written = export_bars(stored.bars, stored.actions, path, replace=replace)
    if as_json:
        files = {"path": str(written.bars), "actions_path": None if written.actions is None else str(written.actions)}
        show_json({"symbol": symbol, "timeframe": str(asked), "bars": len(stored.bars), **files})
        return
    beside = "" if written.actions is None else f", {len(stored.actions)} splits and dividends to {written.actions}"
    typer.echo(f"{symbol} {asked}: {len(stored.bars):,} bars to {written.bars}{beside}")


def _only_timeframe(store: "ParquetBarStore", symbol: str) -> Timeframe:
    found = [one.timeframe for one in store.listing(bytes_max=0) if one.symbol == symbol and one.timeframe is not None]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"no bars of {symbol} are stored: weaver data list shows what is")
    raise InputError(f"{symbol} is stored as {', '.join(map(str, found))}: say which with --timeframe")
