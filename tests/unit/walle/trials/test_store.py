"""The file of trials: kept whole or not, by several processes at once, and counted once each."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from weaver.model.errors import InputError
from weaver.walle.trials.store import KeptSweep, KeptTrial, TrialStore

SWEEP = KeptSweep(
    id="a" * 32,
    strategy_id="cross",
    source_hash="s1",
    symbols=["AAA", "BBB"],
    first=100,
    last=200,
    total=3,
    record={"space": {"axes": []}},
)


def trial(number: int, key: str | None = None) -> KeptTrial:
    return KeptTrial(
        number=number,
        trial_key=key or f"k{number}",
        parameters={"fast": number, "share": 0.1 * number},
        objective=number / 3,
        error=None,
        stats={"sharpe": number / 3, "trades": number, "psr": None},
        sessions=b"\1\0\0\0",
        returns=b"\0\0\0\0",
    )


@pytest.fixture
def store(tmp_path: Path) -> TrialStore:
    return TrialStore(tmp_path / "home" / "sweeps.db")


def test_what_is_kept_comes_back_as_it_was(store: TrialStore) -> None:
    failed = replace(trial(2), objective=None, error="it failed", stats=None, sessions=None, returns=None)
    store.begin(SWEEP, anew=False)
    store.keep(SWEEP.id, [trial(3), failed, trial(1)])
    found = store.trials(SWEEP.id)
    assert found == [trial(1), failed, trial(3)]
    assert found[0].stats is not None
    assert [type(value) for value in found[0].stats.values()] == [float, int, type(None)]


def test_a_file_that_nobody_has_made_has_nothing(store: TrialStore, tmp_path: Path) -> None:
    assert store.trials("x") == []
    assert store.overlapping(SWEEP) == []
    assert not (tmp_path / "home").exists()


def test_a_trial_is_kept_once_and_a_sweep_can_begin_anew(store: TrialStore) -> None:
    store.begin(SWEEP, anew=True)
    store.keep(SWEEP.id, [trial(1)])
    store.keep(SWEEP.id, [replace(trial(1), objective=9.0), trial(2)])
    assert [one.objective for one in store.trials(SWEEP.id)] == [1 / 3, 2 / 3]
    store.begin(SWEEP, anew=False)
    assert len(store.trials(SWEEP.id)) == 2
    store.begin(SWEEP, anew=True)
    assert store.trials(SWEEP.id) == []


def test_trials_of_other_sweeps_count_once_each_where_strategy_symbols_and_time_overlap(store: TrialStore) -> None:
    others = [
        (replace(SWEEP, id="earlier", first=150, last=400, source_hash="s0"), ["k1", "x1", "x2"]),
        (replace(SWEEP, id="same points", symbols=["BBB", "CCC"]), ["x1", "x3"]),
        (replace(SWEEP, id="later", first=201, last=300), ["y1"]),
        (replace(SWEEP, id="other symbols", symbols=["CCC"]), ["y2"]),
        (replace(SWEEP, id="other strategy", strategy_id="other"), ["y3"]),
        (replace(SWEEP, id="nothing yet"), []),
    ]
    for other, keys in others:
        store.begin(other, anew=True)
        store.keep(other.id, [trial(number, key) for number, key in enumerate(keys, 1)])
    store.begin(SWEEP, anew=True)
    store.keep(SWEEP.id, [trial(1), trial(2)])
    found = {one.id: (one.trials, one.new_trials, one.source_hash) for one in store.overlapping(SWEEP)}
    assert found == {"earlier": (3, 2, "s0"), "same points": (2, 1, "s1")}


def test_two_processes_lose_nothing(store: TrialStore, tmp_path: Path) -> None:
    store.begin(SWEEP, anew=True)
    program = (
        "import sys\nfrom pathlib import Path\nfrom tests.unit.walle.trials.test_store import SWEEP, trial\n"
        "from weaver.walle.trials.store import TrialStore\n"
        "store, first = TrialStore(Path(sys.argv[1])), int(sys.argv[2])\n"
        "for number in range(first, first + 40):\n    store.keep(SWEEP.id, [trial(number)])\n"
    )
    path = str(tmp_path / "home" / "sweeps.db")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    writers = [
        subprocess.Popen([sys.executable, "-c", program, path, str(first)], env=environment) for first in (1, 1001)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert [one.number for one in store.trials(SWEEP.id)] == [*range(1, 41), *range(1001, 1041)]


def test_a_file_that_is_none_of_ours_is_refused_in_one_line(store: TrialStore, tmp_path: Path) -> None:
    path = tmp_path / "home" / "sweeps.db"
    path.parent.mkdir()
    path.write_text("this is no database, however long it may be " * 40)
    with pytest.raises(InputError, match=r"in which trials are kept, cannot be used: file is not a database. Move it"):
        store.trials("x")
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(InputError, match="was written by a newer Weaver: upgrade"):
        store.begin(SWEEP, anew=False)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is a link to"):
        store.begin(SWEEP, anew=False)


def test_a_sweep_is_finished_when_it_says_so(store: TrialStore, tmp_path: Path) -> None:
    store.begin(SWEEP, anew=False)
    with sqlite3.connect(tmp_path / "home" / "sweeps.db") as database:
        assert database.execute("SELECT finished_at FROM sweeps").fetchone() == (None,)
        store.finish(SWEEP.id)
        assert database.execute("SELECT finished_at > created_at FROM sweeps").fetchone() == (1,)
    database.close()
