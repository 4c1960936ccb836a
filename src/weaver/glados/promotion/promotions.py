"""Promotes runs, from a backtest to paper and from there to live: shows what that takes, and does it."""

from itertools import chain

from weaver.glados.ports import Database
from weaver.glados.promotion.evidence import Evidence
from weaver.glados.runs.port import Override, RunManager
from weaver.glados.runs.real_money import check_confirmed
from weaver.glados.runs.transitions import known
from weaver.model.errors import WeaverError
from weaver.model.promotion.differences import Difference, differences
from weaver.model.promotion.gates import Gates, held_against, not_met, refusal
from weaver.model.promotion.next_run import Wanted, chosen_venue, next_run, settings_of, terms_of
from weaver.model.promotion.prospect import Promoted, Prospect
from weaver.model.promotion.stages import Stage, check_step
from weaver.model.run import Run, RunMode
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.service import TradingService


class Promotions:
    """Raises NotFound for an unknown run, Conflict where it cannot be promoted, InputError for what cannot be used, and
    Unavailable where a database or venue is missing."""

    def __init__(
        self, *, database: Database, runs: RunManager, trading: TradingService, evidence: Evidence, version: str
    ) -> None:
        """version: Weaver's, which the new run has."""
        self._database, self._runs, self._trading = database, runs, trading
        self._evidence, self._version = evidence, version

    async def look(self, run_id: str, wanted: Wanted) -> tuple[Prospect, str | None]:
        """What a promotion would find and make, and what beside the gates stands in its way."""
        prospect = await self._prospect(run_id, wanted)
        try:
            self._check_venue(prospect.after)
        except WeaverError as error:
            return prospect, str(error)
        return prospect, None

    async def promote(
        self, run_id: str, wanted: Wanted, *, override: str | None, confirm: str | None, corr_id: str
    ) -> Promoted:
        """Make the new run, which is pending. `override`: why, though gates are not met; `confirm`: the name of the new
        run, where it is to trade with real money. Raises GatesNotMet where gates are not met and no reason is given."""
        prospect = await self._prospect(run_id, wanted)
        self._check_venue(prospect.after)
        check_confirmed(prospect.after, confirm, of="promotion")
        missed = not_met(prospect.gates)
        if missed and not override:
            raise refusal(prospect.run, prospect.after.mode, prospect.gates)
        used = Override(reason=override, gates=tuple(gate.name for gate in missed)) if override and missed else None
        made = await self._runs.promote(prospect.after, override=used, corr_id=corr_id)
        return Promoted(run=made, gates=prospect.gates, differences=prospect.differences)

    async def _prospect(self, run_id: str, wanted: Wanted) -> Prospect:
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
        stage = self._stage(run)
        venue = chosen_venue(run, wanted, self._usable(wanted.to))
        to = Stage.of(wanted.to, is_replay=self._trading.has_own(venue))
        check_step(run, stage, to)
        gates = Gates.of(run.promotion)
        shown = await self._evidence.of(run, gates, account=self._trading.name_of(run))
        after = next_run(run, wanted, venue=venue, timeframe=shown.timeframe, version=self._version)
        return Prospect(
            run=run,
            after=after,
            gates=held_against(gates, shown.measured, stage=stage, to=to),
            differences=await self._differences(run, stage, after, to),
        )

    def _stage(self, run: Run) -> Stage:
        return Stage.of(run.mode, is_replay=self._trading.is_of_run(run))

    def _usable(self, mode: RunMode) -> list[str]:
        """The shared venues that have a mode."""
        entries = [one.entry for one in self._trading.offered()]
        return [
            one.id for one in entries if one.error is None and mode in one.modes and not self._trading.has_own(one.id)
        ]

    def _check_venue(self, run: Run) -> None:
        """Raises NotFound and InputError where it could not begin there: of a live run, without switch or keys."""
        self._trading.check(run)
        if run.mode is RunMode.LIVE:
            self._trading.check_settings(run)

    async def _differences(self, run: Run, stage: Stage, after: Run, to: Stage) -> tuple[Difference, ...]:
        terms = [{"terms": terms_of(*one, await self._limits(*one))} for one in ((run, stage), (after, to))]
        return tuple(chain(differences(settings_of(run), settings_of(after)), differences(*terms)))

    async def _limits(self, run: Run, stage: Stage) -> dict[str, str | int | bool | None]:
        """Those of risk that bind a run."""
        if stage is Stage.BACKTEST:
            return RiskLimits.none().as_json()
        base = RiskLimits.none() if stage is Stage.REPLAY else await self._trading.limits(self._trading.name_of(run))
        return RiskLimits.parse(run.risk, base=base).as_json()
