"""Whose an account's cash and holdings are: a sub-ledger for each run and for manual orders, and what is nobody's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from weaver.veda.exchange.account import VenuePosition
from weaver.veda.exchange.orders import VenueFill
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.ports import TradingStore
from weaver.veda.positions.attribution import Attribution, Effect, EffectKind, attributed, split_effect
from weaver.veda.positions.contract import Contract
from weaver.veda.positions.counting import DECIMALS, decimal
from weaver.veda.positions.days_traded import DaysTraded
from weaver.veda.positions.entries import Entry, SplitEntry
from weaver.veda.positions.lacking import Lack, Quantities, gone
from weaver.veda.positions.looks import PositionLooks
from weaver.veda.positions.sub_ledger import SubLedger
from weaver.veda.risk.view import PricedAt
from weaver.veda.trading.books.draft import Draft, OrderChange

MANUAL = "manual"
FINE_ONE = 10**DECIMALS
OF_DELETED = "held by runs that were deleted"
FOREIGN_MAX = 10_000
"""So many executions of others' orders are remembered, so that none counts twice."""


@dataclass(slots=True, kw_only=True)
class Drafted:
    """What a draft has entered so far: where it comes to nothing, so does this."""

    draft: Draft | None
    ledgers: dict[str | None, SubLedger] = field(default_factory=dict)
    effects: tuple[Effect, ...] | None = None
    foreign: dict[str, None] | None = None


