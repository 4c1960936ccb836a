"""`weaver demo`: real prices, a strategy, and its report, without a question."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

import weaver
from weaver.cli.backtest import backtest
from weaver.cli.data import import_data
from weaver.cli.screen.called import called
from weaver.cli.screen.output import Outputs
from weaver.model.backtest.options import Options
from weaver.model.errors import InputError

if TYPE_CHECKING:
    from weaver.walle.bars.store import ParquetBarStore

SYMBOL, TIMEFRAME, STRATEGY = "AAPL", "1d", "sma-crossover"


def command() -> None:
    """Import the sample data, backtest a strategy on Apple's real prices, and write its report."""
    from weaver.config import settings
    from weaver.research.inputs import store

    import_samples(store())
    reports = settings().reports_folder
    report = reports / f"demo-{STRATEGY}-{SYMBOL}.html"
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{reports}: cannot be made: {error.strerror}; set WEAVER_HOME to a folder of yours"
        ) from error
    options = Options(symbols=[SYMBOL], timeframe=TIMEFRAME)
    backtest(STRATEGY, None, options, Outputs(json=None, html=report))
    typer.echo("\nOpen the report in a browser. Then, for example:")
    for command in (f"trade {STRATEGY} --symbol {SYMBOL}", "strategies list"):
        typer.echo(f"  {called()} {command}")


def import_samples(shelf: "ParquetBarStore") -> None:
    """Bring the sample data in; symbols that are stored stay as they are."""
    from weaver.walle.files.bar_file import symbol_of

    files = sorted(samples().glob("*.csv"))
    known = {entry.symbol for entry in shelf.catalogue()}
    stored = {path for path in files if symbol_of(path).removesuffix("_actions") in known}
    if stored:
        typer.echo(f"In the store already, and left as it is: {', '.join(_bars_of(stored))}")
    new = [path for path in files if path not in stored]
    if new:
        typer.echo("Importing the sample data")
        import_data(shelf, new)


def samples() -> Path:
    """The sample data: inside an installed package, or beside the sources of a checkout. Raises InputError."""
    package = Path(weaver.__file__).parent
    for folder in (package / "samples", package.parents[1] / "data"):
        if (folder / f"{SYMBOL}_{TIMEFRAME}.csv").is_file():
            return folder
    raise InputError(f"the sample data is missing from {package}: install Weaver again")


def _bars_of(files: set[Path]) -> list[str]:
    return sorted(path.stem for path in files if not path.stem.endswith("_actions"))
