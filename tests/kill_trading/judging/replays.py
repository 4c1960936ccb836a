"""What was recorded of runs, decided once more without any interruption."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest

from tests.kill_trading.judging.books import Books, TickRow
from weaver.decider import LiveDecider
from weaver.glados.trading.packed import unpacked
from weaver.veda.inputs import OrderFilled
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import decode_inputs, encode_inputs
from weaver.veda.runs.recorded.replaying import Replayed, replay, warmup_digests


def differing(kept: Books) -> Iterator[str]:
    """Runs that decide otherwise than they did, byte for byte, when nothing interrupts them."""
    for run_id, ticks in kept.ticks.items():
        again = replayed(ticks, kept)
        if again.difference is not None:
            yield f"{kept.runs[run_id].name} ({run_id}): {again.difference}"
        elif again.ticks != len(ticks):
            yield f"{run_id}: {again.ticks} of {len(ticks)} ticks were decided again"


def told_twice(kept: Books) -> Iterator[str]:
    """Orders of which a strategy was told more fills than they have."""
    filled = {(order.run_id, order.number): order.filled for order in kept.orders.values()}
    for run_id, ticks in kept.ticks.items():
        told: dict[int, Decimal] = defaultdict(Decimal)
        for tick in ticks[1:]:
            for update in decode_inputs(tick.inputs).updates:
                if isinstance(update, OrderFilled):
                    told[update.number] += update.quantity
        for number, quantity in told.items():
            if quantity > filled[run_id, number]:
                yield f"DOUBLED: {run_id} was told that {quantity} of {number} filled, of {filled[run_id, number]}"


def unnoticed(kept: Books) -> Iterator[str]:
    """Of each run one input is altered, the close of a bar by which a limit was set: the tick at which that is not
    pointed at."""
    for run_id, ticks in kept.ticks.items():
        limits = [tick for tick in ticks[1:] if b'"limit"' in tick.actions and decode_inputs(tick.inputs).bars]
        if not limits:
            continue
        at = limits[-1].number  # most likely past all kills
        inputs = decode_inputs(ticks[at].inputs)
        bars = tuple(replace(bar, close=bar.close * 1.01) for bar in inputs.bars)
        altered = replace(ticks[at], inputs=encode_inputs(replace(inputs, bars=bars)))
        found = replayed([*ticks[:at], altered, *ticks[at + 1 :]], kept).difference
        if found is None or found.number != at:
            yield f"{run_id}: tick {at} was altered, and pointed at was {found}"


def replayed(ticks: Sequence[TickRow], kept: Books) -> Replayed:
    """One of them."""
    warmups = {digest: kept.blobs[digest] for digest in warmup_digests(ticks[0].inputs)}

    async def each() -> AsyncIterator[RecordedTick]:
        for tick in ticks:
            yield RecordedTick(
                run_id=tick.run_id, number=tick.number, time=tick.time, inputs=tick.inputs,
                actions=tuple(unpacked(tick.actions)),
            )  # fmt: skip

    return asyncio.run(replay(LiveDecider(), each(), warmups))


def unlike(name: str, kept: Books) -> Iterator[str]:
    """Replays that came to other ticks than the one of that name, which nothing interrupted: the same bars give the
    same bars, windows, fills and decisions at each tick, however often its server was killed. Fills of a tick may come
    in another order, as those that are found by looking at the venue go by no stream; and where an order stood only
    while nobody could be told is not told."""
    pattern = next(run for run in kept.runs.values() if run.name == name)
    wanted = [_shown(tick) for tick in kept.ticks[pattern.id][1:]]
    for run in kept.runs.values():
        if not run.name.startswith(f"{name} "):
            continue
        if run.status != "completed":
            yield f"{run.name} ({run.id}) is {run.status}"
            continue
        for number, (one, other) in enumerate(zip_longest(map(_shown, kept.ticks[run.id][1:]), wanted), 1):
            if one != other:
                yield f"{run.name} ({run.id}) is unlike {name} at tick {number}: {one}, and {other}"
                break


def _shown(tick: TickRow) -> tuple[object, ...]:
    inputs = decode_inputs(tick.inputs)
    fills = sorted(repr(update) for update in inputs.updates if isinstance(update, OrderFilled))
    return inputs.time, inputs.bars, inputs.late, inputs.windows, fills, [*unpacked(tick.actions)]
