"""Live runs that come and go leave nothing behind in their server."""

from pathlib import Path

from tests.cycles.cycles import cycles

CYCLES = 12


def test_runs_that_trade_fail_and_stop_leave_nothing_behind(tmp_path: Path) -> None:
    """`make cycles` has two hundred."""
    with cycles(tmp_path / "home") as running:
        before = running.warmed_up()
        for _ in range(CYCLES):
            running.cycle()
        _, left = running.left_since(before, CYCLES)
        assert left == []
        assert "was destroyed but it is pending" not in running.server.log
