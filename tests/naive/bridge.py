"""A scenario run by Weaver: the same bars, account, costs and ops, through its public strategy API."""

from collections.abc import Mapping, Sized
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from tests.naive.scenario import NaiveSymbol, Op, Scenario
from weaver.greta.account import BacktestAccount
from weaver.greta.finished_run import FinishedRun
from weaver.marvin.orders.actions import Actions
from weaver.marvin.plugins.loader import from_class
from weaver.marvin.series.indicators import indicator
from weaver.marvin.strategy import Strategy
from weaver.model.account.funding import FundingRates
from weaver.model.backtest.options import Options
from weaver.model.errors import InvalidOrder
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.tick import Tick
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.order import Order
from weaver.research.inputs import RunInput
from weaver.research.run import Plan, plan

EPOCH = date(1970, 1, 1)
REPLACEABLE = ("limit", "stop", "trail", "trail_percent", "tif")


class Scripted(Strategy):
    """Does at each tick what the program says; what cannot be done is left out."""

    _program: Mapping[int, list[Op]] = {}

    def _perform(self, tick: int) -> None:
        for op in self._program.get(tick, ()):
            try:
                self._do(op)
            except InvalidOrder:
                continue

    def _do(self, op: Op) -> None:
        if op.name == "cancel":
            order = self._order(op.args[0])
            if order is not None:
                self.cancel(order)
        elif op.name == "replace":
            order = self._order(op.args[0])
            if order is not None and not self._is_liquidation(order):
                self.replace(order, **changes(order, op.kwargs))
        elif op.name == "rebalance":
            self.rebalance(dict(zip(op.args[::2], op.args[1::2], strict=True)), **op.kwargs)
        elif op.name == "oto":
            first, then = self._order(op.args[0]), self._order(op.args[1])
            if first is not None and then is not None and fits(first, then):
                self.oto(first, then, **op.kwargs)
        else:
            getattr(self, op.name)(*op.args, **op.kwargs)

    def _is_liquidation(self, order: Order) -> bool:
        return order.number in self._running.account.liquidations  # type: ignore[attr-defined]

    def _order(self, reference: Any) -> Order | None:
        orders = self._running.account.orders  # type: ignore[attr-defined]
        number = int(reference)
        index = number - 1 if number > 0 else len(orders) + number
        order = orders[index] if 0 <= index < len(orders) else None
        return order if order is not None and order.is_working else None


class TickByTick(Scripted):
    """Is called at each tick."""

    def on_start(self) -> None:
        self._tick = -1

    def on_tick(self, tick: Tick) -> None:
        self._tick += 1
        self._perform(self._tick)


class BySignal(Scripted):
    """Is called on the bars at whose close there is something to do, so that the engine may jump over the others."""

    _flags: Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}

    def on_start(self) -> None:
        for symbol, flags in self._flags.items():
            self.when(indicator(_constant, self.series(symbol).close, values=flags) > 0.5, self.act)

    def act(self, bar: object) -> None:
        self._perform(self._running.clock.tick)


