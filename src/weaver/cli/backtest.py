"""`weaver backtest`: run a strategy on bars, and print what came of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.arguments.named_file import NamedFile
from weaver.cli.arguments.options import read_options, takes_options
from weaver.cli.screen.output import Outputs
from weaver.cli.screen.progress import ProgressBar
from weaver.model.backtest.options import Options
from weaver.model.errors import InputError, StrategyError

if TYPE_CHECKING:
    from weaver.research.run import Plan

Bars = list[str] | dict[str, str] | None
"""Files, or files by symbol; None: those of the store."""

Reference = Annotated[
    str, typer.Argument(metavar="STRATEGY", help="An id (sma-crossover), or path/to/file.py[:ClassName].")
]
BarFiles = Annotated[
    list[str] | None,
    typer.Option("--bars", metavar="[SYMBOL=]FILE", help="CSV or Parquet to run on instead; repeat for several."),
]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="The record: one object, from which to run again.")
]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A report that opens offline in a browser.")]


@takes_options
def command(
    strategy: Reference, *, bars: BarFiles = None, json: Json = None, html: Html = None, **options: Any
) -> None:
    """Backtest a strategy on bars of the store (--symbol) or of files (--bars), and say whether to believe it."""
    outputs = Outputs(json=json, html=html)
    files, names = bar_files(bars or [], options["symbols"] or [])
    backtest(strategy, files, Options(**{**read_options(options), "symbols": names}), outputs)


def backtest(reference: str, bars: Bars, options: Options, outputs: Outputs) -> None:
    """Plan, run, write, and print. Raises InputError before the run, StrategyError and RunFailed out of it."""
    from weaver.cli.screen.summary import print_summary, told_together
    from weaver.research import run

    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        plan = _planned(reference, bars, options)
        result = run(plan, progress=progress)
        progress("Writing")
        outputs.write(result, stdout)
    for note in told_together(note for given in plan.inputs.values() for note in given.notes):
        typer.echo(f"note: {note}", err=True)
    if not outputs.is_stdout:
        print_summary(result, plan)
    outputs.tell()


def _planned(reference: str, bars: Bars, options: Options) -> "Plan":
    """Everything that can be wrong before the run, found before it. Raises InputError."""
    from weaver.research import loaded
    from weaver.research.inputs import run_inputs
    from weaver.research.run import plan

    try:
        strategy = loaded(reference)
        return plan(strategy, run_inputs(bars, options), options)
    except StrategyError as error:  # it could not be loaded: no run has failed
        raise InputError(str(error)) from error


def bar_files(given: Sequence[str], symbols: Sequence[str]) -> tuple[Bars, list[str | None]]:
    """The files, and what each is called: None where its column of symbols or its name tells. Of one file alone the
    `symbols` choose rows; one that has its name stands under it. Raises InputError."""
    files = [NamedFile.parse("--bars", text) for text in given]
    if not files:
        return None, [*symbols]
    named = [file for file in files if file.symbol is not None]
    if symbols and named:
        raise InputError(f"--bars {named[0].symbol}={named[0].file} names its symbol: leave --symbol out")
    if symbols and len(files) not in {1, len(symbols)}:
        raise InputError(f"{len(symbols)} --symbol for {len(files)} --bars: name each file as --bars SYMBOL=FILE")
    if len(files) == 1 and named:
        return {str(named[0].symbol): named[0].file}, []
    return [file.file for file in files], [*symbols] or [file.symbol for file in files]
