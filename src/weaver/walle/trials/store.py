"""The file that trials are kept in: `sweeps.db`, a SQLite database to which several processes write in turn."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weaver.model.errors import InputError
from weaver.walle.own_file import open_own

VERSION = 1
WAIT_SECONDS = 60.0
"""How long a write waits for another process's."""
_SCHEMA = """
CREATE TABLE sweeps (
    id TEXT PRIMARY KEY,
    strategy_id TEXT NOT NULL,
    source_hash TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    finished_at TEXT,
    total INTEGER,
    symbols TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX ix_sweeps_strategy_id ON sweeps (strategy_id);
CREATE TABLE trials (
    sweep_id TEXT NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    trial_key TEXT NOT NULL,
    parameters TEXT NOT NULL,
    objective REAL,
    error TEXT,
    stats TEXT,
    sessions BLOB,
    returns BLOB,
    returns_per_year REAL,
    PRIMARY KEY (sweep_id, number)
) WITHOUT ROWID;
CREATE INDEX ix_trials_trial_key ON trials (trial_key);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSweep:
    """A sweep, without its trials."""

    id: str
    """Of all that makes its results what they are: the same sweep has the same."""
    strategy_id: str
    source_hash: str
    symbols: Sequence[str]
    first: int
    """Of its bars, the earliest stamp, ns."""
    last: int
    """Of its bars, the latest end, ns."""
    total: int | None
    """How many trials it has when it is finished, where that is known."""
    record: Mapping[str, Any]
    """What it pins down of itself."""
    created_at: str = ""
    """When it began, ISO 8601 in UTC."""
    finished_at: str | None = None
    """When its last trial ended; None: it goes on, or was left off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrial:
    """A trial that has ended."""

    number: int
    trial_key: str
    """Of all that makes its result what it is: the same trial in two sweeps has the same."""
    parameters: Mapping[str, Any]
    objective: float | None
    error: str | None
    stats: Mapping[str, Any] | None
    sessions: bytes | None
    """Days since the epoch, int32, of its returns."""
    returns: bytes | None
    """By session, float32."""
    returns_per_year: float | None = None
    """How many of them there are in a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What an earlier sweep of a strategy adds to the number of its trials."""

    id: str
    created_at: str
    source_hash: str
    trials: int
    new_trials: int
    """Trials that neither a sweep before it nor the one that asks has."""


class TrialStore:
    """Sweeps and their trials in a file of their own. Everything is read and written in short transactions."""

    def __init__(self, path: Path) -> None:
        """The file is made when something is first kept."""
        self._path = path

    def begin(self, sweep: KeptSweep, *, anew: bool) -> None:
        """Keep a sweep that begins; `anew`: without the trials that are kept of it."""
        with self._open() as database:
            if anew:
                database.execute("DELETE FROM sweeps WHERE id = ?", (sweep.id,))
            database.execute(
                "INSERT INTO sweeps (id, strategy_id, source_hash, total, symbols, first, last, record) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (
                    sweep.id,
                    sweep.strategy_id,
                    sweep.source_hash,
                    sweep.total,
                    json.dumps(list(sweep.symbols)),
                    sweep.first,
                    sweep.last,
                    json.dumps(sweep.record, default=str),
                ),
            )

    def keep(self, sweep_id: str, trials: Iterable[KeptTrial]) -> None:
        """Keep trials that have ended, all or none; one that is kept already stays as it is."""
        rows = [
            (
                sweep_id,
                one.number,
                one.trial_key,
                json.dumps(one.parameters, default=str),
                one.objective,
                one.error,
                None if one.stats is None else json.dumps(one.stats),
                one.sessions,
                one.returns,
                one.returns_per_year,
            )
            for one in trials
        ]
        with self._open() as database:
            database.executemany("INSERT OR IGNORE INTO trials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def finish(self, sweep_id: str) -> None:
        """Mark a sweep as finished."""
        with self._open() as database:
            database.execute(
                "UPDATE sweeps SET finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = ?", (sweep_id,)
            )

    def trials(self, sweep_id: str) -> list[KeptTrial]:
        """What is kept of a sweep's trials, by number."""
        if not self._path.exists():
            return []
        with self._open() as database:
            rows = database.execute(
                "SELECT number, trial_key, parameters, objective, error, stats, sessions, returns, "
                "returns_per_year FROM trials "
                "WHERE sweep_id = ? ORDER BY number",
                (sweep_id,),
            ).fetchall()
        return [
            KeptTrial(
                number=number,
                trial_key=key,
                parameters=json.loads(parameters),
                objective=objective,
                error=error,
                stats=None if stats is None else json.loads(stats),
                sessions=sessions,
                returns=returns,
                returns_per_year=per_year,
            )
            for number, key, parameters, objective, error, stats, sessions, returns, per_year in rows
        ]

    def overlapping(self, sweep: KeptSweep) -> list[Overlap]:
        """The other sweeps of a sweep's strategy id that share a symbol and a stretch of time with it, the oldest
        first."""
        if not self._path.exists():
            return []
        with self._open() as database:
            rows = database.execute(
                "SELECT id, created_at, source_hash, symbols FROM sweeps WHERE strategy_id = ? AND id <> ? "
                "AND first <= ? AND last >= ? ORDER BY created_at, id",
                (sweep.strategy_id, sweep.id, sweep.last, sweep.first),
            ).fetchall()
            seen = self._keys(database, sweep.id)
            found = []
            for id_, created_at, source_hash, symbols in rows:
                if not set(json.loads(symbols)) & set(sweep.symbols):
                    continue
                own = self._keys(database, id_)
                if own:
                    found.append(
                        Overlap(
                            id=id_,
                            created_at=created_at,
                            source_hash=source_hash,
                            trials=len(own),
                            new_trials=len(own - seen),
                        )
                    )
                seen |= own
        return found

    @staticmethod
    def _keys(database: sqlite3.Connection, sweep_id: str) -> set[str]:
        rows = database.execute("SELECT trial_key FROM trials WHERE sweep_id = ?", (sweep_id,))
        return {key for (key,) in rows}

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A transaction. Raises InputError where the file cannot be used."""
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            open_own(self._path).close()
        try:
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as database:
                database.execute("PRAGMA foreign_keys = ON")
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("BEGIN IMMEDIATE")
                self._upgrade(database)
                yield database
                database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{self._path}, in which trials are kept, cannot be used: {error}. Move it away, or name another home "
                "(WEAVER_HOME)"
            ) from error

    def _upgrade(self, database: sqlite3.Connection) -> None:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise InputError(f"{self._path} was written by a newer Weaver: upgrade, or name another home (WEAVER_HOME)")
        if version == 0:
            for statement in _SCHEMA.split(";"):
                if statement.strip():
                    database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")
