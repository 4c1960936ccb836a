"""How grave a doubt about a result is, by the code of its warning."""

from collections.abc import Iterable
from typing import TypeVar

FATAL = ("lookahead", "not_deterministic")
"""The figures mean nothing."""
LOUD = (*FATAL, "liquidated", "lookahead_unchecked")
"""The figures mean little."""
Told = TypeVar("Told", bound=tuple[str, str])


def gravest_first(warnings: Iterable[Told]) -> list[Told]:
    """Code and message of each, those that make figures worthless ahead of what only qualifies them."""
    return sorted(warnings, key=lambda one: LOUD.index(one[0]) if one[0] in LOUD else len(LOUD))
