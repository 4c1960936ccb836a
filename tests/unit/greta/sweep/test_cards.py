"""What a notebook shows of sweeps: the same tables as the terminal, and no text is taken for HTML."""

from typing import Any

from tests.unit.research.sweeps.market import DAYS, HOURS, Cross, Fails, Sees
from weaver.greta.sweep.cards import card, shown, told, trial_rows
from weaver.research.sweeps import cross_validate, sweep, walk_forward

SPACE: dict[str, Any] = {"fast": [3, 5], "slow": [10, 20]}
OPTIONS: dict[str, Any] = {"workers": 1, "keep": False, "asset": "crypto"}


def test_a_sweep_shows_its_best_trials_and_its_sentence() -> None:
    found = sweep(Cross, HOURS, SPACE, **OPTIONS)
    html = found._repr_html_()
    assert "<h4>cross: 4 trials, by sharpe</h4>" in html
    assert found.assessment is not None
    assert found.assessment.verdict.sentence.split(";")[0] in html
    assert html.count("<tr>") == 5
    peeking = sweep(Sees, HOURS, {"ahead": [1, 2]}, **OPTIONS)._repr_html_()
    assert "<b>lookahead</b> LOOK-AHEAD" in peeking
    assert "deflated" not in peeking
    nothing = sweep(Fails, HOURS, {"number": [1, 3]}, **OPTIONS)._repr_html_()
    assert "is undefined for all 2 trials" in nothing
    failed = sweep(Fails, HOURS, {"number": [1, 2]}, **OPTIONS, objective="total_return")
    assert "1 trial failed, the first with: " in failed._repr_html_()


def test_a_walk_forward_shows_its_windows() -> None:
    html = walk_forward(Cross, HOURS, SPACE, train=10, test=5, **OPTIONS)._repr_html_()
    assert "<h4>cross: 3 windows, by sharpe</h4>" in html
    assert "All tests in turn: return " in html
    assert html.count("<tr>") == 4


def test_a_cross_validation_shows_its_paths() -> None:
    options = {**OPTIONS, "asset": "stock"}
    html = cross_validate(Cross, {"S0": DAYS["S0"]}, SPACE, groups=4, tested=2, **options)._repr_html_()
    assert "<h4>cross: 6 choices of 4 trials, 3 paths, by sharpe</h4>" in html
    assert "of the paths lose." in html


def test_what_is_shown_is_text() -> None:
    assert card("<b>", ["a & b"], ["<i>"], [["<u>"]]).count("<") == card("b", ["a"], ["i"], [["u"]]).count("<")
    assert [shown(value) for value in (0.1 + 0.2, 7, "up", True)] == ["0.3", "7", "up", "True"]
    assert (told("sharpe", None), told("sharpe * 2", 1.5)) == ("–", "1.500")
    assert trial_rows("sharpe", [])[0] == ["Sharpe", "return", "deepest fall", "trades", "wins"]
