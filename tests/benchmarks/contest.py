"""Contestants side by side: each waits in a process of its own and runs when asked, so samples can be interleaved."""

import json
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np

from tests.benchmarks.bars import synthetic_columns

ROOT = Path(__file__).parents[2]
BENCH = ROOT / ".bench"
PEERS = BENCH / "peers" / "bin" / "python"
NAUTILUS = BENCH / "nautilus" / "bin" / "python"
WEAVER = Path(sys.executable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One timed run: seconds of processor and wall time, what it traded, resident bytes before it and at its peak."""

    cpu: float
    wall: float
    trades: int
    equity: float
    loaded: int
    peak: int


class Contestant:
    """A worker process, ready and warm; use as a context manager."""

    def __init__(self, module: str, count: int, *, python: Path = WEAVER) -> None:
        self.module = module
        self.count = count
        self.log = BENCH / f"{module.replace(':', '_')}_{count}.log"
        command = [str(python), "-m", "tests.benchmarks.worker", module, str(columns_file(count))]
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        self.empty_bytes: int = self._answer()["empty"]

    def sample(self) -> Sample:
        """Run once, now."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Sample(**self._answer())

    def closed_trades(self) -> Counter[tuple[str, float, float, float]]:
        """The last run's: symbol, signed quantity, prices of entry and exit to the eighth decimal."""
        assert self._process.stdin is not None
        path = self.log.with_suffix(".trades")
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        self._answer()
        trades = json.loads(path.read_text())
        return Counter((symbol, size, round(entry, 8), round(exit_, 8)) for symbol, size, entry, exit_ in trades)

    def __enter__(self) -> "Contestant":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()

    def _answer(self) -> dict:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            last = self.log.read_text().strip().splitlines()[-1:] or ["no message"]
            raise RuntimeError(f"{self.module} ended: {last[0]} (all of it in {self.log})")
        return json.loads(line)


@dataclass(slots=True)
class Spread:
    """What several samples say: their median, with the lowest and the highest."""

    values: Sequence[float] = field(repr=False)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{short(self.median)} ({short(min(self.values))}–{short(max(self.values))})"


def short(value: float) -> str:
    """Three significant digits, thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def columns_file(count: int) -> Path:
    """The synthetic columns on disk, made once."""
    path = BENCH / f"columns_{count}.npz"
    if not path.exists():
        BENCH.mkdir(exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, **synthetic_columns(count))
        part.rename(path)
    return path