def _constant(prices: Sized, *, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> object:
    return values[: len(prices)]


def _flags(scenario: Scenario) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Of each symbol's bars, those that stand for a tick with ops: the first symbol that has a bar tells a tick."""
    to_tell = {tick for index, tick in enumerate(scenario.ticks()) if scenario.program.get(index)}
    flags = {}
    for one in scenario.symbols:
        own = {bar.end for bar in one.bars} & to_tell
        flags[one.symbol] = np.array([float(bar.end in own) for bar in one.bars])
        to_tell -= own
    return flags


def changes(order: Order, given: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: given[name] for name in REPLACEABLE if name in given and _has(order, name)}
    if order.order_type == "trailing_stop":
        changes.pop("stop", None)
    if "expires" in given:
        changes["expires"] = given["expires"]
    if "quantity" in given and not order.is_exit_leg and order.is_sized:
        changes["quantity"] = given["quantity"]
    return changes


def _has(order: Order, name: str) -> bool:
    """An order has what is to be changed: as a price, or in percent until its entry fills."""
    percent = {"limit": order.limit_percent, "stop": order.stop_percent}.get(name)
    return getattr(order, name) is not None or percent is not None


def fits(first: Order, then: Order) -> bool:
    return first.number < then.number and then.is_sized


def run_weaver(
    scenario: Scenario,
    *,
    by_signal: bool = False,
    account_class: type[BacktestAccount] = BacktestAccount,
    actions: Actions | None = None,
) -> FinishedRun:
    """The finished run of a scenario, whose strategy is called tick by tick or by signals."""
    ready = the_plan(scenario, by_signal=by_signal)
    return ready.run(progress=_ignore, account=account_class, actions=actions).finished


def the_plan(scenario: Scenario, *, by_signal: bool = False) -> Plan:
    """A scenario as a backtest that is ready to run."""
    body = {"_program": scenario.program, "_flags": _flags(scenario)}
    program = type("Program", (BySignal if by_signal else TickByTick,), body)
    return plan(from_class(program), inputs_of(scenario), options_of(scenario))


def inputs_of(scenario: Scenario) -> dict[str, RunInput]:
    """A scenario's bars, as a run takes them."""
    return {
        one.symbol: RunInput(listing=_listing(one, scenario.timeframe), origin="memory") for one in scenario.symbols
    }


def options_of(scenario: Scenario, **more: Any) -> Options:
    """A scenario's account and costs, as options of a run, with those that it does not say."""
    account = scenario.account
    return Options(
        cash=account.cash,
        account=account.kind,
        leverage=account.leverage if account.kind == "margin" else None,
        shorting=account.shorting,
        maintenance=account.maintenance,
        costs={symbol.symbol: _costs(symbol, scenario) for symbol in scenario.symbols},
        close_at_end=scenario.close_at_end,
        **more,
    )


def _costs(symbol: NaiveSymbol, scenario: Scenario) -> dict[str, Any]:
    costs = scenario.costs_of(symbol.symbol)
    found = {name: getattr(costs, name) for name in costs.__slots__ if getattr(costs, name) is not None}
    return {
        **found,
        "margin_rate": scenario.costs.margin_rate,
        "funding": FundingRates.of_rows(symbol.funding) if symbol.funding else None,
    }


def _listing(symbol: NaiveSymbol, timeframe: str) -> Listing:
    def column(name: str, kind: type) -> Any:
        return np.array([kind(getattr(bar, name)) for bar in symbol.bars])

    bars = Bars(
        symbol=symbol.symbol,
        timeframe=Timeframe.parse(timeframe),
        timestamp=column("start", int),
        end=column("end", int),
        **{name: column(name, float) for name in ("open", "high", "low", "close", "volume")},
    )
    asset_class = AssetClass(symbol.asset_class)
    guessed = Instrument.default(symbol.symbol, asset_class)
    instrument = Instrument(
        symbol=symbol.symbol,
        asset_class=asset_class,
        tick=guessed.tick if symbol.tick is None else symbol.tick,
        tick_given=symbol.tick is not None,
        lot=symbol.lot,
        minimum=symbol.minimum,
        quote_currency="USD",
        calendar=symbol.calendar,
        multiplier=symbol.multiplier,
        margin=symbol.margin,
        maintenance_margin=symbol.maintenance,
    )
    return Listing(instrument=instrument, bars=bars, actions=tuple(_action(*action) for action in symbol.actions))


def _action(kind: str, day: int, value: Decimal | Fraction) -> CorporateAction:
    ex_date = EPOCH + timedelta(days=day)
    if kind == "split":
        return Split(ex_date=ex_date, ratio=value)
    assert isinstance(value, Decimal)
    match kind:
        case "dividend":
            return Dividend(ex_date=ex_date, amount=value)
        case _:
            return Delisting(ex_date=ex_date, value=value)


def _ignore(done: float) -> None:
    del done
