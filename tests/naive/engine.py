"""The naive engine: tick by tick, in the order that the fill rules give."""

from decimal import Decimal, localcontext

from tests.naive.carry import charge_nights, fund_after, fund_before
from tests.naive.corporate import apply_before_bars, apply_late_delistings
from tests.naive.fills import book
from tests.naive.intents import perform
from tests.naive.orders import Order
from tests.naive.passes import close_pass, end_one_open_orders, expire_orders, inside_pass, move_marks, open_pass
from tests.naive.rounding import PRECISION, to_cash, toward_zero
from tests.naive.scenario import ZERO, Action, NaiveBar, NaiveOrder, NaiveResult, Scenario
from tests.naive.state import State, end_order


def run(scenario: Scenario) -> NaiveResult:
    """Run a scenario from its first tick to its last. Raises AssertionError should a fill lie outside its bar."""
    with localcontext() as context:
        context.prec = PRECISION
        return _run(scenario)


def _run(scenario: Scenario) -> NaiveResult:
    state = State.of(scenario)
    ticks = scenario.ticks()
    bars_at: dict[int, dict[str, NaiveBar]] = {tick: {} for tick in ticks}
    for symbol in scenario.symbols:
        for bar in symbol.bars:
            bars_at[bar.end][symbol.symbol] = bar
    pending: dict[str, list[Action]] = {
        one.symbol: sorted(one.actions, key=lambda action: action[1]) for one in scenario.symbols
    }
    cash: list[Decimal] = []
    equity: list[Decimal] = []
    for index, now in enumerate(ticks):
        state.now, state.bars = now, bars_at[now]
        is_last_tick = index == len(ticks) - 1
        _tick(state, pending, is_last_tick=is_last_tick)
        for op in scenario.program.get(index, []):
            perform(state, op)
        if is_last_tick and scenario.close_at_end:
            _close_at_end(state)
            state.settle_margined()
        cash.append(state.cash)
        equity.append(state.equity())
        state.forget_closed_orders()
    return _result(state, cash, equity)


def _tick(state: State, pending: dict[str, list[Action]], *, is_last_tick: bool) -> None:
    """Everything up to the callbacks."""
    charge_nights(state)
    fund_before(state)
    apply_before_bars(state, pending)
    state.cash_as_tick_began = state.cash
    state.positions_as_tick_began, state.settled_as_tick_began = dict(state.positions), dict(state.settled)
    state.pools = {symbol: _pool(state, symbol, bar) for symbol, bar in state.bars.items()}
    open_pass(state)
    end_one_open_orders(state)
    inside_pass(state)
    close_pass(state)
    move_marks(state)
    for symbol, bar in state.bars.items():
        state.closes[symbol] = bar.close
        state.closed.add(symbol)
    fund_after(state)
    apply_late_delistings(state, pending, is_last_tick=is_last_tick)
    state.settle_margined()
    expire_orders(state)
    _margin_call(state)


def _pool(state: State, symbol: str, bar: NaiveBar) -> Decimal | None:
    """What may fill on this bar in all; None where nothing bounds it."""
    share = state.scenario.costs_of(symbol).max_participation
    if share is None or not state.has_volume[symbol]:
        return None
    return toward_zero(share * bar.volume, state.symbols[symbol].lot)


def _margin_call(state: State) -> None:
    """Sell everything at the next opens when equity no longer maintains the positions."""
    account = state.scenario.account
    if account.kind != "margin" and not state.settled:
        return
    if state.equity() >= _maintained(state):
        return
    for order in list(state.open_orders):
        if order.is_open and not order.liquidation:
            end_order(order, "cancelled", "margin")
    being_closed = {order.symbol for order in state.open_orders if order.is_open}
    for symbol, held in state.positions.items():
        if held and symbol not in being_closed:
            order = _closing_order(state, symbol)
            order.liquidation, order.tif = True, "gtc"


def _maintained(state: State) -> Decimal:
    """What has to stand behind the positions: of what was paid for a share of its value, or in a cash account, which
    borrows nothing, all of it; and the maintenance margin of each contract."""
    account, required = state.scenario.account, ZERO
    share = account.maintenance if account.kind == "margin" else Decimal(1)
    for name, symbol in state.symbols.items():
        if symbol.maintenance is None:
            required += share * abs(state.value_of(name))
        else:
            required += to_cash(symbol.maintenance * abs(state.positions[name]))
    return required


def _closing_order(state: State, symbol: str) -> Order:
    held = state.positions[symbol]
    side = -1 if held > 0 else 1
    return state.add(
        Order(ordinal=state.next_ordinal, symbol=symbol, side=side, type="market", left=abs(held), placed_at=state.now)
    )


def _close_at_end(state: State) -> None:
    """Each position at its symbol's last close; orders that are open stay so."""
    state.pools = {}
    for name, symbol in state.symbols.items():
        if state.positions[name]:
            order = _closing_order(state, name)
            bar = symbol.bars[-1]
            book(state, order, bar, bar.close, order.left, at_open=False, maker=False, notes={"close_at_end"})


def _result(state: State, cash: list[Decimal], equity: list[Decimal]) -> NaiveResult:
    orders = {
        order.ordinal: NaiveOrder(
            ordinal=order.ordinal,
            symbol=order.symbol,
            side="buy" if order.side > 0 else "sell",
            type=order.type,
            status=order.status,
            filled=order.filled,
            reason=order.reason,
        )
        for order in state.orders
    }
    return NaiveResult(
        fills=state.fills,
        orders=orders,
        rows=state.scenario.rows(),
        cash_by_tick=cash,
        equity_by_tick=equity,
        cash_flows=state.flows,
        positions=state.positions,
    )