class Ledgers:
    """All of an account. Fills come in as they are committed; what is no fill is committed by whoever books it."""

    def __init__(self, account: str, *, store: TradingStore) -> None:
        self.account, self._store = account, store
        self._ledgers: dict[str | None, SubLedger] = {None: SubLedger.opened(None)}
        self.effects: tuple[Effect, ...] | None = None
        """What of the account's is nobody's; None: it was never looked at."""
        self._foreign: dict[str, None] = {}
        self._began_at: datetime | None = None
        """When it was first asked what the account holds."""
        self._lacking: Mapping[tuple[str | None, str], Decimal] = {}
        self.looks = PositionLooks()
        """What of the account's positions did not explain itself when it was looked at."""
        self.prices: dict[str, PricedAt] = {}
        """The newest, by symbol."""
        self.traded = DaysTraded()
        self.fees_after: datetime | None = None
        """From when on fees are to be listed; None: nothing is held of what pays any."""
        self._drafted: Drafted | None = None

    async def read(self) -> None:
        """Read what was kept. Raises Unavailable."""
        fills = dict(await self.fills())
        for own in fills.values():
            for fill in own:
                self.traded.add(fill)
        kept = await self._store.states(self._scope(""))
        ledgers = {state["run_id"]: SubLedger.rebuilt(state, fills.pop(state["run_id"], [])) for state in kept.values()}
        for run_id, rest in fills.items():
            ledgers[run_id] = SubLedger.opened(run_id).booked(*rest)
        self._ledgers = {None: SubLedger.opened(None), **ledgers}
        rest_of_it = await self._store.state(f"effects {self.account}")
        if rest_of_it is not None:
            self.effects = tuple(map(Effect.of_json, rest_of_it["effects"]))
            self._foreign = dict.fromkeys(rest_of_it["foreign"])
        if (looks := await self._store.state(f"looks {self.account}")) is not None:
            self.looks = PositionLooks.of_json(looks)
        if (began := await self._store.state(self._began)) is not None:
            self._began_at = datetime.fromisoformat(began["at"])

    def ahead_of(self, entry: Entry, fills: Mapping[str | None, Sequence[LiveFill]]) -> Sequence[Decimal]:
        """What each owner held of an entry's symbol when that happened."""
        ledgers = self._ledgers.items()
        return [ledger.ahead_of(entry, fills.get(owner, ())).quantity(entry.symbol) for owner, ledger in ledgers]

    def of(self, run_id: str | None) -> SubLedger:
        """A run's, or the manual orders'; an empty one where it has none."""
        return self._ledgers.get(run_id) or SubLedger.opened(run_id)

    @property
    def runs(self) -> Mapping[str, SubLedger]:
        """By run."""
        return {run_id: ledger for run_id, ledger in self._ledgers.items() if run_id is not None}

    def open(self, draft: Draft, run_id: str, cash: Decimal, contracts: Mapping[str, Contract] | None = None) -> None:
        """Allot cash to a run. `contracts`: of the futures that it trades."""
        self._keep(draft, SubLedger.opened(run_id, cash, contracts))

    async def fills(self) -> Mapping[str | None, Sequence[LiveFill]]:
        """All that are booked, by owner. Raises Unavailable."""
        found: dict[str | None, list[LiveFill]] = {}
        for fill in await self._store.fills_of(self.account):
            found.setdefault(fill.run_id, []).append(fill)
        return found

    def enter(self, draft: Draft, run_id: str | None, entry: Entry, fills: Sequence[LiveFill] = ()) -> None:
        """Book what is no fill: a split, a dividend, a delisting, a fee. `fills`: all of that owner, where some may
        have happened after it."""
        self._keep(draft, self.in_draft(draft, run_id).with_entry(entry, fills))

    def in_draft(self, draft: Draft, run_id: str | None) -> SubLedger:
        """A run's with what a draft has entered."""
        drafted = self._drafted_in(draft).ledgers.get(run_id)
        return self.of(run_id) if drafted is None else drafted

    def hear(self, changes: Sequence[OrderChange]) -> None:
        """Orders have changed, and with them what their fills brought."""
        for change in changes:
            if change.fills:
                run_id = change.after.run_id
                self._ledgers[run_id] = self.of(run_id).booked(*change.fills)
                for fill in change.fills:
                    self.traded.add(fill)

    # Holdings, and what they are worth

    @property
    def has_begun(self) -> bool:
        """Whether what the account held before is told apart from what orders bring."""
        return self.effects is not None

    @property
    def is_untouched(self) -> bool:
        """Whether no order of ours has brought anything yet."""
        return not any(ledger.fills for ledger in self._ledgers.values())

    def held(self, run_id: str | None, symbol: str) -> Decimal:
        """By a run; None: by hand."""
        return self.of(run_id).quantity(symbol)

    def net(self, symbol: str) -> Decimal:
        """By the account, as far as is known."""
        own = sum((ledger.quantity(symbol) for ledger in self._ledgers.values()), Decimal(0))
        return own + sum((one.quantity for one in self.effects or () if one.symbol == symbol), Decimal(0))

    def lack(self, lacking: Mapping[tuple[str | None, str], Decimal]) -> None:
        """So much of what owners hold of symbols is not at the venue, and may have gone as fees."""
        self._lacking = lacking

    def lacking(self, run_id: str | None, symbol: str, taken: Quantities | None = None) -> Lack:
        """How much of what an owner holds may not be at the venue. A manual order may close all that the account has:
        of one (None) fees are what all lack. `taken`: how much working orders of other owners will close."""
        held = {owner: ledger.quantity(symbol) for owner, ledger in self._ledgers.items()}
        effects = [one for one in self.effects or () if one.symbol == symbol]
        odd = self.looks.doubted.get(symbol, Decimal(0)) if symbol in self.looks.halted else Decimal(0)
        off = gone(run_id, held, effects, unexplained=odd, taken=taken)
        fees = [part for (owner, of), part in self._lacking.items() if of == symbol and run_id in (None, owner)]
        return Lack(fees=sum(fees, Decimal(0)), gone=off)

    def there(self, run_id: str | None) -> Mapping[str, Decimal]:
        """What an owner holds that others have not closed, by symbol. Of manual orders it is no more than the account
        holds: they may have closed what runs hold still."""
        found = {}
        for symbol, quantity in self.of(run_id).held.items():
            sign = 1 if quantity > 0 else -1
            left = abs(quantity) - self.lacking(run_id, symbol).gone
            left = left if run_id is not None else min(left, sign * self.net(symbol))
            if left > 0:
                found[symbol] = sign * left
        return found

    def disown(self, draft: Draft, run_id: str) -> None:
        """A run is to be deleted: what it holds is nobody's from now on. Once that is kept, `drop` it."""
        for symbol, quantity in self.of(run_id).held.items():
            self.add_effect(
                draft,
                Effect(symbol=symbol, kind=EffectKind.OTHERS, quantity=quantity, note=OF_DELETED, time=draft.now),
            )

    def drop(self, run_id: str) -> None:
        """A run is gone."""
        self._ledgers.pop(run_id, None)

    def all_held(self) -> Mapping[str, Decimal]:
        """By the account, by symbol."""
        return {symbol: net for symbol in sorted(self.symbols_held()) if (net := self.net(symbol))}

    def symbols_held(self) -> set[str]:
        """Those of which anybody has something, though the account may have nothing."""
        held = {symbol for ledger in self._ledgers.values() for symbol in ledger.held}
        return held | {effect.symbol for effect in self.effects or ()}

    def price(self, symbol: str, price: Decimal, at: datetime) -> None:
        """A newer price of a symbol."""
        known = self.prices.get(symbol)
        if known is None or at >= known.at:
            self.mark(symbol, price, at)

    def mark(self, symbol: str, price: Decimal, at: datetime) -> None:
        """The price that the venue was just asked for, whatever was known: a known one of later is of a time that was
        thought to be later than it was."""
        self.prices[symbol] = PricedAt(price=price, at=at)

    def split(self, symbol: str, ratio: Fraction, *, at: datetime) -> None:
        """A symbol's price is on the scale after a split: new shares for old ones. One of later is so already."""
        known = self.prices.get(symbol)
        if known is not None and known.at <= at:
            exact = Fraction(known.price) / ratio
            self.prices[symbol] = replace(known, price=decimal(round(exact * FINE_ONE)))

    @property
    def plain_prices(self) -> Mapping[str, Decimal]:
        """The newest price of each symbol."""
        return {symbol: known.price for symbol, known in self.prices.items()}

    def equity(self, run_id: str | None) -> Decimal:
        """A run's, marked to market."""
        return self.of(run_id).equity(self.plain_prices)

    # Against the venue

    def attributed(
        self,
        positions: Iterable[VenuePosition],
        *,
        lots: Mapping[str, Decimal] | None = None,
        draft: Draft | None = None,
    ) -> tuple[Attribution, ...]:
        """The venue's positions shared out; with what a draft has entered, where one is given."""
        drafted = Drafted(draft=None) if draft is None else self._drafted_in(draft)
        ledgers = {**self._ledgers, **drafted.ledgers}
        return attributed(
            {one.symbol: one.quantity for one in positions},
            {run_id: ledger.held for run_id, ledger in ledgers.items() if run_id is not None},
            ledgers[None].held,
            (self.effects if drafted.effects is None else drafted.effects) or (),
            lots=lots,
        )

    def look_first(
        self,
        draft: Draft,
        positions: Iterable[VenuePosition],
        others: Iterable[VenueFill],
        *,
        at: datetime | None = None,
    ) -> None:
        """The first look at an account: what it holds and no run brought was there before, and with it what the
        executions of others brought that are listed, or happened before it was asked (`at`) and will be."""
        if at is not None:
            draft.put_state(self._began, {"at": at.isoformat()})
            draft.then(lambda: setattr(self, "_began_at", at))
        found = [
            Effect(symbol=one.symbol, kind=EffectKind.EARLIER, quantity=one.remainder, time=draft.now)
            for one in self.attributed(positions)
            if one.remainder
        ]
        self._keep_effects(draft, tuple(found), dict.fromkeys(fill.execution_id for fill in others))

    def hear_others(
        self,
        draft: Draft,
        fills: Iterable[VenueFill],
        own: Iterable[VenueFill] = (),
        *,
        splits: Sequence[SplitEntry] = (),
    ) -> None:
        """Executions of orders that were placed outside Weaver, each counted once. `own`: executions of ours, of which
        some may have counted as others' before it was known whose they were. `splits`: those in the books, before which
        some may have been."""
        new = [fill for fill in fills if fill.execution_id not in self._foreign and not self._was_before(fill)]
        wrong = [fill for fill in own if fill.execution_id in self._foreign]
        if not new and not wrong:
            return
        self.looks = self.looks.moved({fill.symbol for fill in (*new, *wrong)})
        seen = dict.fromkeys([*self._foreign, *(fill.execution_id for fill in new)][-FOREIGN_MAX:])
        for fill in wrong:
            del seen[fill.execution_id]
        effects = [one for fill in new for one in _others_brought(fill, fill.quantity, splits)]
        effects += [one for fill in wrong for one in _others_brought(fill, -fill.quantity, splits)]
        self._keep_effects(draft, (*self._effects_in(draft), *effects), seen)

    def add_effect(self, draft: Draft, effect: Effect) -> None:
        """Something happened to the account that is no run's."""
        self._keep_effects(draft, (*self._effects_in(draft), effect))

    # What is kept

    def _drafted_in(self, draft: Draft) -> "Drafted":
        if self._drafted is None or self._drafted.draft is not draft:
            self._drafted = Drafted(draft=draft)
        return self._drafted

    def _effects_in(self, draft: Draft) -> tuple[Effect, ...]:
        drafted = self._drafted_in(draft).effects
        return (self.effects or ()) if drafted is None else drafted

    def _keep(self, draft: Draft, ledger: SubLedger) -> None:
        self._drafted_in(draft).ledgers[ledger.run_id] = ledger
        draft.put_state(self._scope(ledger.run_id or MANUAL), ledger.as_json())
        draft.then(lambda: self._put(ledger))

    def _put(self, ledger: SubLedger) -> None:
        self._ledgers[ledger.run_id] = ledger

    def _keep_effects(self, draft: Draft, effects: tuple[Effect, ...], foreign: dict[str, None] | None = None) -> None:
        """foreign: the executions that count from here on, where there are new ones."""
        drafted = self._drafted_in(draft)
        seen = foreign if foreign is not None else self._foreign if drafted.foreign is None else drafted.foreign
        merged = _merged(effects)
        drafted.effects, drafted.foreign = merged, seen
        state: dict[str, Any] = {"effects": [one.as_json() for one in merged], "foreign": [*seen]}
        draft.put_state(f"effects {self.account}", state)
        draft.then(lambda: self._put_effects(merged, seen))

    def _put_effects(self, effects: tuple[Effect, ...], foreign: dict[str, None]) -> None:
        self.effects, self._foreign = effects, foreign

    def _was_before(self, fill: VenueFill) -> bool:
        """Whether what an execution brought was there at the first look, though it was not listed yet."""
        return self._began_at is not None and fill.time <= self._began_at

    @property
    def _began(self) -> str:
        return f"began {self.account}"

    def _scope(self, owner: str) -> str:
        return f"ledger {self.account} {owner}"


def _others_brought(fill: VenueFill, quantity: Decimal, splits: Sequence[SplitEntry]) -> Iterator[Effect]:
    brought = Effect(
        symbol=fill.symbol,
        kind=EffectKind.OTHERS,
        quantity=fill.side.sign * quantity,
        note="orders placed outside Weaver",
        time=fill.time,
    )
    yield brought
    for split in splits:
        if split.symbol == fill.symbol and fill.time < split.time:
            added = split_effect(
                split.symbol,
                [brought],
                numerator=split.numerator,
                denominator=split.denominator,
                lot=split.lot,
                time=split.time,
            )
            if added is not None:
                yield added


def _merged(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """One of each symbol and kind."""
    found: dict[tuple[str, EffectKind], Effect] = {}
    for effect in effects:
        known = found.get((effect.symbol, effect.kind))
        total = effect.quantity + (Decimal(0) if known is None else known.quantity)
        found[effect.symbol, effect.kind] = replace(effect, quantity=total)
    return tuple(one for one in found.values() if one.quantity)
