"""A row of the table: what was measured, against its gate (must hold) and its goal (what we are after)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.bounds import NONE, Bounds
from tests.benchmarks.contest import Spread, short


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One figure with its bounds; `at_least` says on which side of them it should lie. None at all: for information."""

    what: str
    measured: float
    unit: str
    spread: str = ""
    at_least: bool = False
    bounds: Bounds = NONE

    @property
    def is_held(self) -> bool:
        """Whether the gate holds (always, without one)."""
        return self.bounds.gate is None or self._reaches(self.bounds.gate)

    @property
    def verdict(self) -> str:
        gate, goal = self.bounds
        if self.bounds == NONE:
            return "for information"
        if not self.is_held:
            return "GATE MISSED"
        if goal is None:
            return "gate held"
        if self._reaches(goal):
            return "goal met"
        return f"{self._way_to(goal)} to the goal" if gate is None else f"gate held, {self._way_to(goal)} to the goal"

    def cells(self) -> tuple[str, ...]:
        """What, measured, spread, gate, goal, verdict."""
        sign = "≥" if self.at_least else "≤"
        bounds = (f"{sign} {bound:g} {self.unit}" if bound is not None else "–" for bound in self.bounds)
        return (self.what, f"{short(self.measured)} {self.unit}", self.spread, *bounds, self.verdict)

    def _reaches(self, bound: float) -> bool:
        return self.measured >= bound if self.at_least else self.measured <= bound

    def _way_to(self, goal: float) -> str:
        factor = goal / self.measured if self.at_least else self.measured / goal
        return f"{short(factor)} ×"


def times_as_fast(what: str, ratio: Spread, bounds: Bounds) -> Check:
    """A ratio of two times, measured several times over."""
    spread = f"{short(min(ratio.values))}–{short(max(ratio.values))}, n = {len(ratio.values)}"
    return Check(what=what, measured=ratio.median, unit="×", spread=spread, at_least=True, bounds=bounds)


def check_of(what: str, values: list[float], unit: str, limits: Bounds = NONE) -> Check:
    """The middle of several values."""
    spread = f"{short(min(values))}–{short(max(values))}, n = {len(values)}"
    return Check(what=what, measured=Spread(values).median, unit=unit, spread=spread, bounds=limits)


def in_turn(*measurements: Iterator[str | list[Check]]) -> Iterator[str | list[Check]]:
    """Several measurements as one: what each yields of its progress, then all checks."""
    checks: list[Check] = []
    for steps in measurements:
        for step in steps:
            if isinstance(step, str):
                yield step
            else:
                checks += step
    yield checks
