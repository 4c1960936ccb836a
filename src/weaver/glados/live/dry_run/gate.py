"""What the gate would say to the first orders of a run that has not begun: nothing is sent, and nothing is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from weaver.glados.live.dry_run.account import PreviewAccount, Row, Stored
from weaver.model.account.margin import AccountRules
from weaver.model.run import Run
from weaver.veda.adapters.simulated.venue.rules import instrument_rules
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.risk.gate import is_exit, refusal
from weaver.veda.risk.halts import Halts
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import KillSwitch
from weaver.veda.risk.view import RiskView, Standing

PASSES = "passes"
WITH_ITS_ENTRY = "its entry would be refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a run's orders would be looked at with. `whole`: the account's limits; `equity`, `held`: the account's,
    without the run, where it is open and not the run's own (`is_own`)."""

    run: Run
    account: str
    is_own: bool
    limits: RiskLimits
    whole: RiskLimits
    equity: Decimal | None
    held: Mapping[str, Decimal]
    rules: AccountRules
    switch: KillSwitch | None
    halts: Halts
    stored: Mapping[str, Stored]

    def said(self, rows: Sequence[Row], fills: Iterable[Row]) -> list[str | None]:
        """Of each order (a row of `orders`, in the order of their numbers) that it passes, or why it is refused, with
        what those before it that pass have brought by then (`fills`). An exit goes with its entry.

        None of what has no size before it fills. The venue's own rules are not asked; daily loss and drawdown, which
        halt a run while it trades, are not looked at.
        """
        account = PreviewAccount(
            run_id=self.run.id, account=self.account, cash=Decimal(self.rules.cash), stored=self.stored, fills=fills
        )
        found: dict[str, str | None] = {}
        for row in rows:
            found[row["id"]] = self._said(row, account, found)
        return [*found.values()]

    def _said(self, row: Row, account: PreviewAccount, before: Mapping[str, str | None]) -> str | None:
        stored = self.stored.get(row["symbol"])
        if stored is None or row["quantity"] is None:
            return None
        order, entry = account.order(row), row["parent_id"]
        if entry is None:
            view = self._view(account, order, stored)
            if (refused := refusal(order, (), view)) is not None:
                return refused.message
            order = replace(order, reduces=order.reduces or is_exit(order, view))
        elif before.get(entry) != PASSES:
            return WITH_ITS_ENTRY
        account.take(row, order)
        return PASSES

    def _view(self, account: PreviewAccount, order: LiveOrder, stored: Stored) -> RiskView:
        now = order.placed_at
        own = Standing(
            limits=self.limits,
            equity=account.equity(now),
            leverage=Decimal(self.rules.leverage),
            held=account.held(now),
            working=account.working(now),
            placed=account.placed(),
            may_short=self.rules.shorting,
            is_cut_by_venue=self.is_own,
        )
        return RiskView(
            now=now,
            account=self.account,
            run=own,
            whole=self._whole(own),
            run_symbols=frozenset(self.run.symbols),
            prices=account.prices(now),
            multipliers=account.multipliers,
            switch=self.switch,
            halts=self.halts,
            rules=instrument_rules(stored.instrument, can_short=True),
        )

    def _whole(self, own: Standing) -> Standing:
        """The account with what the run has come to."""
        earned = own.equity - Decimal(self.rules.cash)
        symbols = self.held.keys() | own.held.keys()
        zero = Decimal(0)
        return replace(
            own,
            limits=self.whole,
            equity=own.equity if self.equity is None else self.equity + earned,
            held={symbol: self.held.get(symbol, zero) + own.held.get(symbol, zero) for symbol in symbols},
            may_short=True,
            is_cut_by_venue=False,
        )
