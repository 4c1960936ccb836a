"""Splits, dividends and delistings in an account's books: what each does to every run, once."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial

from weaver.model.calendar.instants import time_of
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import Unavailable
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.veda.accounts.guard import Guard
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.account import ActionHappened
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.exchange.setup import Wall
from weaver.veda.feed.corporate import NEW_YORK, ActionDue, due_at
from weaver.veda.inputs import Update
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.ports import TradingStore
from weaver.veda.positions.attribution import split_effect
from weaver.veda.positions.entries import (
    DelistingEntry,
    DividendEntry,
    Entry,
    SplitEntry,
    entry_as_json,
    entry_of_json,
)
from weaver.veda.positions.entry_updates import updates_of
from weaver.veda.risk.halts import HaltCause, HaltScope
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.protecting import move, split_sent, split_terms

DONE_MAX = 1_000
"""So many that were booked are remembered, so that none is twice."""
AGAIN_SECONDS = 0.5
CATCH_UP = timedelta(seconds=30)
"""So long a venue is asked what filled before a split; what is told of it later counts as old shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A run that trades some symbols, and who is to be told what happens to them."""

    symbols: frozenset[str]
    told: Callable[[Update], None]
    after: datetime
    """What was before it began, or had got to when it went on, is no concern of it."""


class CorporateActions:
    """Books what happens in one transaction: entries of the ledgers, what is nobody's, and the orders of the symbol."""

    def __init__(
        self,
        account: str,
        *,
        books: Books,
        ledgers: Ledgers,
        store: TradingStore,
        wall: Wall,
        rules: Callable[[str], InstrumentRules | None],
        caught_up: Callable[[datetime], Awaitable[None]],
    ) -> None:
        """rules: of a symbol, as the venue said last. caught_up: have in the books what orders did before an instant;
        raises Unavailable."""
        self._caught_up = caught_up
        self._scope, self._books, self._ledgers = f"actions {account}", books, ledgers
        self._store, self._wall, self._rules = store, wall, rules
        self._following: dict[str, Following] = {}
        self._done: dict[str, Entry] = {}
        self._watched: dict[str, datetime] = {}
        """Since when somebody holds or trades a symbol: what was due before is no concern of theirs."""

    async def read(self) -> None:
        """Read what was kept. Raises Unavailable."""
        if (kept := await self._store.state(self._scope)) is not None:
            self._done = {key: entry_of_json(entry) for key, entry in kept["done"].items()}
            self._watched = {symbol: datetime.fromisoformat(since) for symbol, since in kept["watched"].items()}

    async def follow(
        self, run_id: str, symbols: Sequence[str], told: Callable[[Update], None], *, after: datetime
    ) -> None:
        """Have somebody told, once it is in the books, of what happens to a run's symbols. What happened between
        `after`, where the run goes on, and now is in its ledger then. Raises Unavailable."""
        async with self._books.change() as draft:
            ledger, fills = self._ledgers.of(run_id), await self._ledgers.fills()
            known = [entry for _, entry in ledger.entries]
            for entry in self._done.values():
                if entry.symbol in symbols and entry.time > after and entry not in known:
                    self._ledgers.enter(draft, run_id, entry, fills.get(run_id, ()))
            self._watch(draft, symbols)
        self._following[run_id] = Following(symbols=frozenset(symbols), told=told, after=after)

    def unfollow(self, run_id: str) -> None:
        """Tell of a run no more."""
        self._following.pop(run_id, None)

    @property
    def symbols(self) -> frozenset[str]:
        """Those that somebody holds, trades or has orders in."""
        followed = (symbol for one in self._following.values() for symbol in one.symbols)
        working = (order.symbol for order in self._books.known.working())
        return frozenset([*followed, *working, *self._ledgers.symbols_held()])

    @property
    def watched(self) -> frozenset[str]:
        """Those that ever were, as far as is known, and those that somebody holds now."""
        return frozenset([*self._watched, *self._ledgers.symbols_held()])

    @property
    def splits(self) -> Sequence[SplitEntry]:
        """Those that are in the books."""
        return [entry for entry in self._done.values() if isinstance(entry, SplitEntry)]

    @property
    def watched_since(self) -> datetime | None:
        """Since when the first of them is."""
        return min(self._watched.values(), default=None)

    async def due(self, one: ActionDue) -> None:
        """Something is due at a venue that leaves orders as they are: the books follow, and the orders at the venue.
        What filled before it goes first, unless the venue does not tell of that for long. Where the database is away it
        is done when that is there again."""
        until = self._wall.now() + CATCH_UP
        while True:
            try:
                if isinstance(one.action, Split) and self._wall.now() < until:
                    await self._caught_up(time_of(one.at))
                async with self._books.change() as draft:
                    self._watch(draft, ())
                    if self._is_ours(one, draft.now):
                        close = self._close_before(one)
                        fills = await self._ledgers.fills()
                        at = draft.now if one.is_late else time_of(one.at)
                        self._book(draft, one.symbol, one.action, one.number, close, fills, at=at, moves=True)
            except Unavailable:
                await self._wall.sleep(AGAIN_SECONDS)
            else:
                return

    def _close_before(self, one: ActionDue) -> Decimal | None:
        """The newest price of a symbol, of an old share."""
        known = self._ledgers.prices.get(one.symbol)
        if known is None or one.is_late or known.at <= time_of(one.at) or not isinstance(one.action, Split):
            return None if known is None else known.price
        return known.price * one.action.ratio.numerator / one.action.ratio.denominator

    def _is_ours(self, one: ActionDue, now: datetime) -> bool:
        """Whether it happened while somebody held or traded the symbol. A split that was listed late has just shown
        itself; a dividend was for those who held before its ex-date."""
        is_seen = time_of(one.at) > self._watched.get(one.symbol, now)
        return is_seen or (one.is_late and isinstance(one.action, Split))

    def check(
        self, draft: Draft, guard: Guard, is_open: Callable[[str], bool], *, unsettled: Collection[str] = ()
    ) -> None:
        """Halt symbols whose orders are still as before a split though their market is open; let those go on whose
        orders are done. unsettled: those whose split is not even in the books."""
        self._watch(draft, ())
        waiting = {*unsettled, *(order.symbol for order in draft.working() if order.waits_for is WaitsFor.SPLIT)}
        for symbol in sorted(one for one in waiting if is_open(one)):
            reason = f"{symbol} split, and its orders at the venue could not all be placed anew before the open"
            guard.halt(draft, HaltScope.SYMBOL, symbol, HaltCause.SPLIT, reason)
        for halt in guard.halts.items:
            if halt.cause is HaltCause.SPLIT and halt.name not in waiting:
                guard.lift(draft, HaltScope.SYMBOL, halt.name, HaltCause.SPLIT)

    def _watch(self, draft: Draft, symbols: Collection[str]) -> None:
        """What is watched from now on. Nothing is given up: a run that trades a symbol may not have gone on yet."""
        new = sorted({*symbols, *self.symbols} - self._watched.keys())
        if new:
            self._keep(draft, self._done, {**self._watched, **dict.fromkeys(new, draft.now)})

    def _keep(self, draft: Draft, done: Mapping[str, Entry], watched: Mapping[str, datetime]) -> None:
        newest = dict([*done.items()][-DONE_MAX:])
        state = {
            "done": {key: entry_as_json(entry) for key, entry in newest.items()},
            "watched": {symbol: since.isoformat() for symbol, since in watched.items()},
        }
        draft.put_state(self._scope, state)
        draft.then(partial(self._kept, newest, dict(watched)))

    def _kept(self, done: dict[str, Entry], watched: dict[str, datetime]) -> None:
        self._done, self._watched = done, watched

    async def happened(self, message: ActionHappened) -> None:
        """The venue has worked something in by itself: the books follow, however long the database is away, as it is
        not told again."""
        while True:
            try:
                async with self._books.change() as draft:
                    close, at = message.previous_close, self._due(message)
                    self._book(draft, message.symbol, message.action, message.number, close, {}, at=at, moves=False)
            except Unavailable:
                await self._wall.sleep(AGAIN_SECONDS)
            else:
                return

    def _due(self, message: ActionHappened) -> datetime:
        """When trading may have begun after it, at the symbol's exchange."""
        rules = self._rules(message.symbol)
        return time_of(due_at(message.action, NEW_YORK if rules is None else calendar_of(rules.instrument)))

    def _book(
        self,
        draft: Draft,
        symbol: str,
        action: CorporateAction,
        number: int,
        close: Decimal | None,
        fills: Mapping[str | None, Sequence[LiveFill]],
        *,
        at: datetime,
        moves: bool,
    ) -> None:
        """`number`: which of its kind on that day. `fills`: those of each owner, where some may have happened after it.
        `at`: when it happened. `moves`: orders at the venue are to be moved by us."""
        key = f"{symbol} {type(action).__name__.lower()} {action.ex_date.isoformat()}" + f" {number}" * (number > 0)
        if key in self._done:
            return
        entry = self._entry(min(at, draft.now), draft.now, symbol, action, close)
        for owner in self._owners(entry, fills):
            self.enter(draft, owner, entry, fills.get(owner, ()))
        if isinstance(entry, SplitEntry):
            self._split(draft, entry, self._ledgers.ahead_of(entry, fills))
            if moves:
                ratio = f"{entry.numerator}-for-{entry.denominator}"
                reason = f"a {ratio} split of {symbol}: what had not filled is of before it"
                move(draft, symbol, reason, before=entry.time)
            elif (rules := self._rules(symbol)) is not None:
                exact = Fraction(entry.numerator, entry.denominator)
                split_sent(draft, symbol, exact, rules.instrument.lot, before=entry.time)
        self._keep(draft, {**self._done, key: entry}, self._watched)

    def _owners(self, entry: Entry, fills: Mapping[str | None, Sequence[LiveFill]]) -> Iterator[str | None]:
        """The runs that held its symbol then, or trade it, and the manual orders where they did."""
        symbol = entry.symbol
        for owner in (*self._ledgers.runs, None):
            following = self._following.get(owner or "")
            held = self._ledgers.of(owner).ahead_of(entry, fills.get(owner, ())).quantity(symbol)
            follows = following is not None and symbol in following.symbols and entry.time > following.after
            if held or follows:
                yield owner

    def enter(self, draft: Draft, owner: str | None, entry: Entry, fills: Sequence[LiveFill] = ()) -> None:
        """Book an entry of an owner's ledger; whoever follows it is told once it is in the books."""
        updates = updates_of(self._ledgers.in_draft(draft, owner).ahead_of(entry, fills), entry)
        self._ledgers.enter(draft, owner, entry, fills)
        following = self._following.get(owner or "")
        if following is not None:
            told = following.told
            draft.then(lambda: _tell(told, updates))

    def _entry(self, at: datetime, now: datetime, symbol: str, action: CorporateAction, close: Decimal | None) -> Entry:
        match action:
            case Split(ratio=ratio, ex_date=ex_date):
                rules = self._rules(symbol)
                return SplitEntry(
                    symbol=symbol,
                    numerator=ratio.numerator,
                    denominator=ratio.denominator,
                    previous_close=close or Decimal(0),
                    lot=Decimal(1) if rules is None else rules.instrument.lot,
                    ex_date=ex_date,
                    time=at,
                )
            case Dividend(amount=amount, ex_date=ex_date):
                return DividendEntry(symbol=symbol, amount=amount, ex_date=ex_date, time=at)
            case Delisting(value=value, ex_date=ex_date):
                return DelistingEntry(symbol=symbol, value=value, ex_date=ex_date, time=now)

    def _split(self, draft: Draft, entry: SplitEntry, owned: Sequence[Decimal]) -> None:
        """What a split does besides: to what is nobody's, to the newest price, and to orders. `owned`: what each owner
        held before it."""
        symbol, ratio = entry.symbol, Fraction(entry.numerator, entry.denominator)
        if self._ledgers.effects is not None:
            effect = split_effect(
                symbol,
                self._ledgers.effects,
                owned,
                numerator=entry.numerator,
                denominator=entry.denominator,
                lot=entry.lot,
                time=entry.time,
            )
            if effect is not None:
                self._ledgers.add_effect(draft, effect)
        draft.then(lambda: self._ledgers.split(symbol, ratio, at=entry.time))
        rules = self._rules(symbol)
        if rules is not None:
            split_terms(draft, symbol, ratio, rules.instrument, before=entry.time)


def _tell(told: Callable[[Update], None], updates: Sequence[Update]) -> None:
    for update in updates:
        told(update)
