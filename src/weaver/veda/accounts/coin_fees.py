"""Fees apart from fills, as an account's books have them: as the venue names them, and of coins, until it does, as its
positions show."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from weaver.events.payloads import AccountFeeCharged
from weaver.model.market.asset_class import AssetClass
from weaver.model.run import RunMode
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.account import VenueFee
from weaver.veda.ports import TradingStore
from weaver.veda.positions.attribution import Attribution, Effect, EffectKind
from weaver.veda.positions.coin_fees import Shares, fees_in, given_back, in_proportion
from weaver.veda.positions.counting import cash, cash_units, decimal, fine
from weaver.veda.positions.entries import Entry, FeeEntry
from weaver.veda.positions.named_fees import LAG, Charge, NamedFees, Owner, charges_for, midnight
from weaver.veda.positions.sub_ledger import FEE_BPS_MAX
from weaver.veda.trading.books.draft import Draft

LIST_EVERY = timedelta(minutes=5)
"""How often fees are listed (venue time); and at once where coins are lacking, or left over."""
NOT_OURS = "fees of what was traded outside Weaver"
GIVEN_BACK = "estimated fees that were not taken, of runs that hold none any more"


class Enter(Protocol):
    """Books an entry of an owner's, and has its strategy told."""

    def __call__(self, draft: Draft, owner: str | None, entry: Entry) -> None: ...


class _Share(NamedTuple):
    owner: str | None
    day: date
    units: int


