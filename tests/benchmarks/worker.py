"""One contestant in a process and an environment of its own: loads once, warms up, then one timed run per request.

    python -m tests.benchmarks.worker CONTESTANT[:NAME] COLUMNS.npz

An empty line asks for a run; a line with a path, for the last run's closed trades in a file there. Answers are lines of
JSON on what was standard output; whatever the contestant prints goes to standard error.
"""

import functools
import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

from tests.benchmarks.bars import synthetic_columns
from tests.benchmarks.memory import peak_bytes, reset_peak, resident_bytes

WARM_UP_BARS = 3_000


def main(contestant: str, columns_file: str) -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    module, _, name = contestant.partition(":")
    prepare = importlib.import_module(f"tests.benchmarks.contestants.{module}").prepare
    prepare = functools.partial(prepare, name=name) if name else prepare
    prepare(synthetic_columns(WARM_UP_BARS))()
    gc.collect()
    empty = resident_bytes()
    with np.load(columns_file) as file:
        run = prepare({name: file[name] for name in file.files})
    print(json.dumps({"ready": contestant, "empty": empty}), file=answers)
    serve(run, sys.stdin, answers)


def serve(run: Callable[[], tuple[int, float]], requests: IO[str], answers: IO[str]) -> None:
    """One timed run per empty line read; the garbage collector stays as Python has it."""
    for line in requests:
        if path := line.strip():
            Path(path).write_text(json.dumps(run.closed_trades()))
            print(json.dumps({"written": path}), file=answers)
            continue
        gc.collect()
        reset_peak()
        loaded = resident_bytes()
        wall, cpu = time.perf_counter(), time.process_time()
        trades, equity = run()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        sample = {"cpu": cpu, "wall": wall, "trades": trades, "equity": equity, "loaded": loaded, "peak": peak_bytes()}
        print(json.dumps(sample), file=answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
