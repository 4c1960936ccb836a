"""What a paper run has recorded, fed to its strategy once more: the same decisions, byte for byte; one altered input is
pointed at with its number."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

import pytest

from tests.integration.trading_parity import strategies
from tests.integration.trading_parity.rig import Paper
from tests.integration.trading_parity.test_paper_equals_backtest import STOCKS, case_of
from weaver.decider import LiveDecider
from weaver.veda.inputs import OrderFilled
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import decode_inputs, encode_inputs
from weaver.veda.runs.recorded.replaying import Replayed, replay


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    case = case_of(tmp_path_factory.mktemp("bars"), strategies.Hearing, STOCKS[:1], {})
    paper = Paper(case.store)
    asyncio.run(paper.run(case))
    return paper


def replayed(ticks: Sequence[RecordedTick], warmups: Mapping[str, bytes]) -> Replayed:
    async def each() -> AsyncIterator[RecordedTick]:
        for tick in ticks:
            yield tick

    return asyncio.run(replay(LiveDecider(), each(), warmups))


def test_recorded_inputs_give_the_same_decisions(paper: Paper) -> None:
    ticks = list(paper.disk.tables.ticks.values())
    assert sum(len(tick.actions) for tick in ticks) > 100
    found = replayed(ticks, paper.disk.tables.blobs)
    assert found.difference is None, str(found.difference)
    assert found.ticks == len(ticks)


def test_an_altered_input_is_pointed_at(paper: Paper) -> None:
    ticks = list(paper.disk.tables.ticks.values())
    at = next(tick.number for tick in ticks[1:] if b'"limit"' in b"".join(tick.actions))
    inputs = decode_inputs(ticks[at].inputs)
    dearer = [replace(one, price=one.price + 1) if isinstance(one, OrderFilled) else one for one in inputs.updates]
    assert dearer != list(inputs.updates)
    ticks[at] = replace(ticks[at], inputs=encode_inputs(replace(inputs, updates=tuple(dearer))))
    found = replayed(ticks, paper.disk.tables.blobs)
    assert found.ticks == at
    assert found.difference is not None
    assert found.difference.number == at
    assert f"at tick {at} " in str(found.difference)