class CoinFees:
    """What the venue names is booked once, and takes the place of what was estimated.

    A shortage that fees can be, and that it has not named, is theirs once two looks in a row have shown it: where it
    would halt the symbol, it is booked as an estimate. Until then nobody sells what is lacking. What was estimated and
    is there after all is given back in the same way.
    """

    def __init__(
        self,
        account: str,
        *,
        mode: RunMode,
        ledgers: Ledgers,
        store: TradingStore,
        enter: Enter,
        class_of: Callable[[str], AssetClass],
    ) -> None:
        self._account, self._mode, self._ledgers, self._enter, self._class_of = account, mode, ledgers, enter, class_of
        self._scope, self._store = f"fees {account}", store
        self._named = NamedFees()

    async def read(self, now: datetime) -> None:
        """Read what was kept. Raises Unavailable."""
        if (kept := await self._store.state(self._scope)) is not None:
            self._named = NamedFees.of_json(kept)
        self._ledgers.fees_after = self._reach() if self._ledgers.has_begun else now - LAG

    def _reach(self) -> datetime | None:
        """From when on fees are to be listed; None where nobody ever held coins."""
        symbols = frozenset(filter(self._is_coin, {*self._ledgers.traded.symbols, *self._ledgers.all_held()}))
        if not symbols:
            return None
        first = self._ledgers.traded.first_day(symbols)
        since = self._named.since or (None if first is None else midnight(first))
        return None if since is None else since - LAG

    def _is_coin(self, symbol: str) -> bool:
        return self._class_of(symbol) is AssetClass.CRYPTO

    # As the venue names them

    def begin(self, draft: Draft, fees: Iterable[VenueFee]) -> None:
        """The first look at an account: these were taken before, and what it holds is less by them."""
        self._put(draft, self._named.after(draft.now, fees))

    def hear(self, draft: Draft, fees: Iterable[VenueFee]) -> None:
        """A look has listed these: book what is new of them."""
        listed = tuple(fees)
        for one in charges_for([fee for fee in listed if fee.fee_id not in self._named.seen], _owners_in(draft)):
            self._charge(draft, one)
        self._put(draft, self._named.after(draft.now, listed))

    def _put(self, draft: Draft, named: NamedFees) -> None:
        """Keep it, where that changes what is known: a list that reaches back to an earlier one has that in it too."""
        if named.seen != self._named.seen or self._named.since is None:
            draft.put_state(self._scope, named.as_json())
        draft.then(lambda: self._keep(named))

    def _keep(self, named: NamedFees) -> None:
        self._named = named

    def _charge(self, draft: Draft, one: Charge) -> None:
        """Book what was taken: of whom, as far as that is known, and what is left over as nobody's. Estimates of the
        symbol are given back up to as much: theirs first who are charged."""
        taken = fine(one.quantity)
        shares = [*self._shares(draft, one, taken, self._room)]
        left = taken - sum(share.units for share in shares)
        for share in shares:
            estimated = fine(self._ledgers.in_draft(draft, share.owner).estimated(one.symbol))
            settled = min(estimated, share.units)
            rest, settles = decimal(share.units - settled), decimal(settled)
            self._book(draft, share.owner, one.symbol, quantity=rest, settles=settles, day=share.day)
            taken -= settled
        self._release(draft, one.symbol, taken)
        if left:
            self._nobodys(draft, one.symbol, -left, NOT_OURS)
        for share in self._shares(draft, one, cash_units(one.amount), self._cash_room):
            self._book(draft, share.owner, one.symbol, amount=cash(share.units), day=share.day)

    def _shares(
        self, draft: Draft, one: Charge, units: int, room: Callable[[Draft, str, date], Mapping[str | None, int]]
    ) -> Iterator[_Share]:
        """Who was charged how much, by what each traded on the days that it may be for."""
        if one.owner is not None and units:
            yield _Share(one.owner.run_id, one.day, units)
            return
        for day in one.days if units > 0 else ():
            for owner, part in in_proportion(units, room(draft, one.symbol, day)).items():
                yield _Share(owner, day, part)
                units -= part

    def _room(self, draft: Draft, symbol: str, day: date) -> dict[str | None, int]:
        """How much of the asset each may have been charged for what it bought on a day."""
        return {
            owner: max(
                traded.bought * FEE_BPS_MAX // 10_000
                - sum(fine(fee.quantity + fee.settles) for fee in self._on(draft, owner, symbol, day)),
                0,
            )
            for owner, traded in self._ledgers.traded.of(symbol, day).items()
        }

    def _cash_room(self, draft: Draft, symbol: str, day: date) -> dict[str | None, int]:
        """How much cash, for what it sold."""
        return {
            owner: max(
                traded.proceeds * FEE_BPS_MAX // 10_000
                - sum(cash_units(fee.amount) for fee in self._on(draft, owner, symbol, day)),
                0,
            )
            for owner, traded in self._ledgers.traded.of(symbol, day).items()
        }

    def _on(self, draft: Draft, owner: str | None, symbol: str, day: date) -> Iterator[FeeEntry]:
        return (fee for fee in self._ledgers.in_draft(draft, owner).fees(symbol) if fee.day == day)

    def _release(self, draft: Draft, symbol: str, units: int) -> None:
        """Give estimates back, so much of them at most."""
        rooms = {owner: fine(quantity) for owner, quantity in self._estimates(draft, symbol).items()}
        if units > 0:
            shares = {owner: decimal(part) for owner, part in in_proportion(units, rooms).items()}
            self._give_back(draft, symbol, shares)

    # As its positions show

    def look(
        self, draft: Draft, found: Iterable[Attribution], *, doubted: Collection[str], in_flight: Collection[str]
    ) -> None:
        """Book what a look shows of fees that were not named. `doubted`: symbols that differed at the last look,
        too."""
        lacking: dict[tuple[str | None, str], Decimal] = {}
        coins = [one for one in found if one.unexplained and self._is_coin(one.symbol)]
        for one in coins:
            shares, back = self._lacking(draft, one), self._left_over(draft, one)
            if one.symbol in doubted and one.symbol not in in_flight:
                for owner, quantity in shares.items():
                    self._book(draft, owner, one.symbol, quantity=quantity)
                self._give_back(draft, one.symbol, back)
            else:
                lacking |= {(owner, one.symbol): quantity for owner, quantity in shares.items()}
        draft.then(lambda: self._looked(draft.now, lacking, is_odd=bool(coins)))

    def _looked(self, now: datetime, lacking: Mapping[tuple[str | None, str], Decimal], *, is_odd: bool) -> None:
        self._ledgers.lack(lacking)
        is_due = self._named.since is None or now - self._named.since >= LIST_EVERY
        self._ledgers.fees_after = self._reach() if is_odd or is_due else None

    def _lacking(self, draft: Draft, one: Attribution) -> Shares:
        owners = (*one.runs, None)
        return fees_in(one, {owner: self._ledgers.in_draft(draft, owner).fee_room(one.symbol) for owner in owners})

    def _left_over(self, draft: Draft, one: Attribution) -> Shares:
        return given_back(one, self._estimates(draft, one.symbol))

    def _estimates(self, draft: Draft, symbol: str) -> Shares:
        owners = (*self._ledgers.runs, None)
        return {owner: self._ledgers.in_draft(draft, owner).estimated(symbol) for owner in owners}

    # Booking

    def _give_back(self, draft: Draft, symbol: str, shares: Shares) -> None:
        """Estimates that were too high, to whoever holds some still; what nobody holds any more is nobody's."""
        for owner, quantity in shares.items():
            if self._ledgers.in_draft(draft, owner).quantity(symbol) > 0:
                self._book(draft, owner, symbol, quantity=-quantity)
            else:
                self._book(draft, owner, symbol, settles=quantity)
                self._nobodys(draft, symbol, fine(quantity), GIVEN_BACK)

    def _nobodys(self, draft: Draft, symbol: str, units: int, note: str) -> None:
        effect = Effect(symbol=symbol, kind=EffectKind.FEE, quantity=decimal(units), note=note, time=draft.now)
        self._ledgers.add_effect(draft, effect)

    def _book(
        self,
        draft: Draft,
        owner: str | None,
        symbol: str,
        *,
        quantity: Decimal = Decimal(0),
        amount: Decimal = Decimal(0),
        settles: Decimal = Decimal(0),
        day: date | None = None,
    ) -> None:
        """day: of a fee that the venue named; None: an estimate, or a part of one that is no more."""
        entry = FeeEntry(
            symbol=symbol, amount=amount, quantity=quantity, is_estimated=day is None, settles=settles, day=day,
            time=draft.now,
        )  # fmt: skip
        self._enter(draft, owner, entry)
        draft.say(
            AccountFeeCharged(
                venue=self._account,
                symbol=symbol,
                quantity=quantity - settles if day is None else quantity + settles,
                amount=amount,
                run_id=owner,
                is_estimated=day is None,
                mode=self._mode,
            )
        )


def _owners_in(draft: Draft) -> Callable[[VenueFee], Owner | None]:
    """Whose a fee is, where the venue says for which order it was taken, and that is in the books."""

    def owner_of(fee: VenueFee) -> Owner | None:
        found = None if fee.venue_order_id is None else draft.by_venue_id(fee.venue_order_id)
        return None if found is None else Owner(draft.order(found.order_id).run_id)

    return owner_of
