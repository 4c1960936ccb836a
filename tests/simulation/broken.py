"""Veda with one of its protections taken out, to see that the simulation finds it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.simulation.venue import connection as venue_module
from tests.trading_store import FakeTradingStore
from weaver.veda.accounts import corporate_actions as actions_module
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.orders import folding
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.ports import Decision
from weaver.veda.runs.live_run import LiveRun
from weaver.veda.runs.recorded.codec import decode_inputs, encode_inputs
from weaver.veda.trading import restart as restart_module
from weaver.veda.trading import upkeep as upkeep_module
from weaver.veda.trading.books import draft as draft_module
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.calls.look_ups import LookUps
from weaver.veda.trading.intake import Intake

Change = tuple[Any, str, Any]
"""Whose, which, and what takes its place."""


def _write_ahead() -> list[Change]:
    """The venue hears of an order before it is committed: what was sent is forgotten by a crash."""
    commit = Books._commit

    async def late(self: Books, draft: Any) -> None:
        if any(one.state is SubmissionState.SENDING and one.sent_at for one in draft._submissions.values()):
            draft.seen()
            self._tell([])
        await commit(self, draft)

    return [(Books, "_commit", late)]


def _look_up() -> list[Change]:
    """An answer that was lost is taken for a refusal."""

    async def gone(self: LookUps, submission_id: str) -> None:
        await self._fates.gone(submission_id, "no answer")

    return [(LookUps, "look_up", gone)]


def _same_id() -> list[Change]:
    """An order whose fate is not known is sent again, under another id."""

    async def again(self: LookUps, submission_id: str) -> None:
        await self._fates.send_again(submission_id, "no answer")

    return [(LookUps, "look_up", again)]


def _dedupe() -> list[Change]:
    """Each fill that is told of counts."""

    def counted(parts: Any, start: Any, end: Any) -> Any:
        yield start, end

    return [(folding, "uncounted", counted), (folding, "with_part", lambda parts, start, end: (*parts, (start, end)))]


def _cumulative() -> list[Change]:
    """Fills are known by their ids alone, which the stream and the list do not share."""
    booked = folding.booked

    def by_id(order: Any, submission: Any, fill: Any, known: Any, now: Any, *, most: Any = None) -> Any:
        return booked(order, submission, replace(fill, cumulative_quantity=None), known, now)

    return [
        (draft_module, "booked", by_id),
        (folding, "is_same", lambda one, fill: one.execution_id == fill.execution_id),
    ]


def _nested() -> list[Change]:
    """Lists and answers show no legs."""
    shown = venue_module.order_of
    return [(venue_module, "order_of", lambda ticket: replace(shown(ticket), legs=()))]


def _fencing() -> list[Change]:
    """An owner that was superseded goes on."""
    return [(FakeTradingStore, "_check_epoch", lambda _self: None)]


def _gate() -> list[Change]:
    """Nobody is asked before an order is sent."""
    return [(Intake, "refusal", lambda _self, _draft, _order, _legs: None)]


def _recorded_inputs() -> list[Change]:
    """Of a tick's inputs it is not recorded what the strategy was told of its orders."""
    settle = LiveRun._settle

    async def forgetful(self: LiveRun, time: int, data: bytes, decision: Decision, **given: Any) -> None:
        if given.get("number"):
            data = encode_inputs(replace(decode_inputs(data), updates=()))
        await settle(self, time, data, decision, **given)

    return [(LiveRun, "_settle", forgetful)]


def _ticks_apart() -> list[Change]:
    """A tick's orders are in one transaction, and its record in the next."""
    carry_out = TradingAccount.carry_out

    async def apart(self: TradingAccount, intents: Any, *, tick: Any = None, **given: Any) -> Any:
        refused = await carry_out(self, intents, **given)
        if tick is not None:
            await carry_out(self, (), tick=tick, blobs=given.get("blobs", ()))
        return refused

    return [(TradingAccount, "carry_out", apart)]


def _late_entries() -> list[Change]:
    """A restart sends what was not sent before it."""

    async def nothing(books: Books) -> None:
        return

    return [(restart_module, "_drop_unsent", nothing)]


def _protection() -> list[Change]:
    """Exits that the venue drops are left dropped."""
    return [(upkeep_module, "protect", lambda _draft, _group_id, _held: ())]


def _ends_of_time() -> list[Change]:
    """Orders whose time is over are left to a venue that does not end them."""
    return [(upkeep_module, "to_expire", lambda _known, _now: ())]


def _splits() -> list[Change]:
    """Orders stand at the venue as they were before a split."""
    return [(actions_module, "move", lambda *_moved, **_before: None)]


BROKEN: Mapping[str, Callable[[], list[Change]]] = {
    "write-ahead": _write_ahead,
    "look-up": _look_up,
    "one id an order": _same_id,
    "dedupe": _dedupe,
    "cumulative quantity": _cumulative,
    "nested lists": _nested,
    "fencing": _fencing,
    "gate": _gate,
    "recorded inputs": _recorded_inputs,
    "a tick and its orders together": _ticks_apart,
    "no late entries": _late_entries,
    "protection": _protection,
    "ends of time": _ends_of_time,
    "orders over a split": _splits,
}


@contextmanager
def without(name: str) -> Iterator[None]:
    """Veda without that protection."""
    changes = BROKEN[name]()
    before = [(owner, attribute, getattr(owner, attribute)) for owner, attribute, _ in changes]
    for owner, attribute, value in changes:
        setattr(owner, attribute, value)
    try:
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)
