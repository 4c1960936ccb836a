"""Whose the positions at the exchange are: what the server says, against the rows of fills and the exchange."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from tests.kill_trading.exchange import Seen
from tests.kill_trading.judging.books import Books


def unlike(shown: Iterable[Any], kept: Books, seen: Seen) -> Iterator[str]:
    """Each run's share is what its fills come to; all shares and the named remainder are what the exchange has."""
    runs: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for fill in kept.fills_at_venue():
        runs[_plain(fill.symbol), fill.run_id] += fill.signed
    there = {_plain(symbol): quantity for symbol, quantity in seen.positions.items()}
    told: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for one in shown:
        symbol, remainder = _plain(one["symbol"]), Decimal(one["remainder"])
        shares = sum((Decimal(owner["quantity"]) for owner in one["owners"]), Decimal(0))
        told.update({(symbol, owner["run_id"]): Decimal(owner["quantity"]) for owner in one["owners"]})
        if shares + remainder != there.get(symbol, Decimal(0)):
            yield f"{symbol}: shares of {shares} and a remainder of {remainder}, {there.get(symbol, 0)} at the exchange"
        if remainder != sum((Decimal(part["quantity"]) for part in one["parts"]), Decimal(0)):
            yield f"{symbol}: a remainder of {remainder}, of which is named {one['parts']}"
        if any(part["kind"] == "unexplained" for part in one["parts"]):
            yield f"{symbol}: {one['parts']} is nobody's, and unexplained"
    for key in runs.keys() | told.keys():
        if runs[key] != told[key]:
            yield f"{key[0]}: the share of {key[1]} is {told[key]}, its fills come to {runs[key]}"


def _plain(symbol: str) -> str:
    return symbol.replace("/", "")
