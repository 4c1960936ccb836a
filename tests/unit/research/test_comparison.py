"""Two results held against each other: what counts as the same, and how the first difference is told."""

from typing import Any

import pytest

from weaver.research.comparison import first_difference


def result(**changes: Any) -> dict[str, Any]:
    return {
        "run": {"from": None, "costs": {"A": {}}, "seed": 1}, "stats": {"sharpe": 1.25, "alpha": None, "trades": 2},
        "fills": [{"price": "10.5", "timestamp": "2024-01-02T00:00:00Z"}, {"price": "11", "timestamp": "2024-01-03"}],
        "warnings": [{"code": "few_trades", "message": "2 closed trades"}], "positions": {"A": "1"},
    } | changes  # fmt: skip


def fills(price: str, time: str) -> list[dict[str, str]]:
    return [{"price": price, "timestamp": time}, {"price": "11", "timestamp": "2024-01-03"}]


@pytest.mark.parametrize(
    "second",
    [
        result(),
        result(equity=[1, 2]),
        result(fills=fills("10.500", "2024-01-02T00:00:00+00:00")),
        result(fills=fills("10.5000000000000000004", "2024-01-01T19:00:00-05:00")),
        result(stats={"trades": 2.0, "alpha": None, "sharpe": 1.25, "beta": 1}),
    ],
    ids=["itself", "with more", "spelled otherwise", "past the digits that are kept", "numbers of another type"],
)
def test_the_same_result_has_no_difference(second: dict[str, Any]) -> None:
    assert first_difference(result(), second) is None


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (result(stats={"sharpe": 1.5}), "stats.sharpe was 1.25 and is 1.5"),
        (result(stats={"sharpe": 1.25, "alpha": 0.0}), "stats.alpha was None and is 0.0"),
        (result(fills=fills("10.51", "2024-01-02T00:00:00Z")), "fills[0].price was '10.5' and is '10.51'"),
        (result(fills=fills("10.5", "2024-01-02T00:00:01Z")), "fills[0].timestamp was "),
        (result(fills=[]), "fills were 2 and are 0"),
        (result(warnings=[{"code": "lookahead", "message": "x"}]), "warnings[0].code was 'few_trades'"),
        (result(positions={"A": "1", "B": "2"}), "positions.B was None and is '2'"),
        (result(run={"from": None, "costs": {}, "seed": 1}), "run.costs.A was {} and is None"),
        ({"run": result()["run"]}, "stats was {'sharpe'"),
    ],
)
def test_first_difference_is_told_by_its_place(second: dict[str, Any], told: str) -> None:
    found = first_difference(result(), second)
    assert found is not None
    assert found.startswith(told)


def test_difference_is_quoted_at_bearable_length() -> None:
    found = first_difference({"warnings": "a" * 5_000}, {"warnings": "b" * 5_000})
    assert found is not None
    assert len(found) < 300


def test_file_that_a_strategy_lay_in_makes_no_difference_but_its_line_does() -> None:
    def said(place: str) -> dict[str, Any]:
        return {"warnings": [{"code": "lookahead", "message": f"the strategy fails ({place}, in on_bar: KeyError)"}]}

    assert first_difference(said("foo.py line 7"), said("sma_crossover.py line 7")) is None
    assert first_difference(said("foo.py line 7"), said("foo.py line 8")) is not None


def test_how_fast_the_machine_was_is_no_difference() -> None:
    sampled = [{"code": "lookahead_sampled", "message": "12 places"}]
    other = [{"code": "few_trades", "message": "3 trades"}]
    assert first_difference({"warnings": [*sampled, *other]}, {"warnings": other}) is None
    assert first_difference({"warnings": sampled}, {"warnings": other}) is not None
