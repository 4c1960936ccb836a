"""The report of a run that trades, and of a day of it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.glados.deciders.strategies import START
from tests.unit.glados.live.kept_run import SETUP_OF_RUN, Kept, hour, tick
from tests.unit.greta.report.pages import Page
from weaver.glados.live.figures.report import report_of
from weaver.glados.live.figures.stretch import stretch_of
from weaver.model.calendar.instants import time_of
from weaver.model.errors import NotFound
from weaver.model.run import RunMode
from weaver.veda.runs.recorded.codec import encode_setup

FIRST = time_of(START).date()
SECOND = FIRST + timedelta(days=1)
RECORD: dict[str, Any] = {
    "class": "trader", "parameters": {"fast": 2}, "symbols": ["BTC/USD"], "timeframe": "1h", "version": "0.1.0",
    "source_hash": "a" * 64, "data_hash": "b" * 64, "account": "cash", "leverage": "1", "seed": 0,
    "lookahead_check": False, "venue": None, "costs": {}, "data": {"BTC/USD": {"quote_currency": "USD"}},
}  # fmt: skip


@pytest.fixture
def kept() -> Kept:
    """2 bought at 100 in the first hour, and sold at 130 on the second day, half an hour before noon of it."""
    kept = Kept()
    kept.bought()
    kept.record(*(hour(k, 110.0) for k in range(3, 25)))
    kept.left_with("130", 23.5)
    return kept


def page(kept: Kept, day: Any = None) -> dict[str, Any]:
    told = [("run.Halted", "the venue was away")]
    data: dict[str, Any] = Page(
        report_of(stretch_of(kept.found(), day), mode=RunMode.PAPER, record=RECORD, warnings=told)
    ).data
    return data


def test_whole_run_is_drawn_as_a_backtest_is(kept: Kept) -> None:
    data = page(kept)
    assert (data["title"], data["mode"]) == ("trader on BTC/USD 1h", "paper")
    assert "Look-ahead check" not in [label for label, _ in data["provenance"]]
    assert data["costs"] == [["Costs", "as its venue took them"]]
    assert [told["message"] for told in data["warnings"]] == ["the venue was away"]
    assert data["curve"]["benchmark"] is None
    assert data["stats"]["final_equity"] == 1058
    assert data["fills"]["count"] == 2
    assert data["trades"]["pnl"] == ["58"]
    assert (data["trades"]["entry_bar"], data["trades"]["exit_bar"]) == ([1], [23])  # the first to end after it
    assert data["charts"]["BTC/USD"]["bars"] == 24


def test_day_has_its_own_bars_figures_and_trades(kept: Kept) -> None:
    first, second = page(kept, FIRST), page(kept, SECOND)
    assert (first["title"], first["trades"]["count"]) == (f"trader on BTC/USD 1h, {FIRST}", 0)
    assert [one["charts"]["BTC/USD"]["bars"] for one in (first, second)] == [22, 2]
    assert (first["stats"]["initial_equity"], first["stats"]["final_equity"]) == (1000, 1019)
    assert (second["stats"]["initial_equity"], second["stats"]["final_equity"]) == (1019, 1058)
    assert second["trades"]["count"] == 1
    assert second["trades"]["entry_bar"] == [0]  # it was entered the day before
    assert second["trades"]["exit_bar"] == [1]


def test_run_without_a_bar_has_no_page() -> None:
    kept = Kept()
    kept.record(tick(0, encode_setup(SETUP_OF_RUN)))
    with pytest.raises(NotFound, match="nothing to draw"):
        report_of(stretch_of(kept.found(), None), mode=RunMode.PAPER, record=RECORD, warnings=[])
