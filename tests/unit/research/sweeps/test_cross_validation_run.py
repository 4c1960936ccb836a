"""Combinatorial cross-validation: each group by itself, chosen on the others, joined to paths; no look past a fence."""

import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import weaver
from tests.builders import stock_days
from tests.unit.research.sweeps.market import Cross, Fails, Peeks, walk
from weaver.greta.sweep.cross_validation import CrossValidationResult
from weaver.model.errors import InputError
from weaver.research.sweeps import cross_validate
from weaver.research.sweeps.pool import OwnProcess

BARS = stock_days(walk(240, seed=21))
SPACE = {"fast": [3, 5, 8], "slow": [10, 20]}
POINTS = [{"fast": fast, "slow": slow} for fast in (3, 5, 8) for slow in (10, 20)]
OPTIONS: dict[str, Any] = {"costs": {"commission_bps": 5}, "asset": "stock", "keep": False, "workers": 1}


def crossed(strategy: Any = Cross, bars: Any = BARS, space: Any = SPACE, **options: Any) -> CrossValidationResult:
    return cross_validate(strategy, bars, space, **{"objective": "total_return", **OPTIONS, **options})


def returns_of(point: dict[str, int], first: int, last: int) -> Any:
    """Of a group by itself, from the backtest."""
    stamps = [str(np.datetime64(int(BARS.timestamp[at]), "ns"))[:10] for at in (first, last - 1)]
    result = weaver.backtest(
        Cross, BARS, params=point, costs={"commission_bps": 5}, asset="stock", start=stamps[0], end=stamps[1],
        close_at_end=True, lookahead_check=False,
    )  # fmt: skip
    equity = result.curve.equity
    return (equity / np.concatenate([[100_000.0], equity[:-1]]) - 1).astype(np.float32).astype(np.float64)


def test_every_choice_and_path_is_that_of_plain_loops() -> None:
    groups, tested, embargo = 4, 2, 3
    bounds = [(60 * k, 60 * k + 60) for k in range(groups)]
    table = np.column_stack([np.concatenate([returns_of(point, *bound) for bound in bounds]) for point in POINTS])
    found = crossed(groups=groups, tested=tested, embargo=embargo)
    chosen: dict[tuple[int, ...], int] = {}
    for split, choice in zip(combinations(range(groups), tested), found.splits, strict=True):
        test = [at for group in split for at in range(*bounds[group])]
        shut = {at for group in split for at in range(bounds[group][1], bounds[group][1] + embargo)}
        train = [at for at in range(240) if at not in test and at not in shut]
        scores = [float(np.prod(1 + table[train, column])) - 1 for column in range(len(POINTS))]
        best = max(range(len(POINTS)), key=lambda column: (scores[column], -column))
        chosen[split] = best
        assert choice.tested == tuple(group + 1 for group in split)
        assert choice.parameters == POINTS[best]
        assert choice.train_objective == pytest.approx(scores[best])
        assert choice.test_objective == pytest.approx(float(np.prod(1 + table[test, best])) - 1)
    used = {group: [split for split in chosen if group in split] for group in range(groups)}
    assert len(found.paths) == 3
    for number, path in enumerate(found.paths):
        own = np.concatenate([table[slice(*bounds[group]), chosen[used[group][number]]] for group in range(groups)])
        assert path.returns == pytest.approx(own)
        assert path.stats["total_return"] == pytest.approx(float(np.prod(1 + own)) - 1)
        assert path.stats["max_drawdown"] is not None
    totals = [path.stats["total_return"] or 0.0 for path in found.paths]
    assert found.quantiles("total_return")[0.5] == pytest.approx(np.median(totals))
    assert found.share_of_losses == np.mean([total < 0 for total in totals])


def test_workers_change_no_byte_and_it_goes_on_where_it_was_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = crossed().to_json()
    assert json.loads(whole)["cross_validation"]["scheme"] == {"groups": 6, "tested": 2, "embargo": 0}
    assert crossed(workers=2).to_json() == whole
    original, ran = OwnProcess.run, list[int]()

    def stopped(self: OwnProcess, trials: Any) -> Any:
        for outcome in original(self, trials):
            if len(ran) == 8:
                raise KeyboardInterrupt
            ran.append(outcome.number)
            yield outcome

    monkeypatch.setattr(OwnProcess, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        crossed(keep=True)
    monkeypatch.setattr(OwnProcess, "run", original)
    assert crossed(keep=True, resume=True).to_json() == whole


def test_who_sees_past_the_fence_only_earns_nothing() -> None:
    found = crossed(Peeks, space={"ahead": [40, 60]}, groups=6)
    assert all(path.stats["total_return"] == 0.0 for path in found.paths)
    cheats = crossed(Peeks, space={"ahead": [1]}, groups=6)
    assert all((path.stats["total_return"] or 0.0) > 1 for path in cheats.paths)


def test_where_no_trial_has_an_objective_nothing_is_traded() -> None:
    found = crossed(Fails, space={"number": [1, 3]})
    assert all(choice.parameters is None for choice in found.splits)
    assert all(path.stats["total_return"] == 0.0 for path in found.paths)
    assert (found.share_of_losses, found.degradation) == (0.0, None)


def test_a_random_search_has_its_points_once() -> None:
    found = crossed(space={"fast": "2:10", "slow": "11:40"}, search="random", trials=7, seed=4, groups=3, tested=1)
    assert found.trials == 7
    assert len(found.paths) == 1
    assert (found.groups[0].number, str(found.groups[0].first)) == (1, "2021-04-05")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"groups": 1}, "groups"),
        ({"tested": 6}, "tested"),
        ({"embargo": -1}, "embargo"),
        ({"search": "tpe", "trials": 4}, "a search that learns would learn from what is tested"),
        ({"objective": "win_rate"}, "the objective 'win_rate' is of win_rate, which is not known of a part of a run"),
        ({"space": {"fats": [1]}}, "Cross has no parameter 'fats'"),
    ],
)
def test_bad_input_is_one_line_before_the_first_trial(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        crossed(**changes)
    assert "\n" not in str(refused.value)


def test_more_trials_than_are_kept_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weaver.research.sweeps.cross_validation_run.SAMPLE_MAX", 5)
    with pytest.raises(InputError, match=r"of 5 at the most, not of 6: try fewer \(--trials N\)"):
        crossed()


def test_paths_have_quantiles_of_what_returns_say_only() -> None:
    with pytest.raises(InputError, match="paths have no 'win_rate'"):
        crossed(groups=3, tested=1).quantiles("win_rate")
