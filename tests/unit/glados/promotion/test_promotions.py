"""Promotions: what they look at, what they make, and what they refuse."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import FakeProofs, a_run
from tests.unit.glados.promotion.venues import SWITCHED_OFF, TwoVenues
from weaver.glados.ports import StoredResult
from weaver.glados.promotion.promotions import Promotions
from weaver.glados.stored.blobs import EQUITY, EquityColumns, encode_equity
from weaver.model.errors import Conflict, InputError, NotFound
from weaver.model.market.timeframe import DAY
from weaver.model.promotion.gates import Gate, GatesNotMet
from weaver.model.promotion.measured import Answer
from weaver.model.promotion.next_run import Wanted
from weaver.model.promotion.prospect import Promoted
from weaver.model.run import Run, RunMode, RunStatus

pytestmark = pytest.mark.anyio

TO_PAPER, TO_LIVE = Wanted(to=RunMode.PAPER), Wanted(to=RunMode.LIVE)
DONE = {"status": RunStatus.COMPLETED, "error": None}
OFF = dict.fromkeys(("min_trades", "min_days", "min_psr", "lookahead_clean", "replay_clean"))


def result(*, days: int = 20, trades: int | None = 30, psr: float | None = 0.95, check: bool = True) -> StoredResult:
    """A backtest on as many days of a pair."""
    stamps = np.arange(days, dtype=np.int64) * DAY
    flat = np.full(days, 100.0)
    return StoredResult(
        stats={"trades": trades, "psr": psr, "max_drawdown": -0.1},
        record={"timeframe": "1d", "lookahead_check": check, "data": {"BTC/USD": {"asset": "crypto"}}},
        warnings=[],
        positions={},
        cash_flows=[],
        blobs={EQUITY: encode_equity(EquityColumns(timestamp=stamps, equity=flat, cash=flat))},
    )


@dataclass
class Rig:
    """Promotions on a database in memory."""

    api: Api
    proofs: FakeProofs

    @property
    def promotions(self) -> Promotions:
        return self.api.services.promotions

    async def backtest(self, found: StoredResult | None = None, **given: Any) -> Run:
        run = a_run("b", **{**DONE, "symbols": ("BTC/USD",), **given})
        await self.api.database.keep(run, results={"b": found or result()})
        return run

    async def paper(self, **given: Any) -> Run:
        usual = {**DONE, "mode": RunMode.PAPER, "venue": "alpaca", "timeframe": "1d", "promotion": OFF}
        run = a_run("p", **{**usual, **given})
        await self.api.database.keep(run)
        return run

    async def promote(self, run: Run, wanted: Wanted = TO_PAPER, **given: Any) -> Promoted:
        said = {"override": None, "confirm": None, "corr_id": "c", **given}
        return await self.promotions.promote(run.id, wanted, **said)

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        return [(event.type, dict(event.payload)) for event in await self.api.events()]


@pytest.fixture
def problems() -> dict[RunMode, str] | None:
    """None: live is switched off."""
    return None


@pytest.fixture
def proofs() -> FakeProofs:
    return FakeProofs()


@pytest.fixture
async def rig(
    open_api: Callable[..., AbstractAsyncContextManager[Api]], problems: dict[RunMode, str] | None, proofs: FakeProofs
) -> AsyncIterator[Rig]:
    async with open_api(parts={"venues": TwoVenues(problems), "proofs": proofs}) as api:
        yield Rig(api, proofs)


allowed = pytest.mark.parametrize("problems", [{}], ids=["live allowed"])


def by_name(gates: tuple[Gate, ...]) -> dict[str, Gate]:
    return {gate.name: gate for gate in gates}


async def test_backtest_that_has_shown_enough_becomes_a_pending_paper_run(rig: Rig) -> None:
    made = await rig.promote(await rig.backtest())
    assert (made.run.mode, made.run.status, made.run.promoted_from, made.run.venue, made.run.timeframe) == (
        RunMode.PAPER, RunStatus.PENDING, "b", "alpaca", "1d",
    )  # fmt: skip
    gates = by_name(made.gates)
    assert [gates[name].value for name in ("min_trades", "min_days", "min_psr", "lookahead_clean")] == [
        30, 20, 0.95, True,
    ]  # fmt: skip
    assert await rig.told() == [
        ("run.Created", {"run_id": made.run.id, "name": "run b", "strategy_id": "sma-crossover", "mode": "paper"}),
        ("run.Promoted", {"run_id": "b", "to": "paper", "promoted_id": made.run.id, "override": None, "gates": []}),
    ]
    assert rig.proofs.asked == []


async def test_backtest_that_has_not_is_refused_and_nothing_is_made(rig: Rig) -> None:
    run = await rig.backtest(result(days=3, trades=None, psr=None, check=False))
    with pytest.raises(GatesNotMet) as raised:
        await rig.promote(run)
    values = [(gate.name, gate.value, gate.met) for gate in raised.value.gates if not gate.met]
    assert values == [
        ("min_trades", 0, False), ("min_days", 3, False), ("min_psr", None, False), ("lookahead_clean", None, False),
    ]  # fmt: skip
    assert await rig.told() == []


async def test_reason_lets_it_through_and_is_an_event_with_the_gates(rig: Rig) -> None:
    made = await rig.promote(await rig.backtest(result(days=3)), override="it trades once a year")
    type_, payload = (await rig.told())[-1]
    assert (type_, payload["override"], payload["gates"]) == ("run.Promoted", "it trades once a year", ["min_days"])
    assert payload["promoted_id"] == made.run.id


async def test_reason_that_nobody_needed_is_none(rig: Rig) -> None:
    await rig.promote(await rig.backtest(), override="to be sure")
    assert (await rig.told())[-1][1]["override"] is None


async def test_look_shows_the_same_and_does_nothing(rig: Rig) -> None:
    run = await rig.backtest(result(days=3), promotion={"max_drawdown": 0.05})
    prospect, problem = await rig.promotions.look(run.id, TO_PAPER)
    missed = [(gate.name, gate.limit, gate.value) for gate in prospect.gates if not gate.met]
    assert (missed, problem) == ([("min_days", 20, 3), ("max_drawdown", 0.05, 0.1)], None)
    assert "mode" in [one.field for one in prospect.differences]
    made = await rig.promote(run, override="why")
    assert (made.gates, made.differences) == (prospect.gates, prospect.differences)
    _, problem = await rig.promotions.look(run.id, TO_LIVE)
    assert problem == SWITCHED_OFF


async def test_replay_is_asked_for_where_a_gate_wants_it(rig: Rig) -> None:
    run = await rig.paper(promotion={**OFF, "replay_clean": True})
    prospect, _ = await rig.promotions.look(run.id, TO_LIVE)
    assert (rig.proofs.asked, by_name(prospect.gates)["replay_clean"].value) == (["replay"], True)


@pytest.mark.parametrize("proofs", [FakeProofs(drift=Answer(value=7.0, told="7 bps"))])
async def test_drift_is_held_against_its_limit(rig: Rig) -> None:
    run = await rig.paper(promotion={**OFF, "drift_bps": 5})
    prospect, _ = await rig.promotions.look(run.id, TO_LIVE)
    assert [(gate.name, gate.value) for gate in prospect.gates if not gate.met] == [("drift_bps", 7.0)]
    assert rig.proofs.asked == ["drift"]


async def test_live_needs_the_switch(rig: Rig) -> None:
    with pytest.raises(InputError, match="WEAVER_LIVE_TRADING=1"):
        await rig.promote(await rig.paper(), TO_LIVE, confirm="run p", override="x")
    assert await rig.told() == []


@allowed
@pytest.mark.parametrize("confirm", [None, "", "another", "run P"])
async def test_live_needs_its_name(rig: Rig, confirm: str | None) -> None:
    with pytest.raises(InputError, match="confirm its promotion with its name, 'run p'"):
        await rig.promote(await rig.paper(), TO_LIVE, confirm=confirm, override="x")
    assert await rig.told() == []


@allowed
async def test_paper_run_is_made_a_live_one_that_is_not_started(rig: Rig) -> None:
    made = await rig.promote(await rig.paper(), TO_LIVE, confirm="run p")
    assert (made.run.mode, made.run.status, made.run.promoted_from) == (RunMode.LIVE, RunStatus.PENDING, "p")
    assert [type_ for type_, _ in await rig.told()] == ["run.Created", "run.Promoted"]


@allowed
async def test_live_run_with_a_name_of_its_own_is_confirmed_with_that(rig: Rig) -> None:
    wanted, run = Wanted(to=RunMode.LIVE, name="real"), await rig.paper()
    with pytest.raises(InputError, match="'real'"):
        await rig.promote(run, wanted, confirm="run p")
    assert (await rig.promote(run, wanted, confirm="real")).run.name == "real"


@allowed
@pytest.mark.parametrize("kind", ["backtest", "replay"])
async def test_what_has_not_traded_on_paper_goes_live_only_with_a_reason(rig: Rig, kind: str) -> None:
    replayed = {"venue": "simulated", "options": {"replay": "2020-01-02"}}
    run = await (rig.backtest() if kind == "backtest" else rig.paper(**replayed))
    with pytest.raises(GatesNotMet, match=r"paper_first \(a "):
        await rig.promote(run, TO_LIVE, confirm=run.name)
    made = await rig.promote(run, TO_LIVE, confirm=run.name, override="I know it")
    assert (await rig.told())[-1][1]["gates"] == ["paper_first"]
    assert made.run.options == {}


async def test_replay_is_made_where_the_bars_are_named(rig: Rig) -> None:
    run = await rig.backtest()
    with pytest.raises(InputError, match="replay"):
        await rig.promote(run, Wanted(to=RunMode.PAPER, venue="simulated"))
    made = await rig.promote(run, Wanted(to=RunMode.PAPER, venue="simulated", replay="2020-01-02", speed="max"))
    assert made.run.options == {"replay": "2020-01-02", "speed": "max"}
    assert not [one for one in made.differences if one.field.startswith("terms.limits")]


async def test_limits_that_begin_to_bind_are_listed(rig: Rig) -> None:
    made = await rig.promote(await rig.backtest(risk={"drawdown": "0.1"}))
    found = {one.field: (one.before, one.after) for one in made.differences}
    assert found["terms.limits.drawdown"] == (None, "0.1")
    assert found["terms.limits.daily_loss"] == (None, "0.05")


@pytest.mark.parametrize(("status", "told"), [("pending", "pending"), ("error", "error"), ("stopped", "stopped")])
async def test_backtest_that_is_not_completed_is_refused(rig: Rig, status: str, told: str) -> None:
    run = a_run("b", status=RunStatus(status), error="oops")
    await rig.api.database.keep(run)
    with pytest.raises(Conflict, match=told):
        await rig.promote(run)


async def test_run_that_nobody_knows_is_not_found(rig: Rig) -> None:
    with pytest.raises(NotFound):
        await rig.promotions.look("none", TO_PAPER)


async def test_result_that_is_gone_is_not_found(rig: Rig) -> None:
    await rig.api.database.keep(a_run("b", **DONE))
    with pytest.raises(NotFound, match="has no results"):
        await rig.promotions.look("b", TO_PAPER)


async def test_venue_that_there_is_none_of_is_told(rig: Rig) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        await rig.promote(await rig.backtest(), Wanted(to=RunMode.PAPER, venue="nowhere"))
