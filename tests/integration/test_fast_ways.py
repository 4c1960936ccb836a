"""Whichever fast way the engine takes a run says the same: all callbacks with what they saw, the record, the result.

`fast_ways.py` runs more seeds from the command line.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.any_strategy import CALLBACKS
from tests.integration.fast_ways import OFF, SMALL, VARIANTS, case, differences, told
from weaver.greta import market
from weaver.greta.ledger.margin_rule import MarginRule
from weaver.greta.market import Market
from weaver.greta.orders.entries import Entries
from weaver.greta.orders.exits import Exits
from weaver.greta.orders.next_touch import Watch
from weaver.greta.orders.short_way import ShortWay
from weaver.greta.orders.trails import Trails
from weaver.marvin.callbacks import Callbacks
from weaver.marvin.series import playback

SEEDS = 200
SINGLE = [f"without {name}" for name in OFF]


@pytest.mark.parametrize("begin", range(0, SEEDS, 50))
def test_run_tells_the_same_without_its_fast_ways(begin: int) -> None:
    """All of them off, everything in small blocks, and one way or another off by itself."""
    for seed in range(begin, begin + 50):
        variants = ["without any fast way", "in small blocks", SINGLE[seed % len(SINGLE)]]
        assert differences(seed, variants) == [], seed


def test_variants_switch_each_way_off() -> None:
    assert set(VARIANTS) == {*SINGLE, "without any fast way", "in small blocks"}


def test_drawn_runs_take_every_fast_way_and_are_called_with_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: Counter[str] = Counter()

    def spying(name: str, original: Callable[..., Any], is_fast: Callable[..., bool]) -> Callable[..., Any]:
        def called(*given: Any) -> Any:
            found = original(*given)
            taken[name] += is_fast(found, *given)
            return found

        return called

    def spy(owner: object, name: str, is_fast: Callable[..., bool]) -> None:
        monkeypatch.setattr(owner, name, spying(name, getattr(owner, name), is_fast))

    def spy_on_what_is_made(owner: object, name: str) -> None:
        make = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *given: spying(name, make(*given), lambda found, _: found is not None))

    spy_on_what_is_made(ShortWay, "way")
    spy_on_what_is_made(Market, "_settler")
    spy(Entries, "is_taken_up", lambda found, *_: found)
    spy(Exits, "is_filled", lambda found, *_: found)
    spy(market, "FillAtOpen", lambda *_: True)
    spy(Market, "quiet_until", lambda found, _, tick: found > tick + 1)
    spy(Callbacks, "call_until", lambda found, _, first, *__: found > first + 1)
    spy(Watch, "due", lambda found, _, now: found > now + 1)
    spy(Watch, "leaves", lambda found, *_: found)
    spy(Trails, "follows", lambda found, *_: found)
    spy(MarginRule, "is_safe", lambda found, *_: found)
    spy(playback, "_advances", lambda found, *_: bool(found))
    kinds: Counter[str] = Counter()
    for seed in range(100):
        story: list[str] = []
        said = told(case(seed).ready(story), story, SMALL)
        kinds.update(line.split()[1] for line in said.story)
        kinds["failed"] += not said.json
        kinds["stopped"] += "at turn" in str(said.rows[-1])
    assert len(taken) == len(OFF)
    assert min(taken.values()) >= 5, taken
    assert min(kinds[name] for name in (*CALLBACKS, "when", "on_window", "refused", "on_stop")) >= 20, kinds
    assert min(kinds["failed"], kinds["stopped"]) >= 3, kinds
