"""Orders whose fate is not known, asked for until it is."""

from dataclasses import replace

import structlog

from weaver.events.payloads import OrderWarning
from weaver.model.errors import WeaverError
from weaver.veda.exchange.orders import VenueOrder
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.calls.answers import Answers
from weaver.veda.trading.calls.fates import AGAIN_AFTER, Fates
from weaver.veda.trading.calls.written import request_for, submission_in
from weaver.veda.trading.requests import fits

MISSING_LOOKUPS, MISSING_SECONDS = 3, 60
"""An order never came to the venue when that, healthy, has said so this often, over so long."""
NEVER_GOT = "the venue never got it"
_log = structlog.get_logger(__name__)


class LookUps:
    """Asks by whichever id is known: the venue's, or the one that we gave it."""

    def __init__(
        self,
        *,
        books: Books,
        adapter: ExchangeAdapter,
        wall: Wall,
        answers: Answers,
        fates: Fates,
    ) -> None:
        self._books, self._adapter, self._wall = books, adapter, wall
        self._answers, self._fates = answers, fates

    async def refresh(self, submission_id: str) -> None:
        """Ask for an order, and take in what is shown. Nothing follows from its not being there, where the venue had
        it."""
        if submission_in(self._books.known, submission_id).venue_id is None:
            await self.look_up(submission_id)
        else:
            await self._answers.look_again(submission_id)

    async def ask(self, submission_id: str) -> None:
        """Ask for an order and its fills once, by whichever id is known. Raises Unavailable."""
        submission = submission_in(self._books.known, submission_id)
        if submission.venue_id is not None:
            await self._answers.complete(submission_id)
        elif not submission.is_leg:
            shown = await self._adapter.find_order_by_client_id(submission_id)
            if shown is not None:
                await self._found(submission, shown)

    async def look_up(self, submission_id: str) -> None:
        """Ask for an order by the id that we gave it until its fate is known."""
        submission = submission_in(self._books.known, submission_id)
        tries = 0
        while submission.state is SubmissionState.SENDING:
            await self._wall.sleep(AGAIN_AFTER[min(tries, len(AGAIN_AFTER) - 1)])
            tries += 1
            submission = submission_in(self._books.known, submission_id)
            if submission.state is not SubmissionState.SENDING or await self._looked_up(submission):
                return
            submission = submission_in(self._books.known, submission_id)

    async def _looked_up(self, submission: Submission) -> bool:
        """Whether its fate is known by now."""
        try:
            shown = await self._adapter.find_order_by_client_id(submission.id)
        except WeaverError as error:
            _log.info("order_not_looked_up", order=submission.id, error=str(error))
            if submission.lookups:
                async with self._books.change() as draft:  # a venue that is not healthy has said nothing
                    draft.put_submission(replace(draft.submission(submission.id), missing_since=None, lookups=0))
            return False
        if shown is not None:
            await self._found(submission, shown)
            return True
        return await self._missing(submission)

    async def _found(self, submission: Submission, shown: VenueOrder) -> None:
        sent = request_for(self._books.known, submission.id, features=self._adapter.features)
        if submission.replaces is not None or fits(shown, sent):
            await self._answers.take(shown, submission.id)
            return
        reason = f"another order has its client order id at the venue ({shown.venue_id})"
        async with self._books.change() as draft:
            draft.warn(submission.order_id, OrderWarning.ORDER_ID_OF_ANOTHER, reason)
        await self._fates.gone(submission.id, reason)

    async def _missing(self, submission: Submission) -> bool:
        async with self._books.change() as draft:
            known = draft.submission(submission.id)
            if known.state is not SubmissionState.SENDING:
                return True
            since = known.missing_since or draft.now
            draft.put_submission(replace(known, missing_since=since, lookups=known.lookups + 1))
            is_sure = known.lookups + 1 >= MISSING_LOOKUPS and (draft.now - since).total_seconds() >= MISSING_SECONDS
        if is_sure:
            await self._fates.never_came(submission, NEVER_GOT)
        return is_sure
