"""What sweeps, walk-forwards and cross-validations are asked for in the same words."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.arguments.options import pairs
from weaver.model.errors import InputError, StrategyError

if TYPE_CHECKING:
    from weaver.marvin.plugins.loader import LoadedStrategy
    from weaver.research.sweeps.sweep_run import SweepRequest

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


def request_of(
    vary: list[str] | None,
    where: str | None,
    search: str,
    trials: int | None,
    objective: str,
    workers: int | None,
    *,
    resume: bool,
    yes: bool,
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


def strategy_of(reference: str) -> "LoadedStrategy":
    """The strategy of an id or a file. Raises InputError where it cannot be loaded: no trial has failed."""
    from weaver.research import loaded

    try:
        return loaded(reference)
    except StrategyError as error:
        raise InputError(str(error)) from error
