"""Pages that were fetched and are not in the store yet, on disk: what a fetch that is cut short goes on from.

bars/.fetching/<what is fetched>/000001.npz    a page, there wholly or not at all
bars/.fetching/<what is fetched>/stored        how far the bar store has it
bars/.fetching/<what is fetched>/lock          has the lock of the one process that is fetching it
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np

from weaver.model.errors import InputError, Unavailable
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.timeframe import Timeframe
from weaver.walle.file_lock import locked

FOLDER = ".fetching"
_STORED = "stored"
_LOCK = "lock"


class Staging:
    """One series that is being fetched from one source, from one start on."""

    def __init__(self, root: Path, *, source: str, symbol: str, timeframe: Timeframe, start: int) -> None:
        """root: the bar store's folder."""
        key = json.dumps([source, symbol, str(timeframe), start])
        self._symbol, self._timeframe = symbol, timeframe
        self._folder = root / FOLDER / sha256(key.encode()).hexdigest()[:32]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else fetches the same meanwhile, who would write over these pages. Raises InputError where somebody
        does, and Unavailable where nothing can be written."""
        with ExitStack() as stack:
            with _writing(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(locked(self._folder / _LOCK, what=str(self._folder), seconds=0))
            except Unavailable:
                raise InputError(
                    f"{self._symbol} {self._timeframe} is being fetched already, by another command or job: wait until "
                    "that is done"
                ) from None
            yield

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

    @property
    def has_pages(self) -> bool:
        """Whether there are some that are not in the store yet."""
        return bool(self._pages())

    def add(self, bars: Bars) -> None:
        """Keep a page that follows those before; an empty one is nothing to keep. Raises Unavailable where it cannot be
        written, as on a full disk: the pages before stay."""
        if not len(bars):
            return
        path = self._folder / f"{len(self._pages()) + 1:06}.npz"
        with _writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
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
        _, first = np.unique(columns["timestamp"], return_index=True)
        columns = {name: column[first] for name, column in columns.items()}
        return Bars(symbol=self._symbol, timeframe=self._timeframe, **columns)

    def stored(self) -> None:
        """The pages are in the store: forget them, but not how far they went."""
        reached = self.reached()
        if reached is None:
            return
        mark = self._folder / f"{_STORED}.new"
        with _writing(self._folder):
            mark.write_text(str(reached))
            mark.replace(self._folder / _STORED)
            for path in self._pages():
                path.unlink()

    def remove(self) -> None:
        """The whole fetch is over: the next one begins anew."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _pages(self) -> list[Path]:
        return sorted(self._folder.glob("*.npz"))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """What the disk refuses is told in one line."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{folder}: cannot be written: {os.strerror(error.errno or 0)}") from error
