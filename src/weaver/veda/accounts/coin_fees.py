"""Fees in coins, as an account's books have them: found out at looks at the venue, and shared to who bought."""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Protocol

from weaver.events.payloads import AccountFeeCharged
from weaver.model.market.asset_class import AssetClass
from weaver.model.run import RunMode
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.positions.attribution import Attribution
from weaver.veda.positions.coin_fees import Shares, charged, fees_in
from weaver.veda.positions.entries import Entry, FeeEntry
from weaver.veda.trading.books.draft import Draft


class Enter(Protocol):
    """Books an entry of an owner's, and has its strategy told."""

    def __call__(self, draft: Draft, owner: str | None, entry: Entry) -> None: ...


class CoinFees:
    """A shortage that fees can be is theirs once two looks in a row have shown it: where it would halt the symbol, it
    is booked. Until then nobody sells what is lacking."""

    def __init__(
        self, account: str, *, mode: RunMode, ledgers: Ledgers, enter: Enter, class_of: Callable[[str], AssetClass]
    ) -> None:
        self._account, self._mode, self._ledgers, self._enter, self._class_of = account, mode, ledgers, enter, class_of

    def look(
        self, draft: Draft, found: Sequence[Attribution], *, doubted: Collection[str], in_flight: Collection[str]
    ) -> tuple[Attribution, ...]:
        """What a look found, with fees booked. `doubted`: symbols that differed at the last look, too."""
        lacking: dict[tuple[str | None, str], Decimal] = {}
        after: list[Attribution] = []
        for one in found:
            shares = self._shares(one)
            if shares and one.symbol in doubted and one.symbol not in in_flight:
                self._book(draft, one.symbol, shares)
                one = charged(one, shares)
            else:
                lacking |= {(owner, one.symbol): quantity for owner, quantity in shares.items()}
            after.append(one)
        draft.then(lambda: self._ledgers.lack(lacking))
        return tuple(after)

    def _shares(self, one: Attribution) -> Shares:
        if not one.unexplained or self._class_of(one.symbol) is not AssetClass.CRYPTO:
            return {}
        owners = (*one.runs, None)
        return fees_in(one, {owner: self._ledgers.of(owner).fee_room(one.symbol) for owner in owners})

    def _book(self, draft: Draft, symbol: str, shares: Shares) -> None:
        for owner, quantity in shares.items():
            self._enter(draft, owner, FeeEntry(symbol=symbol, quantity=quantity, is_estimated=True, time=draft.now))
            draft.say(
                AccountFeeCharged(
                    venue=self._account,
                    symbol=symbol,
                    quantity=quantity,
                    run_id=owner,
                    is_estimated=True,
                    mode=self._mode,
                )
            )
