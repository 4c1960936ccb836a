"""A check finds what would fail in a run, or silently never happen."""

from pydantic import Field

from weaver.marvin.catalogue import Catalogue
from weaver.marvin.check import problems_of
from weaver.marvin.loader import from_source, load
from weaver.marvin.source import StrategySource
from weaver.marvin.strategy import Strategy
from weaver.marvin.template import strategy_text


def test_shipped_strategies_and_the_template_have_no_problems(tmp_path) -> None:
    for entry in Catalogue().entries():
        assert problems_of(load(entry.id, Catalogue()).cls) == []
    loaded = from_source(StrategySource(path=tmp_path / "x.py", text=strategy_text("GapFade")))
    assert loaded.id == "gap-fade"
    assert problems_of(loaded.cls) == []


def test_misspelt_callback_is_found() -> None:
    class Typo(Strategy):
        def on_bars(self, bar) -> None: ...
        def on_the_hour(self) -> None: ...

    (problem,) = problems_of(Typo)
    assert problem.startswith("test_check.py line ")
    assert problem.endswith(": on_bars is never called; did you mean on_bar?")


def test_callback_with_wrong_arguments_is_found() -> None:
    class Wrong(Strategy):
        def on_bar(self) -> None: ...
        def on_start(self, bars) -> None: ...
        def on_tick(self, tick, extra=None) -> None: ...
        def on_fill(self, *fills) -> None: ...

    assert [problem.partition(": ")[2] for problem in problems_of(Wrong)] == [
        "on_bar must take (self, bar)",
        "on_start must take (self)",
    ]


def test_callback_that_waits_is_found() -> None:
    class Waits(Strategy):
        async def on_bar(self, bar) -> None: ...
        def on_tick(self, tick):
            yield tick

    assert [problem.partition(": ")[2] for problem in problems_of(Waits)] == [
        "on_bar must be a plain function: a strategy decides, it never waits",
        "on_tick must be a plain function: a strategy decides, it never waits",
    ]


def test_default_outside_its_bounds_is_found() -> None:
    class Wrong(Strategy):
        fast: int = Field(1, ge=2)

    assert problems_of(Wrong) == ["fast=1: must be ≥ 2"]
