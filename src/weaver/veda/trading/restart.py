"""How an account goes on after a restart: what may be at the venue is looked up, and no entry is sent late."""

from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.changes.placing import drop_unsent


async def pick_up(books: Books, adapter: ExchangeAdapter) -> set[str]:
    """Read the books. Returns the submissions that the venue may have been asked to take. Raises Unavailable."""
    await books.read()
    handed = {one.id for one in books.known.open_submissions() if await _may_be_there(adapter, one)}
    if not adapter.is_replay:
        await _drop_unsent(books)
    return handed


async def _may_be_there(adapter: ExchangeAdapter, submission: Submission) -> bool:
    """Whether the venue may have been asked for it. A replay's time stood still: what it lacks is sent."""
    if not adapter.is_replay or submission.is_leg or submission.state is not SubmissionState.SENDING:
        return True
    return await adapter.find_order_by_client_id(submission.id) is not None


async def _drop_unsent(books: Books) -> None:
    """Entries that were never sent are not sent late; exits that wait are."""
    async with books.change() as draft:
        for order in draft.working():
            if not order.reduces and order.waits_for is not WaitsFor.ENTRY:
                drop_unsent(draft, order)
