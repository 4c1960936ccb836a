"""What makes one trial better than another."""

import pytest

from weaver.greta.sweep.objective import Objective
from weaver.model.errors import InputError

STATS = {"sharpe": 1.5, "max_drawdown": -0.2, "trades": 10, "profit_factor": None, "volatility": 0.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sharpe", 1.5),
        ("sharpe - 2 * abs(max_drawdown)", 1.1),
        ("-trades", -10.0),
        ("sharpe if trades > 20 else -9", -9.0),
        ("profit_factor", None),
        ("profit_factor + 1", None),
        ("sharpe / volatility", None),
        ("1e308 * 10 * sharpe", None),
        ("trades > 5", 1.0),
    ],
)
def test_an_objective_is_a_number_or_undefined(text: str, expected: float | None) -> None:
    assert Objective(text).of(STATS) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sharp", "the objective 'sharp': there is no sharp; .*; did you mean sharpe?"),
        ("42", "the objective '42' is the same for every trial: name a statistic in it"),
        ("sharpe <", "is no expression"),
    ],
)
def test_what_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Objective(text)


def test_one_that_is_no_number_is_told_at_its_first_trial() -> None:
    with pytest.raises(InputError, match="is no number, but 'many'"):
        Objective("'many' if trades > 5 else sharpe").of(STATS)
