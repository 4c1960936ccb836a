"""What is kept of a finished run, to hold a second run against: in a file, on the running server, or in the store."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weaver.config import settings
from weaver.model.errors import InputError, RunFailed

if TYPE_CHECKING:
    from weaver.greta.result import BacktestResult

Json = Mapping[str, Any]
HOW = "make one with `weaver backtest … --json FILE`, or name a run by its id"
_OTHERWISE_NAMED = {"order_id", "timestamp", "notes"}
"""Columns of a fill that a row of the database has under another name, or that no file has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResult:
    """A finished run's record, and what it came to."""

    label: str
    """How messages name it."""
    sections: Json
    """`run`, the record; `stats`; and whatever else of the object that `weaver backtest --json` writes is known."""
    folder: Path = Path()
    """Where the files of its bars may lie beside it."""
    content: bytes | None = None
    """The whole of that object as it was written, where it was."""

    @property
    def record(self) -> dict[str, Any]:
        """What pins the run down."""
        found: dict[str, Any] = self.sections["run"]
        return found

    def verdict(self, result: "BacktestResult", text: str) -> str:
        """What to tell of a second run, whose JSON is `text`. Raises RunFailed where it gave another result."""
        if self.content == text.encode():
            return f"{self.label}: the same result, byte for byte"
        from weaver.model.numbers.money import plain
        from weaver.research.comparison import SECTIONS, first_difference

        positions = {symbol: plain(quantity) for symbol, quantity in result.positions.items()}
        found = first_difference(self.sections, {**json.loads(text), "positions": positions})
        if found is not None:
            raise RunFailed(f"{self.label}: the run gives another result now: {found}")
        same = [words for name, words in SECTIONS.items() if name in self.sections and name != "run"]
        return f"{self.label}: the same {_listed(same)}"


def kept_result(reference: str) -> KeptResult:
    """Of a file, else of the run with that id or name. Raises InputError where it is neither, or holds too little."""
    path = Path(reference)
    if path.exists() or path.suffix == ".json":
        return _of_file(path)
    from weaver.cli.kept.kept_runs import get_run, kept_runs

    runs = kept_runs(settings())
    run_id = str(get_run(runs, reference)["id"])
    found = runs.result(run_id)
    return KeptResult(label=f"run {run_id}", sections={**found, **_rows_as_written(found, run_id)})


def _of_file(path: Path) -> KeptResult:
    try:
        content = path.read_bytes()
        found = json.loads(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{path}: this is no record of a run, but no JSON at all: {HOW}") from error
    _check(found, path)
    is_whole = {"trades", "fills", "equity"} <= found.keys()
    return KeptResult(label=str(path), sections=found, folder=path.parent, content=content if is_whole else None)


def _check(found: Any, path: Path) -> None:
    """Raises InputError that says what is missing, and where to get it."""
    if not isinstance(found, dict):
        raise InputError(f"{path}: this is no record of a run: {HOW}")
    record = found.get("run")
    if not isinstance(record, dict):
        if "strategy_source" in found and "id" in found:
            raise InputError(
                f"{path}: this is a run as `weaver runs show` tells of it, without the record of its bars: "
                f"`weaver runs reproduce {found['id']}` takes that from where the run is kept"
            )
        raise InputError(f"{path}: this is no record of a run: it has no object `run`: {HOW}")
    if not isinstance(record.get("version"), str) or not isinstance(record.get("lookahead_check"), bool):
        raise InputError(f"{path}: this is no record of a run: its `run` lacks version or lookahead_check: {HOW}")
    if not isinstance(found.get("stats"), dict) or not found["stats"]:
        raise InputError(f"{path}: there are no statistics in it to compare a second run with: {HOW}")


def _rows_as_written(found: Json, run_id: str) -> Json:
    """The database's rows of fills and trades, in order, as the object of `weaver backtest --json` has them."""
    from weaver.greta.results.table import Table
    from weaver.greta.results.trades import Trade
    from weaver.model.orders.fill import Fill

    fills = sorted(found["fills"], key=lambda row: int(row["id"].removeprefix(f"{run_id}-f")))
    trades = sorted(found["trades"], key=lambda row: row["number"])
    of_a_fill = Table[Fill]([], Fill).columns().keys() - _OTHERWISE_NAMED
    of_a_trade = Table[Trade]([], Trade).columns()
    return {
        "fills": [
            {
                "order_id": row["order_id"].removeprefix(f"{run_id}-"), "timestamp": row["filled_at"],
                **_picked(row, of_a_fill),
            }
            for row in fills
        ],
        "trades": [_picked(row, of_a_trade) for row in trades],
    }  # fmt: skip


def _picked(row: Json, columns: Iterable[str]) -> Json:
    return {name: row[name] for name in columns}


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
