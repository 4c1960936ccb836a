"""Carries paper and live runs out: each in its account, from its start or from where it was left, to its end."""

import asyncio
from contextlib import AsyncExitStack

import structlog

from weaver.glados.live.session import LiveSession, LiveSessions
from weaver.glados.ports import BacktestPool
from weaver.glados.process.upkeep import in_background
from weaver.glados.runs.runners import (
    Ended,
    EndRequest,
    Failure,
    RunContext,
    Stop,
    Stopped,
    Suspend,
    Suspended,
)
from weaver.model.errors import OverLimit, Unavailable, WeaverError
from weaver.model.run import Run, RunMode
from weaver.veda.exchange.setup import Wall
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.runs.live_run import Ending
from weaver.veda.runs.preparing import timeframe_of
from weaver.veda.service import OPEN_AGAIN_SECONDS

OPEN_SECONDS = 5.0
"""How long a run that is to end waits for its account to be opened."""
STOP_SECONDS = 8.0
"""How long a stop waits until the run's orders are over; what is left goes on being cancelled after it."""
WIND_UP_SECONDS = 2.0
"""How long the tick that is being dealt with may take to its end."""
LOOK_SECONDS = 0.05
_log = structlog.get_logger(__name__)


class LiveRunner:
    """The `Runner` of paper runs, or of live ones."""

    def __init__(self, *, mode: RunMode, sessions: LiveSessions, pool: BacktestPool, wall: Wall) -> None:
        """pool: loads strategies, for the check."""
        self._mode, self._sessions, self._pool, self._wall = mode, sessions, pool, wall

    async def check(self, run: Run) -> None:
        """Whether it could begin: its strategy, its venue, its limits and its timeframe make sense."""
        if not run.venue:
            raise Unavailable(f"a {run.mode} run needs a venue: name one (venue), such as simulated or alpaca")
        timeframe_of(run)
        RiskLimits.parse(run.risk)
        self._sessions.check(run)
        await self._pool.check(run)

    async def run(self, run: Run, context: RunContext) -> Ended:
        """Trade until the strategy ends the run, its replay is over, it fails, or it is asked to end. One that has
        begun waits for a venue or a database that is away, and goes on; one that has not, only for its turn at a venue
        of which too much is asked, as where many are begun at once."""
        has_begun, tries = context.is_resumed, 0
        while True:
            try:
                ended = await self._carried_out(run, context, goes_on=has_begun or tries > 0)
            except Unavailable as error:
                if not (has_begun or isinstance(error, OverLimit)):
                    raise
                ended = error
            else:
                has_begun = True
            if isinstance(ended, Stop | Suspend):
                return await self._ended_unopened(run, ended, has_begun=has_begun)
            if not isinstance(ended, Unavailable):
                return ended
            await context.halted(f"{ended}: the run {'goes on' if has_begun else 'begins'} when that is over")
            pause = OPEN_AGAIN_SECONDS[min(tries, len(OPEN_AGAIN_SECONDS) - 1)]
            if (request := await self._asked_within(context, pause)) is not None:
                return await self._ended_unopened(run, request, has_begun=has_begun)
            tries += 1

    async def _ended_unopened(self, run: Run, request: EndRequest, *, has_begun: bool) -> Ended:
        """How a run ends whose account cannot be reached: what it has there is ended when it can be."""
        if not isinstance(request, Stop):
            return Suspended()
        if not has_begun:
            return Stopped(reason=request.reason)
        return Stopped(reason=await self._sessions.put_down(run, reason=request.reason, flatten=request.flatten))

    async def _asked_within(self, context: RunContext, seconds: float) -> EndRequest | None:
        """Let some time pass, unless the run is asked to end."""
        asked = asyncio.ensure_future(context.asked_to_end())
        waiting = asyncio.ensure_future(self._wall.sleep(seconds))
        try:
            await asyncio.wait({asked, waiting}, return_when=asyncio.FIRST_COMPLETED)
            return asked.result() if asked.done() else None
        finally:
            for task in (asked, waiting):
                task.cancel()
            await asyncio.gather(asked, waiting, return_exceptions=True)

    async def _opened(self, run: Run, context: RunContext, stack: AsyncExitStack) -> LiveSession | EndRequest:
        """Its session; or that it is to end, where its account does not come to be open for that."""
        opening = asyncio.ensure_future(stack.enter_async_context(self._sessions.open(run, context)))
        asked = asyncio.ensure_future(context.asked_to_end())
        try:
            await asyncio.wait({opening, asked}, return_when=asyncio.FIRST_COMPLETED)
            if not opening.done():
                waiting = asyncio.ensure_future(self._wall.sleep(OPEN_SECONDS))
                await asyncio.wait({opening, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
            return opening.result() if opening.done() else asked.result()
        finally:
            for task in (opening, asked):
                task.cancel()
            await asyncio.gather(opening, asked, return_exceptions=True)

    async def _carried_out(self, run: Run, context: RunContext, *, goes_on: bool) -> Ended | Unavailable | EndRequest:
        """How it ended; or what is away, of a run that has begun; or how it is to end, where it could not be opened."""
        async with AsyncExitStack() as stack:
            session = await self._opened(run, context, stack)
            if isinstance(session, Stop | Suspend):
                return session
            work = asyncio.create_task(self._worked(session, context, goes_on=goes_on))
            asked = asyncio.create_task(context.asked_to_end())
            try:
                await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    return await self._ended(session, work, context)
                await self._wound_up(session, work)
                return await self._asked_to_end(session, asked.result())
            finally:
                for task in (work, asked):
                    task.cancel()
                await asyncio.gather(work, asked, return_exceptions=True)

    @property
    def grace_seconds(self) -> float:
        """For cancelling its orders, and for the strategy's last word."""
        return STOP_SECONDS + 2.0

    def cut_off(self, stop: Stop) -> Stopped:
        """What could be put down of its end in time is done by whoever works the account."""
        return Stopped(reason=f"{stop.reason}; not all of its orders were over by then")

    def interrupted(self) -> Suspended:
        """What it holds and has ordered is at its venue, and what it decided is recorded: it goes on."""
        return Suspended()

    # Its way

    async def _worked(self, session: LiveSession, context: RunContext, *, goes_on: bool) -> Ending:
        await session.begin()
        if goes_on:
            await session.halts.resumed()
        await context.has_worker()
        async with in_background(session.halts.watch()):
            return await session.live.through()

    async def _ended(
        self, session: LiveSession, work: "asyncio.Task[Ending]", context: RunContext
    ) -> Ended | Unavailable:
        try:
            ending = work.result()
        except WeaverError as error:
            if isinstance(error, Unavailable) and session.has_begun:
                return error
            return await self._failed(session, error, context)
        await self._last_word(session)
        if ending.reason is not None:
            await session.cancel_all(f"the run has ended: {ending.reason}", context.corr_id)
        return await self._sessions.outcome(session)

    async def _failed(self, session: LiveSession, error: WeaverError, context: RunContext) -> Failure:
        """As its `on_error` says: its entries are cancelled, all its orders, or its positions closed too."""
        reason = f"the run failed: {error}"
        match session.run.on_error:
            case "flatten":
                await session.flatten(context.corr_id)
            case "cancel_all":
                await session.cancel_all(reason, context.corr_id)
            case _:
                await session.cancel_entries(reason, context.corr_id)
        return Failure(error=str(error))

    async def _wound_up(self, session: LiveSession, work: "asyncio.Task[Ending]") -> None:
        """Have the strategy decide nothing any more: what it asked for last is at the venue, or ended with the rest."""
        session.live.wind_up()
        waiting = asyncio.ensure_future(self._wall.sleep(WIND_UP_SECONDS))
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in (work, waiting):
            task.cancel()
        await asyncio.gather(work, waiting, return_exceptions=True)

    async def _asked_to_end(self, session: LiveSession, request: EndRequest) -> Ended:
        if not isinstance(request, Stop):
            return Suspended()
        if request.flatten:
            await session.flatten(request.corr_id)
        else:
            await session.cancel_all(request.reason, request.corr_id)
        await self._last_word(session)
        await self._until_over(session)
        left = session.left_over()
        return Stopped(reason=f"{request.reason}{left}")

    async def _last_word(self, session: LiveSession) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS / 2):
                await session.last_word()
        except (WeaverError, TimeoutError) as error:
            _log.warning("on_stop_failed", run_id=session.run.id, error=str(error))

    async def _until_over(self, session: LiveSession) -> None:
        """Until its orders are over, or wait for their market; not for ever."""
        waited = 0.0
        while not session.is_settled and waited < STOP_SECONDS:
            await self._wall.sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS
