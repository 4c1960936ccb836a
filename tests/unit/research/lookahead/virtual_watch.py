"""A watch that only the work of a test turns.

It stands apart from the tests' strategies: what their module keeps is put back by the check.
"""

from typing import ClassVar


class Watch:
    """Virtual seconds since it was made."""

    now: ClassVar[float] = 0.0

    def __init__(self) -> None:
        self._made = Watch.now

    def __call__(self) -> float:
        return Watch.now - self._made
