"""How grave a doubt about a result is, by the code of its warning."""

from collections.abc import Iterable
from typing import TypeVar

FATAL = ("lookahead", "not_deterministic")
"""The figures mean nothing."""
LOUD = (*FATAL, "liquidated", "lookahead_unchecked")
"""The figures mean little."""
_FIRST = (
    *LOUD,
    "misspelt_callback", "no_callbacks",
    "jump", "split_ratio", "action_doubt", "action_twice", "asset_doubt",
)  # fmt: skip
"""What makes figures worthless, then what is not the strategy that was meant, then what is false in the prices."""
_LAST = ("asset_guessed",)
"""What only says what was assumed."""
Told = TypeVar("Told", bound=tuple[str, str])


def gravest_first(warnings: Iterable[Told]) -> list[Told]:
    """Code and message of each, what makes figures false ahead of what qualifies them, and that ahead of assumptions;
    otherwise in the order in which they come."""
    return sorted(warnings, key=lambda one: _place(one[0]))


def _place(code: str) -> int:
    if code in _FIRST:
        return _FIRST.index(code)
    return len(_FIRST) + (code in _LAST)
