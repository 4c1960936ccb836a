"""From where to where a run may go."""

import pytest

from tests.unit.glados.fakes import a_run
from weaver.model.errors import Conflict
from weaver.model.promotion.stages import Stage, check_step
from weaver.model.run import RunMode, RunStatus

FORWARD = {
    (Stage.BACKTEST, Stage.REPLAY), (Stage.BACKTEST, Stage.PAPER), (Stage.BACKTEST, Stage.LIVE),
    (Stage.REPLAY, Stage.PAPER), (Stage.REPLAY, Stage.LIVE), (Stage.PAPER, Stage.LIVE),
}  # fmt: skip


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("to", Stage)
def test_run_goes_forward_only(stage: Stage, to: Stage) -> None:
    run = a_run("r", mode=RunMode(stage if stage is not Stage.REPLAY else "paper"), status=RunStatus.COMPLETED)
    if (stage, to) in FORWARD:
        check_step(run, stage, to)
        return
    with pytest.raises(Conflict, match="is live: there is nothing" if stage is Stage.LIVE else "already"):
        check_step(run, stage, to)


@pytest.mark.parametrize(
    ("mode", "status", "refused"),
    [
        ("backtest", "pending", "is pending: start it first"),
        ("backtest", "running", "is running: of backtests only a completed one"),
        ("backtest", "stopped", "is stopped: of backtests only a completed one"),
        ("backtest", "error", "ended in an error, and is not promoted: line 3: oops"),
        ("backtest", "completed", None),
        ("paper", "pending", "is pending: start it first"),
        ("paper", "running", None),
        ("paper", "stopped", None),
        ("paper", "completed", None),
        ("paper", "error", "ended in an error"),
    ],
)
def test_status_says_whether_it_can_have_shown_something(mode: str, status: str, refused: str | None) -> None:
    run = a_run("r", mode=RunMode(mode), status=RunStatus(status), error="line 3: oops")
    if refused is None:
        check_step(run, Stage(mode), Stage.LIVE)
        return
    with pytest.raises(Conflict, match=refused):
        check_step(run, Stage(mode), Stage.LIVE)


def test_paper_run_on_stored_bars_is_a_stage_of_its_own() -> None:
    found = [Stage.of(mode, is_replay=is_replay) for mode in RunMode for is_replay in (False, True)]
    assert found == [Stage.BACKTEST, Stage.BACKTEST, Stage.PAPER, Stage.REPLAY, Stage.LIVE, Stage.LIVE]
