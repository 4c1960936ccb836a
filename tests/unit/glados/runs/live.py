"""A stand-in for live trading: a venue that outlives servers, and a runner that behaves on it as a live one has to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.contracts.builders import order_row
from weaver.glados.ports import Database, Query, Row, Transaction
from weaver.glados.runs.record import RecordPiece
from weaver.glados.runs.runners import Ended, Failure, RunContext, Stop, Stopped, Suspend, Suspended
from weaver.model.errors import RunFailed
from weaver.model.run import Run


@dataclass
class Venue:
    """What was sent to it, what still works there, and what is held: it knows nothing of runs and servers."""

    sent: list[str] = field(default_factory=list)
    working: set[str] = field(default_factory=set)
    held: int = 0

    def submit(self, client_order_id: str) -> None:
        self.sent.append(client_order_id)
        self.working.add(client_order_id)


Pause = Callable[[str], Awaitable[None]]


async def no_pause(place: str) -> None:
    """Where a test lets the runner wait, fail or die: nowhere."""


@dataclass
class LiveRunner:
    """Writes an order down before it sends it. At a stop it cancels what works, and sells what is held if asked to; at
    the server's end it lets go; resumed, it looks up at the venue what it had written down, and sends nothing late."""

    database: Database
    venue: Venue
    pause: Pause = no_pause
    grace_seconds: float = 30.0
    orders: int = 1
    """How many it places."""
    places: list[str] = field(default_factory=list)
    """Where it has been, in order."""

    async def check(self, run: Run) -> None:
        self.places.append("check")

    async def run(self, run: Run, context: RunContext) -> Ended:
        await context.has_worker()
        if context.is_resumed:
            await self._come_back(run)
            await context.resumed()
        async with asyncio.TaskGroup() as group:
            trading = group.create_task(self._trade(run))
            request = await context.asked_to_end()
            trading.cancel()
        match request:
            case Suspend():
                await self._at("suspend")
                return Suspended()
            case Stop():
                return await self._stop(run, request)

    def cut_off(self, stop: Stop) -> Failure:
        return Failure(error=f"{stop.reason}, which took too long: look at the venue for what still works")

    def interrupted(self) -> Suspended:
        return Suspended()

    async def _trade(self, run: Run) -> None:
        for number in range(1, self.orders + 1):
            if not await self._row(f"{run.id}-{number}"):
                await self._place(run, number)
        await self._at("trading")
        await asyncio.Event().wait()

    async def _place(self, run: Run, number: int) -> None:
        async with self.database.transaction() as transaction:
            await transaction.records.add_orders([order_row(run.id, number, status="submitting")])
        await self._at("written")
        self.venue.submit(f"{run.id}-{number}")
        await self._at("sent")

    async def _come_back(self, run: Run) -> None:
        await self._at("resume")
        async with self.database.transaction() as transaction:
            rows = (await transaction.records.rows("orders", run.id, Query())).items
        self.places += [f"found {row['id']}" for row in rows if row["id"] in self.venue.sent]

    async def _stop(self, run: Run, stop: Stop) -> Stopped:
        await self._at("stop")
        cancelled = sorted(self.venue.working)
        self.venue.working.clear()
        sold = self.venue.held if stop.flatten else 0
        self.venue.held -= sold

        async def record(transaction: Transaction) -> None:
            await transaction.records.add_orders([order_row(run.id, 99, side="sell", quantity=str(sold))])

        return Stopped(
            reason=f"{stop.reason}: cancelled {', '.join(cancelled) or 'nothing'}, sold {sold}",
            record=[RecordPiece(write=record)] if sold else (),
        )

    async def _row(self, order_id: str) -> Row | None:
        async with self.database.transaction() as transaction:
            return await transaction.records.find_row("orders", order_id)

    async def _at(self, place: str) -> None:
        self.places.append(place)
        await self.pause(place)


async def cannot_resume(place: str) -> None:
    """A pause: what was recorded does not lead to the same decisions."""
    if place == "resume":
        raise RunFailed("its recorded inputs lead to other decisions than they did")
