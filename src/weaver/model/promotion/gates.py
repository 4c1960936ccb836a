"""What a run must have shown before another is made of it: the gates, and whether they are met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weaver.model.errors import Conflict
from weaver.model.promotion.measured import Answer, Measured
from weaver.model.promotion.stages import Stage
from weaver.model.run import Run, RunMode

OFF = "off"
FIRST = "paper_first"
"""The gate that nobody can turn off, of what is to trade with real money."""

Value = bool | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """The limits, with defaults that are on. None: that gate is off."""

    min_trades: int | None = 30
    """Closed round trips."""
    min_days: int | None = 20
    """Sessions of which the run had bars."""
    max_drawdown: float | None = None
    """How far equity may have fallen from its peak, ÷ the peak."""
    min_psr: float | None = 0.9
    """The probability that the true Sharpe ratio is above zero."""
    lookahead_clean: bool | None = True
    """Whether the look-ahead check must have found nothing; False is off, too."""
    replay_clean: bool | None = True
    """Whether its recorded inputs, fed to it again, must lead to the same decisions; False is off, too."""
    drift_bps: float | None = None
    """How much worse fills may be than those of its backtest on the same bars, on average, in bps."""

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> "Gates":
        """Those of a run: what it was given, and the defaults of the rest."""
        return cls(**(given or {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One of them, held against what was measured."""

    name: str
    limit: Value
    """None: off."""
    value: Value
    """None: not known, or nothing that the run could have."""
    met: bool
    told: str
    """The value against its limit, in words."""


class GatesNotMet(Conflict):
    """A run has not shown enough to be promoted."""

    def __init__(self, message: str, gates: Sequence[Gate] = ()) -> None:
        super().__init__(message)
        self.gates = tuple(gates)
        """All of them, those that are met too."""


def held_against(gates: Gates, measured: Measured, *, stage: Stage, to: Stage) -> tuple[Gate, ...]:
    """Every gate on the way of a run from one stage to a later one, in the order of `Gates`."""
    found = (
        _enough("min_trades", gates.min_trades, measured.trades, "trade"),
        _enough("min_days", gates.min_days, measured.days, "day"),
        _at_most("max_drawdown", gates.max_drawdown, _fall(measured.max_drawdown)),
        _at_least("min_psr", gates.min_psr, measured.psr),
        _clean("lookahead_clean", gates.lookahead_clean, measured.lookahead),
        _clean("replay_clean", gates.replay_clean, measured.replay),
        _drift(gates.drift_bps, measured.drift),
    )
    return (*found, _paper_first(stage)) if to is Stage.LIVE else found


def not_met(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """Those that stand in the way."""
    return tuple(gate for gate in gates if not gate.met)


def refusal(run: Run, to: RunMode, gates: Sequence[Gate]) -> GatesNotMet:
    """What to say of a run of whose gates some are not met."""
    told = ", ".join(f"{gate.name} ({gate.told})" for gate in not_met(gates))
    return GatesNotMet(
        f"run {run.name!r} is not promoted to {to}: {told}. Let it show more, or promote it all the same and say why "
        "(override)",
        gates,
    )


def _enough(name: str, limit: int | None, value: int, what: str) -> Gate:
    told = OFF if limit is None else f"{value:,} {what}{'' if value == 1 else 's'}; there must be at least {limit:,}"
    return Gate(name=name, limit=limit, value=value, met=limit is None or value >= limit, told=told)


def _at_least(name: str, limit: float | None, value: float | None) -> Gate:
    is_met = limit is None or (value is not None and value >= limit)
    told = OFF if limit is None else f"{_number(value, limit)}; it must be at least {_exact(limit)}"
    return Gate(name=name, limit=limit, value=value, met=is_met, told=told)


def _at_most(name: str, limit: float | None, value: float | None) -> Gate:
    is_met = limit is None or (value is not None and value <= limit)
    told = OFF if limit is None else f"{_number(value, limit)}; it may be at most {_exact(limit)}"
    return Gate(name=name, limit=limit, value=value, met=is_met, told=told)


def _fall(drawdown: float | None) -> float | None:
    """A drawdown, which is negative, as a limit is written; no fall is 0."""
    return None if drawdown is None else abs(drawdown)


def _clean(name: str, limit: bool | None, answer: Answer | None) -> Gate:
    if not limit:
        return Gate(name=name, limit=None, value=None, met=True, told=OFF)
    if answer is None:
        return Gate(name=name, limit=True, value=None, met=True, told=_not_applicable(name))
    return Gate(name=name, limit=True, value=answer.is_clean, met=answer.is_clean is True, told=answer.told)


def _drift(limit: float | None, answer: Answer | None) -> Gate:
    if limit is None:
        return Gate(name="drift_bps", limit=None, value=None, met=True, told=OFF)
    if answer is None:
        return Gate(name="drift_bps", limit=limit, value=None, met=True, told=_not_applicable("drift_bps"))
    if answer.value is None:
        return Gate(name="drift_bps", limit=limit, value=None, met=False, told=answer.told)
    told = f"{answer.told}; they may be at most {_exact(limit)} bps worse"
    return Gate(name="drift_bps", limit=limit, value=answer.value, met=answer.value <= limit, told=told)


def _paper_first(stage: Stage) -> Gate:
    told = {
        Stage.BACKTEST: "a backtest, which has not traded on paper yet",
        Stage.REPLAY: "a replay of stored bars, which has heard no market yet",
    }.get(stage, "it trades on paper")
    is_met = stage is Stage.PAPER
    return Gate(name=FIRST, limit=True, value=is_met, met=is_met, told=told)


def _not_applicable(name: str) -> str:
    why = {
        "lookahead_clean": "a run that trades is given no bar before it has closed",
        "replay_clean": "a backtest has no recorded inputs",
        "drift_bps": "a backtest has no fills but its own",
    }
    return f"not applicable: {why[name]}"


def _number(value: float | None, limit: float) -> str:
    """With as many digits as show on which side of the limit it lies, four at least."""
    if value is None:
        return "not known"
    written = (f"{value:.{digits}g}" for digits in range(4, 18))
    return next(text for text in written if _side(float(text), limit) == _side(value, limit))


def _side(value: float, limit: float) -> tuple[bool, bool]:
    return value < limit, value > limit


def _exact(limit: float) -> str:
    return str(limit).removesuffix(".0")
