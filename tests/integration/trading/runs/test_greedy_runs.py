"""A strategy that does to its process, and to others', what none should: health, the other runs, the kill switch and
its own stop stay as they are."""

from collections.abc import Iterator

import pytest

from tests.cycles.census import command, descendants
from tests.integration.trading.desk import Desk, desk
from tests.integration.trading.strategies import REACHES, failing

OTHER = "MSFT"
GREEDY = {
    "memory": ("self.kept = [bytearray(b'x' * 10**7) for _ in range(100)]", "128 MB"),
    "leaves": ("raise SystemExit(3)", "SystemExit"),
    "leaves at once": ("__import__('os')._exit(3)", "exit code 3"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", "signal 9"),
    "kills its parent": ("import os; os.kill(os.getppid(), 9)", "signal 9"),
}
"""What it does once it holds something, and what its run then says."""
PRINTS = "import sys; sys.stdout.write('x' * 5_000_000); sys.stderr.write('y' * 5_000_000)"
FORKS = "import os, time; [os.fork() or time.sleep(600) for _ in range(3)]"


@pytest.fixture(name="desk", scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server whose strategies may take little, and a run in it that is to notice nothing."""
    with desk(tmp_path_factory.mktemp("greedy") / "server", WEAVER_WORKER_MEMORY_MB="128") as made:
        made.started(REACHES, OTHER)
        yield made


def greedy(desk: Desk, line: str) -> str:
    """A run that has seen three bars and is to do this once it holds something."""
    run_id = desk.started(failing("on_bar", line), "AAPL", on_error="flatten")
    desk.until_bars(run_id, 3)
    return run_id


def all_is_well(desk: Desk) -> None:
    """The other run goes on, and the server does what it is asked."""
    [other] = [one["id"] for one in desk.api.pages("/runs") if one["symbols"] == [OTHER]]
    desk.until(lambda: not desk.api.run(other)["halted"], what="the other run")
    run = desk.api.run(other)
    assert run["status"] == "running", run["error"]
    desk.until_bars(other, desk.bars(other) + 2)
    assert desk.api.get("/healthz")["status"] == "ok"
    assert desk.api.post("/risk/kill-switch", {"reason": "tried"})["is_on"] is True
    assert desk.api.call("DELETE", "/risk/kill-switch", status=200)["is_on"] is False


@pytest.mark.parametrize("how", GREEDY)
def test_greedy_strategy_ends_alone_and_its_run_says_how(desk: Desk, how: str) -> None:
    line, told = GREEDY[how]
    run_id = greedy(desk, line)
    desk.until(lambda: desk.api.run(run_id)["status"] == "error", what="its end")
    assert told in desk.api.run(run_id)["error"]
    assert len(desk.events(run_id, "run.Error")) == 1
    all_is_well(desk)


def test_strategy_that_prints_megabytes_goes_on_and_is_stopped(desk: Desk) -> None:
    run_id = greedy(desk, PRINTS)
    went_on(desk, run_id)
    all_is_well(desk)
    assert desk.stopped(run_id, flatten=True)["status"] == "stopped"
    assert len(desk.server.log) < 5_000_000


def test_what_a_strategy_forks_ends_with_it(desk: Desk) -> None:
    before = deciders(desk)
    run_id = greedy(desk, FORKS)
    went_on(desk, run_id)
    assert deciders(desk) == before + 4
    all_is_well(desk)
    assert desk.stopped(run_id, flatten=True)["status"] == "stopped"
    desk.until_still(lambda: deciders(desk) == before, what="the end of its processes")


def went_on(desk: Desk, run_id: str) -> None:
    """It did what it does, and saw two more bars."""
    desk.until(lambda: "went on" in desk.log(run_id), what="its greed")
    desk.until_bars(run_id, desk.bars(run_id) + 2)


def deciders(desk: Desk) -> int:
    """How many processes there are for strategies."""
    return sum("weaver.decider" in command(pid) for pid in descendants(desk.server.process_id))
