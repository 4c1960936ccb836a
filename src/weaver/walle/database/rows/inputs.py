"""What live runs were given, and what has to outlive a restart: `recorded_inputs`, `blobs`, `risk_state`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, and_, bindparam, exists, func, insert, literal, or_, select

from weaver.model.errors import Conflict, DataError
from weaver.model.record import Row
from weaver.walle.database.engines.session import DatabaseSession
from weaver.walle.database.rows.tables import blobs, recorded_inputs, risk_state, run_blobs
from weaver.walle.database.rows.upserts import upsert

_NAMES = [column.name for column in recorded_inputs.columns]


def _given(column: Column[Any]) -> Any:
    return bindparam(f"the_{column.name}", type_=column.type)


_BEFORE = and_(
    recorded_inputs.c.run_id == _given(recorded_inputs.c.run_id),
    recorded_inputs.c.number == _given(recorded_inputs.c.number) - literal(1),
)
_ADD_TICK = insert(recorded_inputs).from_select(
    _NAMES,
    select(*map(_given, recorded_inputs.columns)).where(
        or_(_given(recorded_inputs.c.number) == literal(0), exists().where(_BEFORE))
    ),
)
_PUT_STATE = {postgresql: upsert(risk_state, ("scope", "state"), postgresql=postgresql) for postgresql in (False, True)}
_PUT_BLOB = {postgresql: upsert(blobs, ("digest",), postgresql=postgresql) for postgresql in (False, True)}
_NEED_BLOB = {
    postgresql: upsert(run_blobs, ("run_id", "digest"), postgresql=postgresql) for postgresql in (False, True)
}


class SqlInputRepository:
    """They, as one transaction sees them."""

    def __init__(self, session: DatabaseSession, *, postgresql: bool) -> None:
        self._session = session
        self._postgresql = postgresql

    async def add_tick(self, *, run_id: str, number: int, tick: datetime, inputs: bytes, actions: bytes) -> None:
        """Insert a run's next tick, the first being number 0. Raises Conflict where that one is there already, or the
        one before it is not."""
        values = {
            "run_id": run_id, "number": number, "tick": tick, "inputs": inputs, "actions": actions,
            "digest": sha256(inputs).digest(),
        }  # fmt: skip
        if await self._session.write(_ADD_TICK, {f"the_{name}": value for name, value in values.items()}) != 1:
            raise Conflict(f"tick {number} of run {run_id} cannot be recorded: tick {number - 1} is not there")

    async def ticks(self, run_id: str, *, after: int, limit: int) -> Sequence[Row]:
        """Some of a run's ticks, by number: `run_id number tick inputs actions digest`; the digest is the SHA-256 of
        the inputs that were written down, and None of a tick that an earlier version wrote."""
        of_run = (recorded_inputs.c.run_id == run_id, recorded_inputs.c.number > after)
        chosen = select(recorded_inputs).where(*of_run).order_by(recorded_inputs.c.number)
        return [dict(zip(_NAMES, row, strict=True)) for row in await self._session.read(chosen.limit(limit))]

    async def newest_tick(self, run_id: str) -> int | None:
        """The number of a run's newest tick; None: it has none."""
        newest = select(func.max(recorded_inputs.c.number)).where(recorded_inputs.c.run_id == run_id)
        number: int | None = (await self._session.read(newest))[0][0]
        return number

    async def put_blob(self, run_id: str, content: bytes) -> str:
        """Keep bytes that a run needs under their SHA-256, which is returned: once, however many runs need them, and
        until the last of these runs is deleted."""
        digest = sha256(content).hexdigest()
        # Also where it is there already: then nobody removes it before this transaction has said that it is needed.
        await self._session.write(_PUT_BLOB[self._postgresql], {"digest": digest, "content": content})
        await self._session.write(_NEED_BLOB[self._postgresql], {"run_id": run_id, "digest": digest})
        return digest

    async def find_blob(self, digest: str) -> bytes | None:
        """The bytes of a digest. Raises DataError where they are others by now."""
        found = await self._session.read(select(blobs.c.content).where(blobs.c.digest == digest))
        if not found:
            return None
        content: bytes = found[0][0]
        if sha256(content).hexdigest() != digest:
            raise DataError(f"what the database keeps as blob {digest} are not the bytes that were put there")
        return content

    async def put_state(self, scope: str, state: Mapping[str, Any]) -> None:
        """Write, as JSON. What has a run's id among the words of its scope goes with the run."""
        await self._session.write(_PUT_STATE[self._postgresql], {"scope": scope, "state": dict(state)})

    async def find_state(self, scope: str) -> Mapping[str, Any] | None:
        """What was put there last."""
        found = await self._session.read(select(risk_state.c.state).where(risk_state.c.scope == scope))
        return found[0][0] if found else None

    async def states(self, prefix: str) -> Mapping[str, Mapping[str, Any]]:
        """All whose scope begins so, by scope."""
        begins = risk_state.c.scope.startswith(prefix, autoescape=True)
        found = await self._session.read(select(risk_state).where(begins).order_by(risk_state.c.scope))
        return {row.scope: row.state for row in found}
