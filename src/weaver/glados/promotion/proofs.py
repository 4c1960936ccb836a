"""What replays and drifts come to, as gates ask for it."""

from weaver.glados.live.proof.parity import Parity
from weaver.model.errors import Unavailable, WeaverError
from weaver.model.promotion.measured import Answer
from weaver.model.run import Run
from weaver.veda.parity.drift import DriftReport
from weaver.veda.parity.replay import ReplayReport


class ParityProofs:
    """The `Proofs` of a server. Where one cannot be had, the answer says why."""

    def __init__(self, parity: Parity) -> None:
        self._parity = parity

    async def replay(self, run: Run) -> Answer:
        """See `Proofs`."""
        try:
            return replayed(await self._parity.replay(run))
        except Unavailable:
            raise
        except WeaverError as error:  # it has not begun, or something recorded is gone
            return not_known(error)

    async def drift(self, run: Run) -> Answer:
        """See `Proofs`."""
        try:
            return drifted(await self._parity.drift(run))
        except Unavailable:
            raise
        except WeaverError as error:  # the same, or its backtest fails
            return not_known(error)


def not_known(error: WeaverError) -> Answer:
    """There is no answer, and why."""
    return Answer(told=f"not known: {error}")


def replayed(found: ReplayReport) -> Answer:
    """What a replay came to; where it came to something else, the first decision that differs."""
    first = found.difference
    if first is None:
        return Answer(is_clean=True, told=f"clean: {found.ticks:,} ticks decided the same")
    again = first.again if first.error is None else first.error
    place = f"tick {first.number} ({first.time.isoformat()})"
    return Answer(is_clean=False, told=f"{place} is decided otherwise: {again}, where it was {first.recorded}")


def drifted(found: DriftReport) -> Answer:
    """How far fills lie from the backtest's."""
    bps = found.drift_bps
    if bps is None:
        return Answer(told="not known: no fill can be compared with one of its backtest")
    if bps == 0:
        return Answer(value=bps, told="fills as its backtest's")
    return Answer(value=bps, told=f"fills {abs(bps):.4g} bps {'worse' if bps > 0 else 'better'} than its backtest's")
