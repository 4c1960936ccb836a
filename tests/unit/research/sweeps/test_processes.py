"""Workers that are forks: one that is killed costs its trials only, and none outlives its parent."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.unit.research.sweeps.market import HOURS, Cross, Kills
from weaver.greta.sweep.axes import Choices
from weaver.greta.sweep.space import Space
from weaver.marvin.plugins.loader import from_class
from weaver.model.backtest.options import Options
from weaver.research.sweeps.points import plans_of
from weaver.research.sweeps.pool import OwnProcess
from weaver.research.sweeps.processes import Processes
from weaver.research.sweeps.runner import TrialRunner

POINTS = [{"fast": fast, "slow": slow} for fast in range(2, 12) for slow in (15, 20, 30, 40)]
TRIALS = list(enumerate(POINTS, 1))


def runner(strategy: Any = Cross, names: tuple[str, ...] = ("fast", "slow")) -> TrialRunner:
    space = Space([Choices(name=name, values=sorted({point[name] for point in POINTS})) for name in names])
    return TrialRunner(plans_of(from_class(strategy), space, HOURS, Options(costs="none")))


def told(outcomes: Any) -> dict[int, str]:
    return {one.number: json.dumps([one.stats, one.error]) for one in outcomes}


@pytest.mark.parametrize("after", [1, 7, 25])
def test_a_worker_that_is_killed_costs_its_trials_only(after: int) -> None:
    alone = told(OwnProcess(runner()).run(TRIALS))
    pool, found = Processes(runner(), 2), []
    for outcome in pool.run(TRIALS):
        found.append(outcome)
        if len(found) == after:
            os.kill(pool.pids[0], signal.SIGKILL)
    pool.close()
    assert len(found) == len(TRIALS)
    assert told(found) == alone


def test_a_worker_that_is_killed_while_it_waits_is_replaced() -> None:
    pool = Processes(runner(), 2)
    first = told(pool.run(TRIALS[:6]))
    for process in pool.pids:
        os.kill(process, signal.SIGKILL)
    rest = told(pool.run(TRIALS[6:]))
    pool.close()
    assert first | rest == told(OwnProcess(runner()).run(TRIALS))


def test_trials_that_end_their_process_are_rows_and_all_others_are_run() -> None:
    points = [{"number": number} for number in range(1, 13)]
    space = Space([Choices(name="number", values=tuple(range(1, 13)))])
    plans = plans_of(from_class(Kills), space, HOURS, Options(costs="none", params={"victim": 5}))
    pool = Processes(TrialRunner(plans), 3)
    found = {one.number: one.error for one in pool.run(list(enumerate(points, 1)))}
    pool.close()
    assert [number for number, error in found.items() if error] == [5]
    assert sorted(found) == list(range(1, 13))


def test_who_stops_taking_outcomes_stops_the_trials() -> None:
    pool = Processes(runner(), 2)
    outcomes = pool.run(TRIALS)
    next(outcomes)
    processes = pool.pids
    pool.close()
    assert [_is_alive(process) for process in processes] == [False, False]
    assert pool.pids == []


def _is_alive(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def test_no_worker_outlives_its_parent() -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.unit.research.sweeps.test_processes import TRIALS, runner\n"
        "from weaver.research.sweeps.processes import Processes\n"
        "pool = Processes(runner(), 2)\nnext(pool.run(TRIALS))\n"
        "print(*pool.pids, flush=True)\nsys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], **pipes, env=environment) as parent:
        assert parent.stdout is not None
        workers = [int(one) for one in parent.stdout.readline().split()]
        assert len(workers) == 2
        assert all(_is_alive(worker) for worker in workers)
        parent.kill()
    for worker in workers:
        _await_end(worker)


def _await_end(process: int) -> None:
    """Until it is gone, or waits for nobody but the system to take note."""
    status = Path(f"/proc/{process}/stat")
    for _ in range(2_000):
        try:
            if status.read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except FileNotFoundError:
            return
        subprocess.run(["sleep", "0.01"], check=True)
    pytest.fail(f"worker {process} is still there")
