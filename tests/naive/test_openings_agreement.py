"""When holdings were opened and how many bars ago, as a strategy reads it, against the naive engine's fills."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.naive.bridge import TickByTick, inputs_of, options_of
from tests.naive.engine import run
from tests.naive.generate import random_scenario
from tests.naive.scenario import NaiveResult, NaiveSymbol, Scenario
from weaver.marvin.plugins.loader import from_class
from weaver.research.run import plan

SEEDS = 250
Seen = list[tuple[datetime | None, int]]
"""By symbol, at each tick."""


def read(scenario: Scenario) -> Mapping[str, Seen]:
    """What a strategy reads at each tick, before it asks for anything."""
    seen: dict[str, Seen] = {one.symbol: [] for one in scenario.symbols}

    class Reading(TickByTick):
        _program = scenario.program

        def on_tick(self, tick: Any) -> None:
            for symbol, found in seen.items():
                holding = self.position(symbol)
                found.append((holding.opened, holding.bars_held))
            super().on_tick(tick)

    plan(from_class(Reading), inputs_of(scenario), options_of(scenario)).run(progress=lambda _: None)
    return seen


def told_by(result: NaiveResult, scenario: Scenario, symbol: NaiveSymbol) -> Seen:
    """The same of the naive engine: each tick's splits and delistings, then its fills, one after the other."""
    found: Seen = []
    held, opened, entered = 0, None, 0
    fills = [fill for fill in result.fills if fill.symbol == symbol.symbol and "close_at_end" not in fill.notes]
    starts = [bar.start for bar in symbol.bars]
    bars = {bar.end: index for index, bar in enumerate(symbol.bars)}
    known = -1
    for tick in scenario.ticks():
        known = bars.get(tick, known)
        for fill in [one for one in fills if symbol.bars[starts.index(one.bar_start)].end == tick]:
            signed = fill.quantity if fill.side == "buy" else -fill.quantity
            if held * (held + signed) <= 0:
                opened, entered = fill.timestamp, starts.index(fill.bar_start)
            held += signed
        if not held:
            opened = None
        found.append((None, 0) if opened is None else (_time(opened), known - entered))
    return found


def _time(instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 10**9, UTC)


def test_holdings_say_when_they_were_opened() -> None:
    """Of symbols whose holdings only fills change: what splits make of them is tested by hand."""
    held = 0
    for seed in range(SEEDS):
        scenario = random_scenario(seed, any_time=True, any_word=True)
        seen, result = read(scenario), run(scenario)
        for symbol in scenario.symbols:
            if any(kind != "dividend" for kind, _, _ in symbol.actions):
                continue
            expected = told_by(result, scenario, symbol)
            assert seen[symbol.symbol] == expected, f"seed {seed}, {symbol.symbol}"
            held += sum(opened is not None for opened, _ in expected)
    assert held > 1_000
