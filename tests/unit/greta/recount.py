"""A run's cash, holdings and fees counted again from its fills, cash flows and bars alone, in Decimal."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from tests.naive.scenario import NaiveSymbol, Scenario
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.ledger.ledger import CashFlow
from weaver.model.orders.execution import AT_END

CENT = Decimal("1e-8")


@dataclass(slots=True)
class Books:
    """Cash and holdings after some of a run's events."""

    cash: Decimal
    held: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def take(self, event: FillRow | CashFlow) -> None:
        if isinstance(event, CashFlow):
            self.cash += Decimal(event.amount).scaleb(-8)
            if event.kind == "delisting":
                self.held[event.symbol] = Decimal(0)
            return
        scale = event.order.scale
        quantity, price = scale.quantity_decimal(event.units), scale.price_decimal(event.price)
        self.cash -= (quantity * price).quantize(CENT, rounding=ROUND_HALF_EVEN) + fee(event)
        self.held[scale.symbol] += quantity

    def split(self, symbol: NaiveSymbol, ratio: Decimal) -> None:
        lots = (self.held[symbol.symbol] * ratio / symbol.lot).to_integral_value(rounding=ROUND_DOWN)
        self.held[symbol.symbol] = lots * symbol.lot


def fee(row: FillRow) -> Decimal:
    """The commission of a fill."""
    return Decimal(row.commission).scaleb(-8)


def by_tick(scenario: Scenario, finished: FinishedRun) -> Iterator[tuple[Decimal, Decimal]]:
    """Cash and equity at each tick."""
    books, ticks = Books(scenario.account.cash), scenario.ticks()
    closes: dict[str, Decimal] = {}
    events = _events(finished, ticks)
    for tick, now in enumerate(ticks):
        for one in scenario.symbols:
            for bar in (bar for bar in one.bars if bar.end == now):
                for ratio in _splits(one, bar.session, [other.session for other in one.bars if other.end < now]):
                    books.split(one, ratio)
                closes[one.symbol] = bar.close
        for event in events[tick]:
            books.take(event)
        values = (held * closes[name] for name, held in books.held.items() if held)
        yield books.cash, books.cash + sum(values, Decimal(0))


def final_holdings(scenario: Scenario, finished: FinishedRun) -> dict[str, Decimal]:
    """Σ of the fills of each symbol, each scaled by the splits after it and cut to the lot at each."""
    held = {}
    ticks = scenario.ticks()
    for one in scenario.symbols:
        books = Books(Decimal(0))
        seen: list[int] = []
        events = _events(finished, ticks)
        for tick, now in enumerate(ticks):
            for bar in (bar for bar in one.bars if bar.end == now):
                for ratio in _splits(one, bar.session, seen):
                    books.split(one, ratio)
                seen.append(bar.session)
            for event in events[tick]:
                books.take(event)
        held[one.symbol] = books.held[one.symbol]
    return held


def open_fees(finished: FinishedRun) -> Decimal:
    """The commissions of what is still open, first in first out, pro rata; of a run without splits and delistings."""
    lots: dict[str, deque[list[Decimal]]] = defaultdict(deque)  # signed quantity, fee per unit
    for row in finished.fills:
        scale = row.order.scale
        quantity, mine = scale.quantity_decimal(row.units), lots[scale.symbol]
        each = fee(row) / abs(quantity)
        while quantity and mine and mine[0][0] * quantity < 0:
            closed = min(abs(quantity), abs(mine[0][0]))
            quantity += closed if quantity < 0 else -closed
            mine[0][0] += closed if mine[0][0] < 0 else -closed
            if not mine[0][0]:
                mine.popleft()
        if quantity:
            mine.append([quantity, each])
    return sum((abs(quantity) * each for mine in lots.values() for quantity, each in mine), Decimal(0))


def _events(finished: FinishedRun, ticks: list[int]) -> dict[int, list[FillRow | CashFlow]]:
    """Flows and fills of each tick, in the order in which they happened."""
    flows, events = deque(finished.flows), defaultdict[int, list[FillRow | CashFlow]](list)
    for number, row in enumerate(finished.fills):
        while flows and flows[0].fills_before <= number:
            events[flows[0].tick].append(flows.popleft())
        end = finished.prices[row.order.symbol].ends[row.bar]
        events[len(ticks) - 1 if row.place == AT_END else ticks.index(end)].append(row)
    for flow in flows:
        events[flow.tick].append(flow)
    return events


def _splits(symbol: NaiveSymbol, session: int, earlier: list[int]) -> list[Decimal]:
    """Ratios of the splits that a bar of `session` is the first to come after."""
    since = max(earlier, default=-1)
    actions = sorted(symbol.actions, key=lambda action: action[1])
    return [value for kind, day, value in actions if kind == "split" and since < day <= session]
