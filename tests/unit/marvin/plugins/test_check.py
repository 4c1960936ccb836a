"""A check finds what would fail in a run, or silently never happen."""

import pytest
from pydantic import Field

from tests.builders import backtest, crypto_bars
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.check import problems_of
from weaver.marvin.plugins.loader import from_source, load
from weaver.marvin.plugins.source import StrategySource
from weaver.marvin.plugins.template import TEMPLATES
from weaver.marvin.strategy import Strategy


def test_shipped_strategies_and_the_templates_have_no_problems(tmp_path) -> None:
    for entry in Catalogue().entries():
        assert problems_of(load(entry.id, Catalogue()).cls) == []
    for template in TEMPLATES.values():
        loaded = from_source(StrategySource(path=tmp_path / "x.py", text=template.text("GapFade")))
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


MISSPELT = {
    "on_bars": "on_bar", "onBar": "on_bar", "On_Bar": "on_bar", "ON_BAR": "on_bar", "onbar": "on_bar",
    "on_br": "on_bar", "_on_bar": "on_bar", "next": "on_bar", "on_data": "on_bar", "handle_data": "on_bar",
    "on_candle": "on_bar", "onTick": "on_tick", "on_ticks": "on_tick", "onfill": "on_fill",
    "on_fills": "on_fill", "on_filled": "on_fill", "on_trade": "on_fill", "onOrder": "on_order",
    "on_orders": "on_order", "notify_order": "on_order", "on_init": "on_start", "init": "on_start",
    "initialize": "on_start", "on_started": "on_start", "onStart": "on_start", "on_end": "on_stop",
    "onStop": "on_stop", "on_windows": "on_window",
}  # fmt: skip


@pytest.mark.parametrize(("name", "meant"), MISSPELT.items())
def test_run_names_the_callback_that_was_meant(name: str, meant: str) -> None:
    def method(*_) -> None: ...

    strategy = type("Typo", (Strategy,), {name: method})
    assert [problem.partition(": ")[2] for problem in problems_of(strategy)] == [
        f"{name} is never called; did you mean {meant}?"
    ]
    told = {warning.code: warning.message for warning in backtest(strategy, crypto_bars([10, 11])).warnings}
    assert told["misspelt_callback"] == problems_of(strategy)[0]


INNOCENT = (
    "enter", "leave", "on_the_hour", "size", "on_signal", "on_cross", "on_buy", "rebalance", "position_size",
    "only_long", "bar_range", "once", "online", "fill_gaps", "order_size", "start_of_month", "is_stop",
    "tick_size", "window",
)  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_helper_is_not_accused(name: str) -> None:
    def helper(*_) -> None: ...

    assert problems_of(type("Helped", (Strategy,), {name: helper})) == []


def test_method_that_the_strategy_calls_itself_is_not_accused() -> None:
    class Own(Strategy):
        def on_start(self) -> None:
            self.when(self.close > 0, self.on_bars)
            self.setup()

        def on_bars(self, bar) -> None:
            getattr(self, "on_candle")(bar)  # noqa: B009

        def on_candle(self, bar) -> None: ...
        def setup(self) -> None: ...

    assert problems_of(Own) == []
    assert "misspelt_callback" not in {warning.code for warning in backtest(Own, crypto_bars([10, 11])).warnings}


def test_method_that_only_calls_itself_is_accused() -> None:
    class Base(Strategy):
        def on_bars(self, bar) -> None: ...

    class Derived(Base):
        def on_bars(self, bar) -> None:
            super().on_bars(bar)

    assert len(problems_of(Derived)) == 1


def nothing(*_) -> None:
    """A callback that does nothing."""


@pytest.mark.parametrize(
    ("body", "is_told"),
    [
        ({}, True),
        ({"on_start": nothing}, True),
        ({"on_fill": nothing, "on_stop": nothing}, True),
        ({"on_bars": nothing}, True),
        ({"on_bar": nothing}, False),
        ({"on_tick": nothing}, False),
        ({"on_start": lambda self: self.when(self.close > 0, nothing)}, False),
        ({"on_start": lambda self: self.buy("BTC/USD", 1)}, False),
        ({"on_start": lambda self: self.fetch_window("BTC/USD", "1h", 1)}, False),
    ],
)
def test_run_of_a_strategy_that_nothing_calls_says_so(body, is_told: bool) -> None:
    codes = {warning.code for warning in backtest(type("Made", (Strategy,), body), crypto_bars([10, 11])).warnings}
    assert ("no_callbacks" in codes) is is_told
