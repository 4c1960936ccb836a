"""What a run decided, tick by tick, as values that two runs can be compared by."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

from weaver.greta.finished_run import FinishedRun
from weaver.greta.order_log import AskedTerms
from weaver.model.orders.actions import SIDES
from weaver.model.orders.order import Order


class DecisionKind(StrEnum):
    """What can be decided."""

    PLACE = "place"
    CANCEL = "cancel"
    END = "end"


class Decision(NamedTuple):
    """Something that a strategy asked for: when (ns; the run's start before the first tick), what, on which terms."""

    time: int
    kind: DecisionKind
    number: int
    """Of the order; 0 where it is about none."""
    terms: tuple[Any, ...] = ()
    """Of an order: sign, symbol, type, units, and what else it has; of the run's end: why."""

    @property
    def text(self) -> str:
        """The decision as a message names it."""
        match self.kind:
            case DecisionKind.PLACE:
                sign, symbol, order_type, *_ = self.terms
                return f"order {self.number}, {SIDES[sign]} {symbol} {order_type}"
            case DecisionKind.CANCEL:
                return f"the cancellation of order {self.number}"
            case DecisionKind.END:
                return f"the end of the run {self.terms[0]}"


def decisions_of(run: FinishedRun) -> list[Decision]:
    """Every decision as it was made, before fills and splits changed the orders. Needs a run whose account kept a log.

    What `on_stop` asks for is none: where a run ends is not its strategy's to decide.
    """
    found = [decision for _, decision in sorted(_turns(run), key=lambda turn: turn[0])]
    if run.stop_reason is not None:
        found.append(Decision(run.instant(run.last), DecisionKind.END, 0, (run.stop_reason,)))
    return found


def _turns(run: FinishedRun) -> Iterator[tuple[tuple[int, int], Decision]]:
    """Decisions with their places: after how many orders, and which of the happenings (−1: the order itself)."""
    log = run.log
    assert log is not None
    orders = {order.number: order for order in run.orders}
    for turn, (number, asked) in enumerate(islice(log.asked.items(), log.asked_by_end), 1):
        order = orders[number]
        yield (turn, -1), Decision(order.placed, DecisionKind.PLACE, number, _terms(order, asked))
    for index, happening in enumerate(log.happenings[: log.happened_by_end]):
        if happening.is_request:
            time = run.instant(happening.tick)
            yield (happening.turn, index), Decision(time, DecisionKind.CANCEL, happening.order.number)


def _terms(order: Order, asked: int | AskedTerms) -> tuple[Any, ...]:
    known = (order.sign, order.scale.symbol, order.order_type)
    if isinstance(asked, int):
        return (*known, asked)
    prices = (asked.limit, asked.stop, asked.trail, order.trail_percent, order.limit_percent, order.stop_percent)
    return (*known, asked.units, order.tif, order.expires, *prices)


def first_difference(whole: Sequence[Decision], cut: Sequence[Decision], until: int) -> Decision | None:
    """The first decision up to a moment (ns) that two runs do not share. None: they decided the same."""
    kept = [decision for decision in whole if decision.time <= until]
    again = [decision for decision in cut if decision.time <= until]
    for one, other in zip(kept, again, strict=False):
        if one != other:
            return one
    longer = kept if len(kept) > len(again) else again
    return longer[min(len(kept), len(again))] if len(kept) != len(again) else None
