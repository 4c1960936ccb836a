"""`weaver drift`: what is shown of a report, and of a job that failed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shared_data import REPOSITORY
from tests.unit.cli.proof.jobs import AT, answers
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering
from weaver.cli.proof import waiting
from weaver.cli.proof.drift import PARTS
from weaver.glados.schemas.runs.parity import DriftResponse
from weaver.veda.parity.explained import PnlPart

FIGURES = {
    "count": 19, "mean": 7.0, "weighted_mean": 6.5, "median": 7.0, "p05": 6.0, "p95": 8.0, "least": 5.0, "most": 9.0,
    "bins": [{"start": 5.0, "end": 7.0, "count": 1}, {"start": 7.0, "end": 9.0, "count": 18}],
}  # fmt: skip
NO_BARS = {"count": 0, "listed": []}
ORDER = {
    "number": 3, "symbol": "AAPL", "side": "buy", "order_type": "market", "order_class": "simple", "quantity": "5",
    "filled": "5", "status": "filled", "reason": "", "placed_at": AT,
}  # fmt: skip
DRIFT: dict[str, Any] = {
    "run_id": "r1", "at": AT, "start": AT, "end": AT, "ticks": 505, "bars": 506, "costs": {"AAPL": {}},
    "drift_bps": 6.5,
    "orders": {
        "live": 20, "backtest": 19, "paired": 19, "other_quantity": 17,
        "only_live": [{"order": ORDER, "pnl": "-12.5"}], "only_live_total": 1, "only_backtest": [],
        "only_backtest_total": 0,
    },
    "prices": {"drift": FIGURES, "realised": FIGURES, "assumed": FIGURES, "listed": [], "total": 19},
    "missed": {"count": 1, "listed": [{"symbol": "AAPL", "time": AT}]}, "late": NO_BARS, "corrected": NO_BARS,
    "pnl": {
        "live": "90.5", "backtest": "100", "difference": "-9.5",
        "parts": [{"part": "prices_closed", "amount": "-9.5"}, {"part": "rounding", "amount": "0"}],
    },
    "stored": [
        {"symbol": "AAPL", "given": 506, "same": 505, "other": 1, "not_stored": 0, "not_given": 0, "first": AT},
        {"symbol": "IBM", "given": 0, "same": 0, "other": 0, "not_stored": 0, "not_given": 0, "first": None},
    ],
    "notes": ["bars were missed"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.0)


def test_drift_is_shown_line_by_line(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, answers("drift", DRIFT)):
        told = terminal.told("drift", "r1")
    lines = told.splitlines()
    assert lines[:2] == [f"{AT} to {AT}: 505 ticks, 506 bars", "1 missed bars, 0 late bars, 0 corrected bars"]
    assert lines[2] == (
        f"AAPL: of 506 bars 1 are stored with other values, 0 are not stored, 0 are stored besides; first {AT}"
    )
    assert "Fill prices, in basis points (above 0: worse), of 19 fills" in lines
    [difference] = [line.split() for line in lines if line.startswith("difference")]
    assert difference == ["difference", "7.00", "6.50", "7.00", "6.00", "8.00", "5.00", "9.00"]
    assert f"        7.00 to       9.00      18 {'#' * 40}" in lines
    assert f"        5.00 to       7.00       1 {'#' * 3}" in lines
    assert f"{'  fill prices, of what is closed':<40} -9.5" in lines
    assert f"{'P&L of the run':<40} 90.5" in lines
    assert "Orders: 20 in the run, 19 in the backtest, 19 in both (17 of these filled for another quantity)" in lines
    assert "Note: bars were missed" in lines
    assert "Only in the run:" in lines
    assert "Only in the backtest:" not in lines
    assert lines[-1].split() == ["3", AT, "AAPL", "buy", "market", "5", "5", "filled", "-12.5"]


def test_drift_without_fills_and_with_many_orders(weaver_home: Path, terminal: Terminal) -> None:
    prices = {**DRIFT["prices"], "drift": None, "realised": None, "assumed": None}
    orders = {**DRIFT["orders"], "only_live": [{"order": ORDER, "pnl": "0"}] * 25, "only_live_total": 25}
    with answering(weaver_home, answers("drift", {**DRIFT, "prices": prices, "orders": orders})):
        told = terminal.told("drift", "r1")
    assert "Fill prices: nothing was filled in both" in told
    assert told.endswith("20 of 25; --json shows more\n")


def test_json_of_a_drift_is_one_object(weaver_home: Path, terminal: Terminal) -> None:
    DriftResponse.model_validate(DRIFT)
    with answering(weaver_home, answers("drift", DRIFT)):
        assert json.loads(terminal.told("drift", "r1", "--json")) == DRIFT


def test_job_that_failed_is_told_in_its_words(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, answers("drift", error="the bars are gone")):
        assert terminal.outcome("drift", "r1") == (1, "", "error: the bars are gone\n")


def test_every_part_of_the_pnl_has_words() -> None:
    assert list(PARTS) == [str(part) for part in PnlPart]


def test_without_a_server_it_says_how_to_start_one(terminal: Terminal) -> None:
    error = "error: no server runs on this WEAVER_HOME: start one with `weaver up`\n"
    assert terminal.outcome("drift", "r1") == (1, "", error)


def test_run_is_needed(terminal: Terminal) -> None:
    code, _, error = terminal.outcome("drift")
    assert (code, len(error.splitlines())) == (2, 1)


def test_page_names_every_field_of_the_object() -> None:
    text = (REPOSITORY / "docs" / "how-to" / "read-a-drift-report.md").read_text()
    assert [name for name in DriftResponse.model_fields if f"`{name}`" not in text] == []
