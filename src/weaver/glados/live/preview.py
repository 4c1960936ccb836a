"""What the gate would say to the first orders of a run that has not begun: nothing is sent, and nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from weaver.model.account.margin import AccountRules
from weaver.model.calendar.instants import instant_of
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.run import Run
from weaver.veda.adapters.simulated.venue.rules import instrument_rules
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.risk.gate import refusal
from weaver.veda.risk.halts import Halts
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import KillSwitch
from weaver.veda.risk.view import PricedAt, RiskView, Standing

Row = Mapping[str, Any]
PASSES = "passes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The bars of a symbol that are stored."""

    instrument: Instrument
    bars: Bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a run's orders would be looked at with. `whole`: the account's limits; `equity`: the account's, None where
    it is the run's own, or not open."""

    run: Run
    account: str
    limits: RiskLimits
    whole: RiskLimits
    equity: Decimal | None
    rules: AccountRules
    switch: KillSwitch | None
    halts: Halts
    stored: Mapping[str, Stored]

    def said(self, rows: Sequence[Row]) -> list[str | None]:
        """Of each order (a row of `orders`) that it passes, or why it is refused; None of those that come after another
        of their symbol: what is said to them depends on what that brings. The venue's own rules are not asked."""
        seen: set[str] = set()
        found: list[str | None] = []
        for row in rows:
            found.append(None if row["symbol"] in seen else self._said(row))
            seen.add(row["symbol"])
        return found

    def _said(self, row: Row) -> str | None:
        placed, stored = _time(row["placed_at"]), self.stored.get(row["symbol"])
        if stored is None or row["quantity"] is None:
            return None
        close = _close(stored.bars, placed)
        cash = Decimal(self.rules.cash)
        order = _order(self.run.id, self.account, row)
        view = RiskView(
            now=placed,
            account=self.account,
            run=Standing(
                limits=self.limits, equity=cash, leverage=Decimal(self.rules.leverage), may_short=self.rules.shorting
            ),
            whole=Standing(limits=self.whole, equity=self.equity or cash, leverage=Decimal(self.rules.leverage)),
            run_symbols=frozenset(self.run.symbols),
            prices={} if close is None else {order.symbol: PricedAt(price=close, at=placed)},
            switch=self.switch,
            halts=self.halts,
            rules=instrument_rules(stored.instrument, can_short=True),
        )
        refused = refusal(order, (), view)
        return PASSES if refused is None else refused.message


def _close(bars: Bars, time: datetime) -> Decimal | None:
    """The newest at an instant."""
    place = int(np.searchsorted(bars.end, instant_of(time), side="right"))
    return Decimal(repr(float(bars.close[place - 1]))) if place else None


def _order(run_id: str, account: str, row: Row) -> LiveOrder:
    placed = _time(row["placed_at"])
    return LiveOrder(
        id=f"{run_id}-{row['number']}",
        account=account,
        run_id=run_id,
        number=int(row["number"]),
        client_order_id=f"{run_id}-{row['number']}",
        symbol=row["symbol"],
        side=Side(row["side"]),
        quantity=Decimal(row["quantity"]),
        order_type=OrderType(row["order_type"]),
        order_class=OrderClass.SIMPLE,
        tif=TimeInForce(row["time_in_force"]),
        placed_at=placed,
        updated_at=placed,
        limit=_amount(row["limit_price"]),
        stop=_amount(row["stop_price"]),
        trail=_amount(row["trail"]),
    )


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _time(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
