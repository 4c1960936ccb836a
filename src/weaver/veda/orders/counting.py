"""How much of an order at a venue is in the books: parts of its cumulative quantity, each counted once."""

from collections.abc import Iterator
from decimal import Decimal

Parts = tuple[tuple[Decimal, Decimal], ...]
"""(from, to], ascending and apart."""


def uncounted(counted: Parts, start: Decimal, end: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
    """The parts of (start, end] that are in none of `counted`."""
    for begun, ended in counted:
        if ended <= start:
            continue
        if begun >= end:
            break
        if begun > start:
            yield start, begun
        start = max(start, ended)
    if start < end:
        yield start, end


def with_part(counted: Parts, start: Decimal, end: Decimal) -> Parts:
    """`counted` with (start, end] in it; parts that touch become one."""
    found: list[tuple[Decimal, Decimal]] = []
    for part in sorted([*counted, (start, end)]):
        if found and part[0] <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], part[1])
        else:
            found.append(part)
    return tuple(found)


def total(counted: Parts) -> Decimal:
    """How much that is."""
    return sum((end - start for start, end in counted), Decimal(0))
