"""`weaver cross-validate`: choose on some parts of time, trade the others, in every combination; what comes of it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.arguments.options import takes_options
from weaver.cli.backtest import BarFiles, Reference
from weaver.cli.screen.progress import ProgressBar
from weaver.cli.sweeps.asked import Embargo, Json, SearchAsked, carry_out, takes_search

if TYPE_CHECKING:
    from weaver.greta.sweep.cross_validation import CrossValidationResult

GroupCount = Annotated[int, typer.Option("--groups", metavar="N", help="Into how many parts time is cut.")]
Tested = Annotated[int, typer.Option("--tested", metavar="K", help="How many of them are tested at a time.")]


@takes_options
@takes_search
def command(
    strategy: Reference,
    *,
    bars: BarFiles = None,
    groups: GroupCount = 6,
    tested: Tested = 2,
    embargo: Embargo = 0,
    json: Json = None,
    **options: Any,
) -> None:
    """Choose parameters on some parts of time and trade them on the others, in every combination."""
    from weaver.cli.sweeps.screen import print_cross_validation
    from weaver.research.sweeps.cross_validation_run import CrossValidation, Groups

    cut = Groups(groups=groups, tested=tested, embargo=embargo)

    def run(asked: SearchAsked, progress: ProgressBar) -> "CrossValidationResult":
        ready = CrossValidation(asked.strategy, asked.bars, asked.request, cut, asked.options, asked.store)
        return ready.run(progress)

    carry_out(run, print_cross_validation, strategy, bars, json, options)
