"""`weaver walk-forward`: choose parameters on one stretch of time, trade them on the next, and show what is left."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.arguments.options import takes_options
from weaver.cli.backtest import BarFiles, Reference
from weaver.cli.screen.progress import ProgressBar
from weaver.cli.sweeps.asked import Embargo, Json, SearchAsked, carry_out, takes_search

if TYPE_CHECKING:
    from weaver.greta.sweep.walk_forward import WalkForwardResult

Train = Annotated[
    str, typer.Option("--train", metavar="LENGTH", help="On how much is chosen: 250 (sessions), 2y, 6mo, 3w.")
]
Test = Annotated[str, typer.Option("--test", metavar="LENGTH", help="How much is then traded with what was chosen.")]
Step = Annotated[
    str | None, typer.Option("--step", metavar="LENGTH", help="From window to window; by itself as long as the test.")
]
Anchored = Annotated[bool, typer.Option("--anchored", help="Every window is trained from the first session on.")]


@takes_options
@takes_search
def command(
    strategy: Reference,
    *,
    bars: BarFiles = None,
    train: Train,
    test: Test,
    step: Step = None,
    anchored: Anchored = False,
    embargo: Embargo = 0,
    json: Json = None,
    **options: Any,
) -> None:
    """Choose parameters on one stretch of time and trade them on the next, again and again."""
    from weaver.cli.sweeps.screen import print_walk_forward
    from weaver.greta.sweep.windows import Length
    from weaver.research.sweeps.walk_forward_run import Scheme, WalkForward

    scheme = Scheme(
        train=Length.parse(train, "--train"),
        test=Length.parse(test, "--test"),
        step=None if step is None else Length.parse(step, "--step"),
        anchored=anchored,
        embargo=embargo,
    )

    def run(asked: SearchAsked, progress: ProgressBar) -> "WalkForwardResult":
        ready = WalkForward(asked.strategy, asked.bars, asked.request, scheme, asked.options, asked.store)
        return ready.run(progress)

    carry_out(run, print_walk_forward, strategy, bars, json, options)
