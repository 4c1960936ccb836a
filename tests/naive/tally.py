"""What many runs exercised, counted: so that a generator that goes astray is noticed."""

from collections import Counter

from tests.naive.scenario import NaiveResult
from weaver.greta.finished_run import FinishedRun
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce

REJECTIONS = {
    "short": "allows no short positions",
    "cash": "does not pay for it with its costs",
    "margin": "free cash does not cover its margin of",
    "leverage": "does not pay for it with its costs at a leverage of",
}
"""The kinds of reasons that a rejection gives, and how their sentences end, but for a number."""


class Tally:
    """Counts over the runs that it was shown. Fills are counted by what their orders are."""

    def __init__(self) -> None:
        self.types = Counter[OrderType]()
        self.classes = Counter[OrderClass]()
        self.times_in_force = Counter[TimeInForce]()
        self.sides = Counter[Side]()
        self.exits = Counter[str]()
        """Exits of brackets that are in percent, or trail."""
        self.notes = Counter[str]()
        self.flows = Counter[str]()
        self.ends = Counter[tuple[str, str]]()
        """Orders by status and the naive engine's reason."""
        self.rejections = Counter[str]()

    def take(self, finished: FinishedRun, naive: NaiveResult) -> None:
        """Count a run that both engines have made."""
        for row in finished.fills:
            self.types[row.order.order_type] += 1
            self.classes[row.order.order_class] += 1
            self.times_in_force[row.order.tif] += 1
            self.sides[row.order.side] += 1
            self.exits["percent"] += row.order.limit_percent is not None or row.order.stop_percent is not None
            self.exits["trailing"] += row.order.is_exit_leg and row.order.order_type is OrderType.TRAILING_STOP
        for fill in naive.fills:
            self.notes.update(fill.notes)
        self.flows.update(flow.kind for flow in finished.flows)
        self.ends.update((order.status, order.reason) for order in naive.orders.values())
        self.rejections.update(_kind(order.reason) for order in finished.orders if order.status == "rejected")


def _kind(reason: str) -> str:
    """The kind of a rejection's reason; an unknown one stands for itself."""
    sentence = reason.removesuffix(" with its costs").rstrip("0123456789., ") if " its margin " in reason else reason
    sentence = sentence.rstrip("0123456789. ")
    return next((kind for kind, end in REJECTIONS.items() if sentence.endswith(end)), reason)
