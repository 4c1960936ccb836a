"""`weaver sweep`: try many parameter sets, and say what the best of them is worth."""

from typing import Any

from weaver.cli.arguments.options import read_options, takes_options
from weaver.cli.backtest import BarFiles, Reference, bar_files
from weaver.cli.screen.output import Outputs
from weaver.cli.screen.progress import ProgressBar
from weaver.cli.sweeps.asked import (
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
    from weaver.research.sweeps import trial_store
    from weaver.research.sweeps.sweep_run import Sweep

    outputs = Outputs(json=json, html=None)
    files, names = bar_files(bars or [], options["symbols"] or [])
    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        request = request_of(vary, where, search, trials, objective, workers, resume=resume, yes=yes)
        asked = Options(**{**read_options(options), "symbols": names})
        result = Sweep(strategy_of(strategy), files, request, asked, trial_store()).run(progress)
        progress("Look-ahead check")
        _ = result.warnings
        progress("Writing")
        outputs.write_json(result, stdout)
    if not outputs.is_stdout:
        print_sweep(result)
    outputs.tell()
