"""`weaver backtest`: run a strategy on bars, and print what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.arguments.named_file import NamedFile
from weaver.cli.screen.output import Outputs
from weaver.cli.screen.progress import ProgressBar
from weaver.model.errors import InputError, StrategyError

if TYPE_CHECKING:
    from weaver.research.run import Options, Plan

Reference = Annotated[
    str, typer.Argument(metavar="STRATEGY", help="An id (sma-crossover), or path/to/file.py[:ClassName].")
]
Symbols = Annotated[
    list[str] | None,
    typer.Option("--symbol", metavar="S", help="Of the bar store, or of the --bars; repeat for several."),
]
BarFiles = Annotated[
    list[str] | None,
    typer.Option("--bars", metavar="[SYMBOL=]FILE", help="CSV or Parquet to run on instead; repeat for several."),
]
CorporateActionFiles = Annotated[
    list[str] | None,
    typer.Option("--actions", metavar="[SYMBOL=]FILE", help="Splits and dividends: ex_date,type,value."),
]
Frame = Annotated[
    str | None, typer.Option("--timeframe", metavar="T", help="By default the data's own; 1h, 1d, 1w, 1mo … resample.")
]
From = Annotated[
    str | None, typer.Option("--from", metavar="D", help="First day or time (UTC); earlier bars are history.")
]
To = Annotated[str | None, typer.Option("--to", metavar="D", help="Last day or time (UTC), inclusive.")]
Warmup = Annotated[int | None, typer.Option("--warmup", metavar="N", help="Bars of history; by default all there are.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the strategy.")]
Cash = Annotated[str, typer.Option("--cash", metavar="N", help="What the account begins with.")]
Account = Annotated[
    str, typer.Option("--account", metavar="cash|margin", help="Margin: may borrow and, allowed to, short.")
]
Leverage = Annotated[str | None, typer.Option("--leverage", metavar="X", help="Σ|value| over equity, at most.")]
Shorting = Annotated[bool, typer.Option("--shorting", help="Allow short positions (margin).")]
Maintenance = Annotated[
    str | None, typer.Option("--maintenance", metavar="X", help="Equity over Σ|value| below which all is sold (0.25).")
]
CostsGiven = Annotated[
    str | None,
    typer.Option(
        "--costs", metavar="NAME|KEY=VALUE,…", help="alpaca-stocks, alpaca-crypto, fx, futures, none, or keys."
    ),
]
Venue = Annotated[str | None, typer.Option("--venue", metavar="V", help="Apply the order rules of this venue.")]
Asset = Annotated[
    str | None,
    typer.Option("--asset", metavar="CLASS", help="stock, crypto, fx or future; by default guessed, or as stored."),
]
Zone = Annotated[str | None, typer.Option("--tz", metavar="ZONE", help="Zone of times that carry none.")]
Close = Annotated[bool, typer.Option("--close-at-end", help="Close what is held at the last close.")]
NoCheck = Annotated[bool, typer.Option("--no-lookahead-check", help="Do not repeat the run on cut bars afterwards.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of the strategy's self.random.")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="The record: one object, from which to run again.")
]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A report that opens offline in a browser.")]


def command(
    strategy: Reference,
    symbol: Symbols = None,
    bars: BarFiles = None,
    actions: CorporateActionFiles = None,
    timeframe: Frame = None,
    start: From = None,
    end: To = None,
    warmup: Warmup = None,
    settings: Set = None,
    cash: Cash = "100000",
    account: Account = "cash",
    leverage: Leverage = None,
    shorting: Shorting = False,
    maintenance: Maintenance = None,
    costs: CostsGiven = None,
    venue: Venue = None,
    asset: Asset = None,
    tz: Zone = None,
    close_at_end: Close = False,
    no_lookahead_check: NoCheck = False,
    seed: Seed = 0,
    json: Json = None,
    html: Html = None,
) -> None:
    """Backtest a strategy on bars of the store (--symbol) or of files (--bars), and say whether to believe it."""
    from weaver.research.run import Options

    outputs = Outputs(json=json, html=html)
    options = Options(
        params=pairs("--set", settings), start=start, end=end, warmup=warmup, cash=cash, account=account,
        leverage=leverage, shorting=shorting, maintenance=maintenance, costs=costs, close_at_end=close_at_end,
        seed=seed, venue=venue,
    )  # fmt: skip
    files, names = bar_files(bars or [], symbol or [])
    wanted = Wanted(
        bars=files, symbols=names, timeframe=timeframe, tz=tz, asset=asset, actions=action_files(actions or [])
    )
    backtest(strategy, wanted, options, outputs, lookahead_check=not no_lookahead_check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The bars that a run was asked to use."""

    bars: Sequence[str] | Mapping[str, str] | None
    symbols: Sequence[str | None]
    timeframe: str | None = None
    tz: str | None = None
    asset: str | None = None
    actions: Mapping[str, str] | str


def backtest(reference: str, wanted: Wanted, options: "Options", outputs: Outputs, *, lookahead_check: bool) -> None:
    """Plan, run, write, and print. Raises InputError before the run, StrategyError and RunFailed out of it."""
    from weaver.cli.screen.summary import print_summary, told_together
    from weaver.research import run

    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        plan = _planned(reference, wanted, options)
        result = run(plan, lookahead_check=lookahead_check, progress=progress)
        progress("Writing")
        outputs.write(result, stdout)
    for note in told_together(note for source in plan.sources.values() for note in source.notes):
        typer.echo(f"note: {note}", err=True)
    if not outputs.is_stdout:
        print_summary(result, plan)
    outputs.tell()


def _planned(reference: str, wanted: Wanted, options: "Options") -> "Plan":
    """Everything that can be wrong before the run, found before it. Raises InputError."""
    from weaver.research import loaded
    from weaver.research.inputs import sources
    from weaver.research.run import plan

    try:
        strategy = loaded(reference)
        found = sources(
            wanted.bars, symbols=wanted.symbols, timeframe=wanted.timeframe, tz=wanted.tz, asset=wanted.asset,
            actions=wanted.actions,
        )  # fmt: skip
        return plan(strategy, found, options)
    except StrategyError as error:  # it could not be loaded: no run has failed
        raise InputError(str(error)) from error


def pairs(option: str, given: Sequence[str] | None) -> dict[str, Any]:
    """`name=value` of a repeated option. Raises InputError."""
    found: dict[str, Any] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputError(f"{option} {text}: write {option} NAME=VALUE")
        if name.strip() in found:
            raise InputError(f"{option} {name.strip()} is given twice")
        found[name.strip()] = value.strip()
    return found


def bar_files(
    given: Sequence[str], symbols: Sequence[str]
) -> tuple[list[str] | dict[str, str] | None, list[str | None]]:
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


def action_files(given: Sequence[str]) -> dict[str, str] | str:
    """Files by symbol, or the one that says itself whose its rows are. Raises InputError."""
    found: dict[str, str] = {}
    for text in given:
        file = NamedFile.parse("--actions", text)
        if file.symbol is None:
            if len(given) > 1:
                raise InputError(f"--actions {text}: write --actions SYMBOL=FILE; one of many symbols stands alone")
            return file.file
        if file.symbol in found:
            raise InputError(f"--actions {file.symbol} is given twice")
        found[file.symbol] = file.file
    return found
