"""`weaver sweep`: try many parameter sets, and say what the best of them is worth."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.arguments.options import pairs, read_options, takes_options
from weaver.cli.backtest import BarFiles, Reference, bar_files
from weaver.cli.screen.output import Outputs
from weaver.cli.screen.progress import ProgressBar
from weaver.model.backtest.options import Options
from weaver.model.errors import InputError, StrategyError

if TYPE_CHECKING:
    from weaver.research.sweeps.sweep_run import Sweep

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
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the same sweep where it was left off.")]
Yes = Annotated[bool, typer.Option("--yes", help="Over 100,000 trials are meant.")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="The sweep with all its trials: one object.")
]


@takes_options
def command(
    strategy: Reference,
    *,
    bars: BarFiles = None,
    vary: Vary = None,
    where: Where = None,
    search: Search = "grid",
    trials: Trials = None,
    objective: Objective = "sharpe",
    workers: Workers = None,
    resume: Resume = False,
    yes: Yes = False,
    json: Json = None,
    **options: Any,
) -> None:
    """Try many parameter sets of a strategy, and say what the best of them is worth."""
    from weaver.cli.sweeps.screen import print_sweep
    from weaver.research.sweeps.sweep_run import SweepRequest

    outputs = Outputs(json=json, html=None)
    files, names = bar_files(bars or [], options["symbols"] or [])
    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        request = SweepRequest(
            space=space_given(vary),
            where=where,
            search=search_kind(search),
            trials=trials,
            objective=objective,
            workers=workers,
            resume=resume,
            is_meant=yes,
        )
        ready = _ready(strategy, files, request, Options(**{**read_options(options), "symbols": names}))
        result = ready.run(progress)
        progress("Writing")
        outputs.write_json(result, stdout)
    if not outputs.is_stdout:
        print_sweep(result)
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


def search_kind(text: str) -> Any:
    """The kind of that name. Raises InputError."""
    from weaver.greta.sweep.search import SearchKind

    try:
        return SearchKind(text)
    except ValueError:
        raise InputError(f"--search is grid, random or tpe, not {text!r}") from None


def _ready(reference: str, files: Any, request: Any, options: Options) -> "Sweep":
    """Everything that can be wrong before the first trial, found before it. Raises InputError."""
    from weaver.research import loaded
    from weaver.research.sweeps import trial_store
    from weaver.research.sweeps.sweep_run import Sweep

    try:
        return Sweep(loaded(reference), files, request, options, trial_store())
    except StrategyError as error:  # it could not be loaded: no trial has failed
        raise InputError(str(error)) from error
