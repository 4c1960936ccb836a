"""Values that runs share: computed once, never written to, and bounded."""

from typing import Any

import numpy as np
import pytest

from tests.builders import crypto_bars, planned
from weaver import crossed_above, indicator, shift, sma, zscore
from weaver.marvin.series.shared_values import SharedValues
from weaver.marvin.strategy import Strategy


def test_a_value_is_computed_once_and_cannot_be_written_to() -> None:
    values, made = SharedValues(1000), []

    def compute() -> Any:
        made.append(1)
        return np.arange(3.0)

    assert values.get("a", compute) is values.get("a", compute)
    assert made == [1]
    with pytest.raises(ValueError, match="read-only"):
        values.get("a", compute)[0] = 1


def test_the_least_recently_used_go_first() -> None:
    values, made = SharedValues(3 * 80), []

    def get(key: str) -> None:
        values.get(key, lambda: made.append(key) or np.zeros(10))

    for key in ("a", "b", "c", "a", "d", "a", "b"):
        get(key)
    assert made == ["a", "b", "c", "d", "b"]
    values.get("large", lambda: np.zeros(1000))  # kept alone: it is the newest
    assert values.get("large", lambda: np.ones(1)).size == 1000


def double(values: Any) -> Any:
    return values * 2


class Several(Strategy):
    period: int = 3
    shifted: int = 1
    factor: float = 2.0

    def on_start(self) -> None:
        average = sma(self.close, self.period)
        self.all = [
            average, average * self.factor, -average, abs(average), shift(average, self.shifted), np.log(average),
            zscore(self.close, self.period), indicator(double, average), average > 100.5, ~(average > 100.5),
            crossed_above(self.close, average), (self.close > average) & (average > self.factor), self.close + 0.0,
        ]  # fmt: skip

    def on_stop(self) -> None:
        self.log("; ".join(np.asarray(one).tobytes().hex() for one in self.all))


def test_series_of_runs_that_share_are_those_of_runs_that_do_not() -> None:
    bars = crypto_bars([100.0, 101, 103, 102, 99, 98, 103, 107, 104, 100, 97, 99, 104, 108])
    common = planned(Several, bars).common(10_000_000)
    for period, shifted, factor in ((3, 1, 2.0), (3, 2, 2.0), (4, 1, 3.0), (3, 1, -0.0), (3, 1, 0.0), (3, 1, 2.0)):
        plan = planned(Several, bars, params={"period": period, "shifted": shifted, "factor": factor})
        alone, shared = (plan.run(progress=lambda _: None, common=one) for one in (None, common))
        assert alone.finished.journal[-1].text == shared.finished.journal[-1].text
    assert len(common.values._arrays) > 20
