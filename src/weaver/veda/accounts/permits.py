"""Whether the venue lets an account trade: which account it is, what forbids it to, and which symbols are halted."""

from collections.abc import Mapping
from typing import Any

from weaver.veda.accounts.guard import Guard
from weaver.veda.exchange.account import VenueAccount
from weaver.veda.exchange.market import HaltChanged, InstrumentRules
from weaver.veda.ports import TradingStore
from weaver.veda.risk.halts import HaltCause, HaltScope
from weaver.veda.trading.books.draft import Draft


class Permits:
    """What the venue shows halts the account, or a symbol of it, for entries, and lets it go on when that is over."""

    def __init__(self, account: str, *, guard: Guard, store: TradingStore) -> None:
        self.account, self._guard, self._store = account, guard, store
        self._account_id: str | None = None
        self._halted: dict[str, str] = {}
        """Why, of the symbols that the venue's stream says to be halted."""

    async def read(self) -> None:
        """Which account was there before. Raises Unavailable."""
        kept: Mapping[str, Any] | None = await self._store.state(self._scope)
        self._account_id = None if kept is None else kept["account_id"]

    def see_account(self, draft: Draft, shown: VenueAccount) -> None:
        """Halt it where it is another than the remembered one, or may not trade."""
        if self._account_id is None:
            self.accept(draft, shown)
        flags = list(shown.flags)
        if shown.account_id != self._account_id:
            flags.insert(0, f"it is another account than before: {shown.account_id}, not {self._account_id}")
        self._set(draft, HaltScope.ACCOUNT, self.account, HaltCause.VENUE, "; ".join(flags))

    def accept(self, draft: Draft, shown: VenueAccount) -> None:
        """This is the account that is meant."""
        draft.put_state(self._scope, {"account_id": shown.account_id})
        self._account_id = shown.account_id  # at once, whether or not it can be committed

    def see_symbol(self, draft: Draft, symbol: str, rules: InstrumentRules | None) -> None:
        """Halt a symbol that cannot be traded. None: the venue knows it no more."""
        self._set(draft, HaltScope.SYMBOL, symbol, HaltCause.MARKET, "; ".join(self._against(symbol, rules)))

    def see_halt(self, draft: Draft, change: HaltChanged, rules: InstrumentRules) -> None:
        """Trading of a symbol was halted, or goes on."""
        if change.is_halted:
            self._halted[change.symbol] = f"the venue has halted it{f' ({change.reason})' if change.reason else ''}"
        else:
            self._halted.pop(change.symbol, None)
        self.see_symbol(draft, change.symbol, rules)

    def _against(self, symbol: str, rules: InstrumentRules | None) -> list[str]:
        halted = [self._halted[symbol]] if symbol in self._halted else []
        if rules is None:
            return ["the venue knows it no more"]
        if rules.is_tradable and not rules.is_halted:
            return halted
        return [*(rules.flags or ("the venue does not have it traded",)), *halted]

    def _set(self, draft: Draft, scope: HaltScope, name: str, cause: HaltCause, reason: str) -> None:
        """Halt something for a reason; without one, let it go on."""
        if reason:
            self._guard.halt(draft, scope, name, cause, reason)
        else:
            self._guard.lift(draft, scope, name, cause)

    @property
    def _scope(self) -> str:
        return f"account {self.account}"
