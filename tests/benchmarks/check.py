"""A row of the table: what was measured, against its gate (must hold) and its goal (what we are after)."""

from dataclasses import dataclass

from tests.benchmarks.contest import short


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One figure with its bounds; `at_least` says on which side of them it should lie. No bounds: for information."""

    what: str
    measured: float
    unit: str
    spread: str = ""
    at_least: bool = False
    gate: float | None = None
    goal: float | None = None

    @property
    def is_held(self) -> bool:
        """Whether the gate holds (always, without one)."""
        return self.gate is None or self._reaches(self.gate)

    @property
    def verdict(self) -> str:
        if self.gate is None and self.goal is None:
            return "for information"
        if not self.is_held:
            return "GATE MISSED"
        if self.goal is None:
            return "gate held"
        if self._reaches(self.goal):
            return "goal met"
        return (
            f"{self._way_to_go()} to the goal" if self.gate is None else f"gate held, {self._way_to_go()} to the goal"
        )

    def cells(self) -> tuple[str, ...]:
        """What, measured, spread, gate, goal, verdict."""
        sign = "≥" if self.at_least else "≤"
        bounds = (f"{sign} {bound:g} {self.unit}" if bound is not None else "–" for bound in (self.gate, self.goal))
        return (self.what, f"{short(self.measured)} {self.unit}", self.spread, *bounds, self.verdict)

    def _reaches(self, bound: float) -> bool:
        return self.measured >= bound if self.at_least else self.measured <= bound

    def _way_to_go(self) -> str:
        assert self.goal is not None
        factor = self.goal / self.measured if self.at_least else self.measured / self.goal
        return f"{short(factor)} ×"
