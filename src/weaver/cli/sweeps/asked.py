"""What sweeps, walk-forwards and cross-validations are asked for in the same words."""

from collections.abc import Callable
from inspect import Signature
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import typer

from weaver.cli.arguments.options import pairs, read_options
from weaver.cli.backtest import Bars, bar_files
from weaver.cli.screen.output import InPieces, Outputs
from weaver.cli.screen.progress import ProgressBar
from weaver.model.backtest.options import Options
from weaver.model.errors import InputError, StrategyError

if TYPE_CHECKING:
    from weaver.marvin.plugins.loader import LoadedStrategy
    from weaver.research.sweeps.sweep_run import SweepRequest
    from weaver.walle.trials.store import TrialStore

R = TypeVar("R", bound=InPieces)


class SearchAsked(NamedTuple):
    """What all of them begin with."""

    strategy: "LoadedStrategy"
    bars: Bars
    request: "SweepRequest"
    options: Options
    store: "TrialStore"


Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="NAME=RANGE",
        help="What to try: fast=5:50:5, slow=20,50,100, lr=0.001:1:log, or a name alone for its own bounds; repeat. "
        "Without it all parameters that have bounds.",
    ),
]
Where = Annotated[str | None, typer.Option("--where", metavar="EXPR", help='Which points count: "fast < slow".')]
Search = Annotated[str, typer.Option("--search", metavar="grid|random|tpe", help="In which order points are tried.")]
Trials = Annotated[int | None, typer.Option("--trials", metavar="N", help="How many; of a grid the first so many.")]
Objective = Annotated[
    str, typer.Option("--objective", metavar="EXPR", help="The more the better: a statistic, or an expression of them.")
]
Workers = Annotated[int | None, typer.Option("--workers", metavar="N", help="Processes; by default one a core.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the same one where it was left off.")]
Yes = Annotated[bool, typer.Option("--yes", help="Over 100,000 trials are meant.")]
Embargo = Annotated[
    int, typer.Option("--embargo", metavar="N", help="Sessions beside what is tested that are left out.")
]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE|-", help="All that was found: one object.")]


def takes_search(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of every search among its `**options`, before the last of its own, its output."""
    strategy, bars, *own, output, options = Signature.from_callable(command).parameters.values()
    search = Signature.from_callable(_search).parameters.values()
    command.__signature__ = Signature([strategy, bars, *own, *search, output, options])  # type: ignore[attr-defined]
    return command


def _search(
    *,
    vary: Vary = None,
    where: Where = None,
    search: Search = "grid",
    trials: Trials = None,
    objective: Objective = "sharpe",
    workers: Workers = None,
    resume: Resume = False,
    yes: Yes = False,
) -> "SweepRequest":
    """What these options ask for. Raises InputError."""
    from weaver.greta.sweep.search import SearchKind
    from weaver.research.sweeps.sweep_run import SweepRequest

    if search not in list(SearchKind):
        raise InputError(f"--search is grid, random or tpe, not {search!r}")
    return SweepRequest(
        space=space_given(vary),
        where=where,
        search=SearchKind(search),
        trials=trials,
        objective=objective,
        workers=workers,
        resume=resume,
        is_meant=yes,
    )


def carry_out(
    run: Callable[[SearchAsked, ProgressBar], R],
    show: Callable[[R], None],
    reference: str,
    bars: list[str] | None,
    json: str | None,
    options: dict[str, Any],
) -> None:
    """Run what was asked for, and write and show what came of it. Raises InputError before the first trial, RunFailed
    out of it."""
    from weaver.research.sweeps import trial_store

    outputs = Outputs(json=json, html=None)
    files, names = bar_files(bars or [], options["symbols"] or [])
    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        request = _search(**{name: options.pop(name) for name in Signature.from_callable(_search).parameters})
        asked = Options(**{**read_options(options), "symbols": names})
        result = run(SearchAsked(_strategy_of(reference), files, request, asked, trial_store()), progress)
        progress("Writing")
        outputs.write_json(result, stdout)
    if not outputs.is_stdout:
        show(result)
    outputs.tell()


def space_given(vary: list[str] | None) -> dict[str, Any] | None:
    """`NAME=RANGE`, or a name alone for its own bounds. Raises InputError."""
    if not vary:
        return None
    alone = [text.strip() for text in vary if "=" not in text]
    given = pairs("--vary", [text for text in vary if "=" in text])
    for name in alone:
        if name in given or alone.count(name) > 1:
            raise InputError(f"--vary {name} is given twice")
    return {**dict.fromkeys(alone), **given}


def _strategy_of(reference: str) -> "LoadedStrategy":
    """The strategy of an id or a file. Raises InputError where it cannot be loaded: no trial has failed."""
    from weaver.research import loaded

    try:
        return loaded(reference)
    except StrategyError as error:
        raise InputError(str(error)) from error
