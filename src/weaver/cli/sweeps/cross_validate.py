"""`weaver cross-validate`: choose on some parts of time, trade the others, in every combination; what comes of it."""

from typing import Annotated, Any

import typer

from weaver.cli.arguments.options import read_options, takes_options
from weaver.cli.backtest import BarFiles, Reference, bar_files
from weaver.cli.screen.output import Outputs
from weaver.cli.screen.progress import ProgressBar
from weaver.cli.sweeps.asked import (
    Embargo,
    Json,
    Objective,
    Resume,
    Search,
    Trials,
    Vary,
    Where,
    Workers,
    Yes,
    request_of,
    strategy_of,
)
from weaver.model.backtest.options import Options

GroupCount = Annotated[int, typer.Option("--groups", metavar="N", help="Into how many parts time is cut.")]
Tested = Annotated[int, typer.Option("--tested", metavar="K", help="How many of them are tested at a time.")]


@takes_options
def command(
    strategy: Reference,
    *,
    bars: BarFiles = None,
    groups: GroupCount = 6,
    tested: Tested = 2,
    embargo: Embargo = 0,
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
    """Choose parameters on some parts of time and trade them on the others, in every combination."""
    from weaver.cli.sweeps.screen import print_cross_validation
    from weaver.research.sweeps import trial_store
    from weaver.research.sweeps.cross_validation_run import CrossValidation, Groups

    outputs = Outputs(json=json, html=None)
    files, names = bar_files(bars or [], options["symbols"] or [])
    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        request = request_of(vary, where, search, trials, objective, workers, resume=resume, yes=yes)
        cut = Groups(groups=groups, tested=tested, embargo=embargo)
        asked = Options(**{**read_options(options), "symbols": names})
        result = CrossValidation(strategy_of(strategy), files, request, cut, asked, trial_store()).run(progress)
        progress("Writing")
        outputs.write_json(result, stdout)
    if not outputs.is_stdout:
        print_cross_validation(result)
    outputs.tell()
