"""Stopped in the middle, or out of room: nothing is broken, and what was there stays."""

import json
import os
import resource
import signal

import pytest

from tests.acceptance.command import Place, csv, days, without_progress

SLOW = """
import sys, time
from weaver import Strategy

class Slow(Strategy):
    def on_bar(self, bar):
        print("at work", flush=True)
        time.sleep(0.2)
"""


def test_ctrl_c_in_a_backtest_leaves_with_130_and_no_files(place: Place) -> None:
    (place.folder / "slow.py").write_text(SLOW)
    before = place.files()
    process = place.start("backtest", "slow.py", "--bars", "ABC_1d.csv", "--json", "out.json", "--html", "out.html")
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, without_progress(stderr)) == (130, "interrupted\n")
    assert place.files() == before


def test_ctrl_c_in_an_import_leaves_whole_series_only(place: Place) -> None:
    (place.folder / "NEW_1d.csv").write_text(csv(days(50)))
    os.mkfifo(place.folder / "WAITS_1d.csv")  # where the import stands still until it is interrupted
    process = place.start("data", "import", "ABC_1d.csv", "NEW_1d.csv", "WAITS_1d.csv", "--asset", "stock")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ABC 1d: 300 bars")
    assert process.stdout.readline().startswith("NEW 1d: 50 bars")
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr.splitlines()[-1:]) == (130, ["interrupted"])
    stored = json.loads(place.run("data", "list", "--json").stdout)["items"]
    assert [(row["symbol"], row["bars"]) for row in stored] == [("ABC", 300), ("NEW", 50)]
    assert place.run("data", "check").code == 0
    assert [name for name in place.files() if ".writing-" in name] == []


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_no_room_for_an_output_keeps_the_old_one(place: Place, option: str) -> None:
    (place.folder / "out").write_text("what was there")
    before = place.files()
    done = place.run("backtest", "sma-crossover", "--bars", "ABC_1d.csv", option, "out", limit=small_files)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == "error: out: could not be written: File too large; nothing was changed\n"
    assert place.files() == before


def test_full_device_is_told(place: Place) -> None:
    done = place.run("backtest", "sma-crossover", "--bars", "ABC_1d.csv", "--json", "/dev/full")
    assert done.code == 2
    assert done.stderr.startswith("error: /dev/full: could not be written: No space left on device")


def test_no_room_while_importing_keeps_the_old_bars(place: Place) -> None:
    place.run("data", "import", "ABC_1d.csv")
    (place.folder / "ABC_1d.csv").write_text(csv(days(5000)))
    before = place.files()
    done = place.run("data", "import", "ABC_1d.csv", limit=small_files)
    assert done.code == 2
    assert "could not be written: File too large; nothing was changed" in done.stderr
    assert place.files() == before
