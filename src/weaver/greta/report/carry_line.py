"""What holding cost a run in all, in words."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from weaver.greta.results.rows import Flow
from weaver.model.account.carry import CarryKind

WORDS = {
    CarryKind.BORROW_FEE: "fees for borrowing",
    CarryKind.MARGIN_INTEREST: "interest",
    CarryKind.FUNDING: "funding",
}


def carry_line(flows: Iterable[Flow]) -> str:
    """`held for: fees for borrowing -12.34, interest -5.60`; empty where nothing was charged."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for flow in flows:
        sums[flow.kind] += Decimal(flow.amount)
    found = [f"{words} {sums[kind]:+,.2f}" for kind, words in WORDS.items() if kind in sums]
    return f"held for: {', '.join(found)}" if found else ""
