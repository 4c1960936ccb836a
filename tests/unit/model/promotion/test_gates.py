"""Gates: whether what a run has shown is enough, and what is said where it is not."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.glados.fakes import a_run
from weaver.model.errors import Conflict
from weaver.model.promotion.gates import Gate, Gates, GatesNotMet, held_against, not_met, refusal
from weaver.model.promotion.measured import Answer, Measured
from weaver.model.promotion.stages import Stage
from weaver.model.run import RunMode

CLEAN = Answer(is_clean=True, told="clean")
GOOD = Measured(trades=30, days=20, max_drawdown=-0.1, psr=0.9, lookahead=CLEAN)
OFF = {one.name: None for one in fields(Gates)}


def gates(
    measured: Measured, *, stage: Stage = Stage.BACKTEST, to: Stage = Stage.PAPER, **limits: object
) -> dict[str, Gate]:
    return {one.name: one for one in held_against(Gates.of(limits), measured, stage=stage, to=to)}


def test_defaults_are_those_that_are_promised() -> None:
    assert Gates.of(None) == Gates.of({})
    assert [(one.name, one.limit) for one in gates(GOOD).values()] == [
        ("min_trades", 30), ("min_days", 20), ("max_drawdown", None), ("min_psr", 0.9), ("lookahead_clean", True),
        ("replay_clean", True), ("drift_bps", None),
    ]  # fmt: skip


def test_limit_itself_is_enough() -> None:
    found = gates(GOOD, max_drawdown=0.1)
    assert all(one.met for one in found.values())
    assert found["max_drawdown"].value == 0.1  # as its limit is written


@pytest.mark.parametrize(
    ("shown", "limits", "name", "told"),
    [
        ({"trades": 29}, {}, "min_trades", "29 trades; there must be at least 30"),
        ({"trades": 1}, {"min_trades": 2}, "min_trades", "1 trade; there must be at least 2"),
        ({"days": 19}, {}, "min_days", "19 days; there must be at least 20"),
        ({"days": 1}, {}, "min_days", "1 day; there must be at least 20"),
        ({"days": 0}, {}, "min_days", "0 days; there must be at least 20"),
        ({"psr": 0.4129}, {}, "min_psr", "0.4129; it must be at least 0.9"),
        ({"psr": 0.89999996}, {}, "min_psr", "0.89999996; it must be at least 0.9"),
        ({"psr": 0.9}, {"min_psr": 0.90000004}, "min_psr", "0.9; it must be at least 0.90000004"),
        ({"max_drawdown": -0.2000003}, {"max_drawdown": 0.2}, "max_drawdown", "0.2000003; it may be at most 0.2"),
        ({"psr": 0.41}, {"min_psr": 1.0}, "min_psr", "0.41; it must be at least 1"),
        ({"psr": None}, {}, "min_psr", "not known; it must be at least 0.9"),
        ({"max_drawdown": -0.35}, {"max_drawdown": 0.2}, "max_drawdown", "0.35; it may be at most 0.2"),
        ({"max_drawdown": None}, {"max_drawdown": 0.2}, "max_drawdown", "not known; it may be at most 0.2"),
        ({"lookahead": Answer(is_clean=False, told="LOOK-AHEAD: x")}, {}, "lookahead_clean", "LOOK-AHEAD: x"),
        ({"lookahead": Answer(told="not checked")}, {}, "lookahead_clean", "not checked"),
        ({"replay": Answer(is_clean=False, told="tick 3")}, {}, "replay_clean", "tick 3"),
        ({"drift": Answer(value=7.5, told="7.5 bps worse")}, {"drift_bps": 5}, "drift_bps",
         "7.5 bps worse; they may be at most 5 bps worse"),
        ({"drift": Answer(told="no backtest")}, {"drift_bps": 5}, "drift_bps", "no backtest"),
    ],
)  # fmt: skip
def test_gate_that_is_not_met_is_named_with_its_value(
    shown: dict[str, object], limits: dict[str, object], name: str, told: str
) -> None:
    base = {one.name: getattr(GOOD, one.name) for one in fields(Measured)}
    found = held_against(Gates.of(limits), Measured(**{**base, **shown}), stage=Stage.PAPER, to=Stage.LIVE)
    assert [(one.name, one.told) for one in not_met(found)] == [(name, told)]
    run = a_run("r", name="dip buyer")
    error = refusal(run, RunMode.PAPER, found)
    assert f"run 'dip buyer' is not promoted to paper: {name} ({told}). Let it show more" in str(error)
    assert error.gates == found


def test_all_that_are_not_met_are_named_in_one_line() -> None:
    found = held_against(Gates(), Measured(), stage=Stage.BACKTEST, to=Stage.LIVE)
    names = [one.name for one in not_met(found)]
    assert names == ["min_trades", "min_days", "min_psr", "paper_first"]
    told = str(refusal(a_run("r"), RunMode.LIVE, found))
    assert [told.index(f"{name} (") for name in names] == sorted(told.index(f"{name} (") for name in names)
    assert "\n" not in told


def test_fills_that_are_better_than_the_backtests_are_no_drift_to_stop_for() -> None:
    found = gates(Measured(drift=Answer(value=-9.0, told="")), stage=Stage.PAPER, to=Stage.LIVE, drift_bps=0)
    assert (found["drift_bps"].met, found["drift_bps"].value) == (True, -9.0)


def test_gate_that_is_off_lets_everything_through() -> None:
    bad = Measured(lookahead=Answer(is_clean=False, told="x"), replay=Answer(told="y"), drift=Answer(value=99, told=""))
    assert {(one.met, one.limit) for one in gates(bad, **OFF).values()} == {(True, None)}
    assert gates(bad, lookahead_clean=False)["lookahead_clean"].told == "off"


def test_proof_that_cannot_be_had_of_a_run_counts_as_met() -> None:
    backtest = gates(GOOD, drift_bps=1)
    assert backtest["replay_clean"].told == "not applicable: a backtest has no recorded inputs"
    assert backtest["drift_bps"].told.startswith("not applicable: ")
    paper = gates(Measured(replay=CLEAN), stage=Stage.PAPER, to=Stage.LIVE)
    assert paper["lookahead_clean"].told.startswith("not applicable: a run that trades is given no bar")
    assert all(one.met for one in (backtest["replay_clean"], backtest["drift_bps"], paper["lookahead_clean"]))


@pytest.mark.parametrize(
    ("stage", "met"), [(Stage.BACKTEST, False), (Stage.REPLAY, False), (Stage.PAPER, True)], ids=str
)
def test_real_money_wants_a_run_that_has_heard_a_market(stage: Stage, met: bool) -> None:
    found = gates(GOOD, stage=stage, to=Stage.LIVE, **OFF)["paper_first"]
    assert (found.met, found.limit, found.value) == (met, True, met)
    assert "paper_first" not in gates(GOOD, stage=Stage.BACKTEST, to=Stage.REPLAY)


def test_error_is_a_conflict_that_can_be_reworded() -> None:
    error = GatesNotMet("why").reworded("otherwise")
    assert (isinstance(error, Conflict), str(error), error.gates) == (True, "otherwise", ())


numbers = st.none() | st.floats(0, 1)
counts = st.none() | st.integers(0, 100)


@given(
    limits=st.fixed_dictionaries(
        {"min_trades": counts, "min_days": counts, "min_psr": numbers, "max_drawdown": numbers}
    ),
    trades=st.integers(0, 100),
    days=st.integers(0, 100),
    psr=numbers,
    fall=numbers,
)
def test_gates_say_what_a_plain_comparison_says(
    limits: dict[str, float | None], trades: int, days: int, psr: float | None, fall: float | None
) -> None:
    measured = Measured(
        trades=trades, days=days, psr=psr, max_drawdown=None if fall is None else -fall, lookahead=CLEAN
    )
    found = gates(measured, **limits)
    wanted = {
        name
        for name, is_fine in {
            "min_trades": lambda limit: trades >= limit,
            "min_days": lambda limit: days >= limit,
            "min_psr": lambda limit: psr is not None and psr >= limit,
            "max_drawdown": lambda limit: fall is not None and fall <= limit,
        }.items()
        if limits[name] is not None and not is_fine(limits[name])
    }
    assert {one.name for one in not_met([*found.values()])} == wanted
