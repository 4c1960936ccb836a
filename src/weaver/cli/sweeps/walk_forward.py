"""`weaver walk-forward`: choose parameters on one stretch of time, trade them on the next, and show what is left."""

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

Train = Annotated[
    str, typer.Option("--train", metavar="LENGTH", help="On how much is chosen: 250 (sessions), 2y, 6mo, 3w.")
]
Test = Annotated[str, typer.Option("--test", metavar="LENGTH", help="How much is then traded with what was chosen.")]
Step = Annotated[
    str | None, typer.Option("--step", metavar="LENGTH", help="From window to window; by itself as long as the test.")
]
Anchored = Annotated[bool, typer.Option("--anchored", help="Every window is trained from the first session on.")]


@takes_options
def command(
    strategy: Reference,
    *,
    bars: BarFiles = None,
    train: Train,
    test: Test,
    step: Step = None,
    anchored: Anchored = False,
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
    """Choose parameters on one stretch of time and trade them on the next, again and again."""
    from weaver.cli.sweeps.screen import print_walk_forward
    from weaver.greta.sweep.windows import Length
    from weaver.research.sweeps import trial_store
    from weaver.research.sweeps.walk_forward_run import Scheme, WalkForward

    outputs = Outputs(json=json, html=None)
    files, names = bar_files(bars or [], options["symbols"] or [])
    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        request = request_of(vary, where, search, trials, objective, workers, resume=resume, yes=yes)
        scheme = Scheme(
            train=Length.parse(train, "--train"),
            test=Length.parse(test, "--test"),
            step=None if step is None else Length.parse(step, "--step"),
            anchored=anchored,
            embargo=embargo,
        )
        asked = Options(**{**read_options(options), "symbols": names})
        result = WalkForward(strategy_of(strategy), files, request, scheme, asked, trial_store()).run(progress)
        progress("Writing")
        outputs.write_json(result, stdout)
    if not outputs.is_stdout:
        print_walk_forward(result)
    outputs.tell()
