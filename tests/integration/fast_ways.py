"""Random runs with every fast way of the engine and without: they must tell the same story to the last byte.

`python -m tests.integration.fast_ways FROM TO` compares the seeds of [FROM, TO), each with every way switched off.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.integration.any_strategy import Habits, draw_habits, strategy_of
from tests.naive.bridge import inputs_of, options_of
from tests.naive.generate import random_scenario
from tests.naive.scenario import NaiveSymbol, Scenario
from weaver.greta import market, pace
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger import margin_rule, settlement
from weaver.greta.ledger.fills import fill_of
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.margin_rule import MarginRule
from weaver.greta.market import Market
from weaver.greta.orders import next_touch, trails
from weaver.greta.orders.entries import Entries
from weaver.greta.orders.exits import Exits
from weaver.greta.orders.next_touch import Watch
from weaver.greta.orders.short_way import ShortWay
from weaver.greta.orders.trails import Trails
from weaver.greta.record.envelope import Envelope
from weaver.greta.record.run_record import RunRecord
from weaver.marvin.callbacks import Callbacks
from weaver.marvin.plugins.loader import from_class
from weaver.marvin.series import playback
from weaver.model.errors import InputError
from weaver.model.orders.fill import Fill
from weaver.research import run, run_for_record
from weaver.research.run import BrokenOff, Plan, plan

ENVELOPE = Envelope(run_id="1", recorded_at=datetime(2024, 1, 1, tzinfo=UTC), trace_id=None)
EVERY = 100


def _never(tick: int) -> None:
    del tick


def _whole(ledger: Ledger, row: int) -> Fill:
    return fill_of(ledger.fills[row], ledger.prices_of(row))


Switch = tuple[object, str, object]
"""What is set to what."""
OFF: Mapping[str, Sequence[Switch]] = {
    "plain orders filled short": [(ShortWay, "way", lambda *_: _never)],
    "entries with exits filled short": [(Entries, "is_taken_up", lambda *_: False)],
    "lone exits filled short": [(Exits, "is_filled", lambda *_: False)],
    "many ticks in one go": [(Market, "quiet_until", lambda _, tick: tick)],
    "many calls in one go": [(Callbacks, "call_until", lambda _, first, *__: first)],
    "settled within a go": [(Market, "_settler", lambda _: _never)],
    "orders looked at when due": [(Watch, "due", lambda _, now: now + 1)],
    "margin rule as a bound": [(MarginRule, "is_safe", lambda *_: False)],
    "new orders left as they are": [(Watch, "leaves", lambda *_: False)],
    "trailing stops that follow": [(Trails, "follows", lambda *_: False)],
    "fills found when looked at": [(market, "FillAtOpen", _whole)],
    "streamed series": [(playback, "_advances", lambda *_: [])],
}
"""The fast ways, and how to do without each."""
SMALL: Sequence[Switch] = [
    (playback, "TICKS", 5),
    (playback, "KNOWN", 3),
    (playback, "DEEP", 0),
    (next_touch, "BLOCK", 2),
    (next_touch, "BLOCK_MAX", 16),
    (next_touch, "BUSY_MAX", 3),
    (margin_rule, "BLOCK", 3),
    (trails, "BLOCK", 4),
    (settlement, "SWEEP", 3),
    (pace, "TURNS_MAX", 7),
]
"""All that is done in blocks, in small ones, so that a short run has many."""
VARIANTS: Mapping[str, Sequence[Switch]] = {
    **{f"without {name}": (*SMALL, *switches) for name, switches in OFF.items()},
    "without any fast way": [switch for switches in OFF.values() for switch in switches],
    "in small blocks": SMALL,
}


class Case(NamedTuple):
    """What a seed stands for."""

    scenario: Scenario
    habits: Habits
    options: Mapping[str, Any]
    seed: int

    def ready(self, story: list[str], *, hears: bool = False) -> Plan:
        """The run, whose strategy tells what it sees; `hears`: it is told of everything, and does not mind."""
        ticks = self.scenario.ticks()
        program = [(ticks[index], ops) for index, ops in sorted(self.scenario.program.items())]
        ops = (np.array([tick for tick, _ in program]), [ops for _, ops in program]) if program else ()
        cls = strategy_of(self.habits, ops, self.seed, story)
        if hears:
            blank = {name: lambda *_: None for name in ("on_order", "on_fill", "on_tick")}
            cls = type("Hearing", (cls,), {**blank, **{name: getattr(cls, name) for name in self.habits.callbacks}})
        inputs = inputs_of(self.scenario)
        return plan(from_class(cls), inputs, options_of(self.scenario, lookahead_check=False, **self.options))


class Told(NamedTuple):
    """All that a run says."""

    story: tuple[str, ...]
    events: tuple[str, ...]
    rows: tuple[Any, ...]
    warnings: tuple[Any, ...]
    json: str
    log: tuple[Any, ...]


def case(seed: int, *, any_contract: bool = False) -> Case:
    """A market, an account, a strategy and options."""
    chance = Random(seed)
    scenario = random_scenario(
        seed, frames_max=chance.choice((60, 200)), any_price=True, any_time=True, any_word=True, any_carry=True,
        any_contract=any_contract,
    )  # fmt: skip
    if chance.random() < 0.2:
        account = replace(scenario.account, kind="margin", leverage=chance.choice((1, 2, 4)), shorting=True)
        scenario = replace(scenario, account=account)
    is_calm = chance.random() < 0.4
    if is_calm:
        symbols = [_traded(symbol) for symbol in scenario.symbols[: chance.choice((1, 1, 3))]]
        scenario = replace(scenario, symbols=symbols, program={})
    if is_calm or chance.random() < 0.5:
        scenario = replace(scenario, costs=replace(scenario.costs, max_participation=None))
    options: dict[str, Any] = {}
    stamps = sorted(bar.start for symbol in scenario.symbols for bar in symbol.bars)
    if chance.random() < 0.3:
        options["start"] = _time(stamps[len(stamps) // chance.choice((8, 4, 2))])
        options["warmup"] = chance.choice((None, 0, 3, 20))
    if chance.random() < 0.15:
        options["end"] = _time(stamps[-1 - len(stamps) // 5])
    if chance.random() < 0.2 and all(symbol.asset_class != "fx" for symbol in scenario.symbols):
        options["venue"] = "alpaca-stocks" if scenario.symbols[0].asset_class == "stock" else "alpaca-crypto"
    return Case(scenario, draw_habits(chance, is_calm=is_calm), options, seed)


def _traded(symbol: NaiveSymbol) -> NaiveSymbol:
    """The symbol with volume on each bar."""
    return replace(symbol, bars=[replace(bar, volume=bar.volume or Decimal(500)) for bar in symbol.bars])


def _time(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp // 10**9, UTC)


def told(ready: Plan, story: list[str], switches: Sequence[Switch] = ()) -> Told:
    """Run it, with some things set otherwise, and give all that it says."""
    with pytest.MonkeyPatch.context() as patch:
        for target, name, value in switches:
            patch.setattr(target, name, value)
        try:
            result, _ = run_for_record(ready, progress=_ignore)
        except BrokenOff as failure:
            return Told(tuple(story), *_record(failure.finished), (str(failure),), "", ())
    text = result.to_json()
    return Told(tuple(story), *_record(result.finished), tuple(result.warnings), text, tuple(result.finished.journal))


def _record(finished: FinishedRun) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    record = RunRecord(finished, ENVELOPE, is_full=True)
    log, rest = record.shared_out()
    rows = (*record.orders(), *record.fills(), finished.last, finished.cash, finished.held, finished.stop_reason)
    return (*log, *rest), rows


def _ignore(what: str, done: float) -> None:
    del what, done


def unlike(one: Told, other: Told) -> str | None:
    """Where two runs differ first."""
    for name, first, second in zip(Told._fields, one, other, strict=True):
        if first == second:
            continue
        at = next(
            (k for k, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
        )
        if isinstance(first, str):
            return f"{name} at {at}: {first[at - 60 : at + 60]!r} / {second[at - 60 : at + 60]!r}"
        return f"{name} {at}: {first[at : at + 1]} / {second[at : at + 1]}"
    return None


def differences(seed: int, variants: Sequence[str]) -> list[str]:
    """In which variants the run of a seed differs from what it is by itself, and where."""
    drawn, story = case(seed), list[str]()
    try:
        ready = drawn.ready(story)
    except InputError:  # options that these bars do not go with
        return []
    usual, found = told(ready, story), []
    for name in variants:
        difference = unlike(usual, told(ready, story, VARIANTS[name]))
        if difference:
            found.append(f"{name}: {difference}")
    if usual.json and (difference := _unlike_in_other_hands(drawn, usual)):
        found.append(difference)
    return found


def _unlike_in_other_hands(drawn: Case, usual: Told) -> str | None:
    """Where it is another run without a record, or for a strategy that is told of more than it wants to know."""
    story: list[str] = []
    ready = drawn.ready(story)
    result = run(ready, progress=_ignore)
    if (result.to_json(), tuple(story)) != (usual.json, usual.story):
        return "without a record it differs"
    heard = told(drawn.ready(story, hears=True), story)
    usual, heard = (one._replace(json=one.json.partition('"run":')[0], warnings=()) for one in (usual, heard))
    difference = unlike(usual, heard)
    return difference and f"told of everything: {difference}"


def main(first: int, stop: int) -> int:
    """How many seeds differ."""
    wrong = 0
    for seed in range(first, stop):
        found = differences(seed, [*VARIANTS])
        wrong += bool(found)
        sys.stdout.writelines(f"seed {seed} {line}\n" for line in found)
        sys.stdout.flush()
        if (seed - first) % EVERY == EVERY - 1 or seed == stop - 1:
            sys.stderr.write(f"\r{seed - first + 1} of {stop - first} seeds, {wrong} differ")
            sys.stderr.flush()
    sys.stderr.write("\n")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:3]))))
