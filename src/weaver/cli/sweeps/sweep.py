"""`weaver sweep`: try many parameter sets, and say what the best of them is worth."""

from typing import TYPE_CHECKING, Any

from weaver.cli.arguments.options import takes_options
from weaver.cli.backtest import BarFiles, Reference
from weaver.cli.screen.progress import ProgressBar
from weaver.cli.sweeps.asked import Json, SearchAsked, carry_out, takes_search

if TYPE_CHECKING:
    from weaver.greta.sweep.result import SweepResult


@takes_options
@takes_search
def command(strategy: Reference, *, bars: BarFiles = None, json: Json = None, **options: Any) -> None:
    """Try many parameter sets of a strategy, and say what the best of them is worth."""
    from weaver.cli.sweeps.screen import print_sweep
    from weaver.research.sweeps.sweep_run import Sweep

    def run(asked: SearchAsked, progress: ProgressBar) -> "SweepResult":
        result = Sweep(*asked).run(progress)
        progress("Look-ahead check")
        _ = result.warnings
        return result

    carry_out(run, print_sweep, strategy, bars, json, options)
