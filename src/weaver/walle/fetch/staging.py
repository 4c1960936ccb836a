"""Pages that were fetched and are not in the store yet, on disk: what a fetch that is cut short goes on from.

bars/.fetching/<what is fetched>/000001.npz    a page, there wholly or not at all
bars/.fetching/<what is fetched>/stored        how far the bar store has it
"""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np

from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.timeframe import Timeframe

FOLDER = ".fetching"
_STORED = "stored"


class Staging:
    """One series that is being fetched from one source, from one start on."""

    def __init__(self, root: Path, *, source: str, symbol: str, timeframe: Timeframe, start: int) -> None:
        """root: the bar store's folder."""
        key = json.dumps([source, symbol, str(timeframe), start])
        self._symbol, self._timeframe = symbol, timeframe
        self._folder = root / FOLDER / sha256(key.encode()).hexdigest()[:32]

    def reached(self) -> int | None:
        """The newest stamp that was fetched, ns; None: nothing was."""
        pages = self._pages()
        if pages:
            with np.load(pages[-1]) as page:
                return int(page["timestamp"][-1])
        try:
            return int((self._folder / _STORED).read_text())
        except (FileNotFoundError, ValueError):
            return None

    def add(self, bars: Bars) -> None:
        """Keep a page that follows those before; an empty one is nothing to keep."""
        if not len(bars):
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{len(self._pages()) + 1:06}.npz"
        with path.with_suffix(".new").open("wb") as file:
            np.savez(file, **{name: getattr(bars, name) for name in COLUMNS})
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".new").replace(path)

    def bars(self) -> Bars | None:
        """All pages that are not in the store yet, as one; None: there are none."""
        parts = []
        for path in self._pages():
            with np.load(path) as page:
                parts.append({name: page[name] for name in COLUMNS})
        if not parts:
            return None
        columns = {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}
        _, first = np.unique(columns["timestamp"], return_index=True)  # two processes may have fetched the same
        columns = {name: column[first] for name, column in columns.items()}
        return Bars(symbol=self._symbol, timeframe=self._timeframe, **columns)

    def stored(self) -> None:
        """The pages are in the store: forget them, but not how far they went."""
        reached = self.reached()
        if reached is None:
            return
        mark = self._folder / f"{_STORED}.new"
        mark.write_text(str(reached))
        mark.replace(self._folder / _STORED)
        for path in self._pages():
            path.unlink()

    def remove(self) -> None:
        """The whole fetch is over: the next one begins anew."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _pages(self) -> list[Path]:
        return sorted(self._folder.glob("*.npz"))
