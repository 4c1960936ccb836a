"""What a run has shown so far, as the gates ask for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a proof came to."""

    is_clean: bool | None = None
    """None: not known."""
    value: float | None = None
    """The number that it came to, of one that gives a number; None: not known."""
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A run's figures. None: not defined for this run as yet."""

    trades: int = 0
    days: int = 0
    max_drawdown: float | None = None
    """As a fraction of the peak; negative, or 0."""
    psr: float | None = None
    lookahead: Answer | None = None
    """None of these three: not applicable, or not asked for."""
    replay: Answer | None = None
    drift: Answer | None = None
